import { isDeepStrictEqual } from 'node:util';
import type { Perturbation } from '../perturbation.js';
import type { RoundPlan, SidePlan } from '../round-plan.js';

/** A change that leaves something out of a configuration. */
interface Simplification {
  /** What was left out, for who reads that it could be. */
  readonly name: string;
  readonly apply: (plan: RoundPlan) => RoundPlan;
}

const FEW_BUFFERS = 16;

/** From what costs most to read to what costs least; what is left out first is not tried again. */
const SIMPLIFICATIONS: readonly Simplification[] = [
  change('notification faults', (plan) => both(plan, () => ({ faults: { spurious: 0, late: 0 }, slow: 0 }))),
  change('perturbation', (plan) => perturbed(plan, 'none')),
  change('early loads and stores out of order', (plan) => perturbed(plan, 'tso')),
  change('pauses', (plan) => both(plan, (side) => ({ perturbation: { ...side.perturbation, pause: 0 } }))),
  change('IN_ORDER', (plan) => ({ ...plan, inOrder: false })),
  change('indirect tables', (plan) => ({ ...plan, indirect: false })),
  change('EVENT_IDX', (plan) => ({ ...plan, eventIdx: false })),
  change('an index near the wrap', (plan) => ({ ...plan, startIndex: 0 })),
  change('late callbacks', (plan) => ({ ...plan, asksLate: false })),
  change('returning out of order', (plan) => ({ ...plan, serviceOrder: 'oldest', window: 1 })),
  change('batches', (plan) => ({ ...both(plan, () => ({ batch: 1 })), reapAfter: 1 })),
  change('chains', (plan) => ({ ...plan, elementsMax: 1 })),
  change('waiting but for sleeping at once', (plan) =>
    both(plan, () => ({ wait: { policy: 'block', spinNs: 0 } })),
  ),
  change('room for more than one buffer', (plan) => fewer(plan, 1)),
  change('room for more than two buffers', (plan) => fewer(plan, 2)),
];

/** Simpler than `plan`, each by one thing; those that would change nothing are not among them. */
export function simplerThan(plan: RoundPlan, tried: ReadonlySet<string>): Simplification[] {
  return SIMPLIFICATIONS.filter(({ name, apply }) => {
    return !tried.has(name) && !isDeepStrictEqual(apply(plan), plan);
  });
}

function change(name: string, apply: Simplification['apply']): Simplification {
  return { name, apply };
}

function both(plan: RoundPlan, changes: (side: SidePlan) => Partial<SidePlan>): RoundPlan {
  return {
    ...plan,
    guest: { ...plan.guest, ...changes(plan.guest) },
    host: { ...plan.host, ...changes(plan.host) },
  };
}

/** What `tso` does, `weak` does too, and `delay` is part of both. */
function perturbed(plan: RoundPlan, kind: Perturbation): RoundPlan {
  if (kind === 'tso' && plan.perturbation !== 'weak') return plan;
  const changed = both(plan, (side) => ({ perturbation: { ...side.perturbation, kind } }));
  return { ...changed, perturbation: kind };
}

function fewer(plan: RoundPlan, depthMax: number): RoundPlan {
  const depth = Math.min(plan.depth, depthMax);
  // Every size that a split ring may have.
  const size = Math.max(2, 2 ** Math.ceil(Math.log2(Math.max(depthMax, plan.elementsMax))));
  if (plan.depth <= depthMax && plan.size <= size) return plan;
  return {
    ...both(plan, (side) => ({ batch: Math.min(side.batch, depth) })),
    depth,
    reapAfter: Math.min(plan.reapAfter, depth),
    size: Math.min(plan.size, size),
    window: 1,
    buffersPerRing: Math.min(plan.buffersPerRing, FEW_BUFFERS * depth),
  };
}
