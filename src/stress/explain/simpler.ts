import { isDeepStrictEqual } from 'node:util';
import type { Perturbation } from '../perturbation.js';
import type { RoundPlan, SidePlan } from '../round-plan.js';

/** A change that leaves something out of a configuration. */
interface Simplification {
  /** What is left out. */
  readonly name: string;
  readonly apply: (plan: RoundPlan) => RoundPlan;
}

const FEW_BUFFERS = 16;
/** Any format has a ring of so many entries. */
const SIZE_MIN = 2;

/** Whoever leaves out several leaves them out in this order: the size of a ring goes by what is in flight. */
const SIMPLIFICATIONS: readonly Simplification[] = [
  change('polling', (plan) => both(plan, () => ({ wait: { policy: 'block', spinNs: 0 } }))),
  change('faults', (plan) => both(plan, () => ({ faults: { spurious: 0, late: 0 }, slow: 0 }))),
  change('perturbation', (plan) => perturbed(plan, 'none')),
  change('weak-order', (plan) => (plan.perturbation === 'weak' ? perturbed(plan, 'tso') : plan)),
  change('pauses', (plan) => both(plan, (side) => ({ perturbation: { ...side.perturbation, pause: 0 } }))),
  change('late-callbacks', (plan) => ({ ...plan, asksLate: false })),
  change('late-reaping', (plan) => ({ ...plan, reapAfter: 1 })),
  change('reordering', (plan) => ({ ...plan, serviceOrder: 'oldest', window: 1 })),
  change('chains', (plan) => ({ ...plan, elementsMax: 1 })),
  change('indirect', (plan) => ({ ...plan, indirect: false })),
  change('in-order', (plan) => ({ ...plan, inOrder: false })),
  change('event-idx', (plan) => ({ ...plan, eventIdx: false })),
  change('wrap', (plan) => ({ ...plan, startIndex: 0 })),
  change('batches', (plan) => both(plan, () => ({ batch: 1 }))),
  change('depth-above-1', (plan) => fewer(plan, 1)),
  change('depth-above-2', (plan) => fewer(plan, 2)),
  change('depth-above-4', (plan) => fewer(plan, 4)),
  change('spare-entries', (plan) => ({ ...plan, ...smaller(plan) })),
  change('long-rings', (plan) => ({
    ...plan,
    buffersPerRing: Math.min(plan.buffersPerRing, FEW_BUFFERS * plan.depth),
  })),
];

/** What may be left out, by the names that `vring stress --without` takes. */
export const LEFT_OUT_NAMES: readonly string[] = SIMPLIFICATIONS.map(({ name }) => name);

/** The same configuration without all that is named, whatever the order of the names. */
export function leaveOut(plan: RoundPlan, names: readonly string[]): RoundPlan {
  return SIMPLIFICATIONS.filter(({ name }) => names.includes(name)).reduce(
    (simpler, { apply }) => apply(simpler),
    plan,
  );
}

/** Of these names those that change anything beside the others, each once, in the order of the list. */
export function needed(plan: RoundPlan, names: readonly string[]): string[] {
  let kept = LEFT_OUT_NAMES.filter((name) => names.includes(name));
  const simplest = leaveOut(plan, kept);
  for (const name of kept) {
    const others = kept.filter((one) => one !== name);
    if (isDeepStrictEqual(leaveOut(plan, others), simplest)) kept = others;
  }
  return kept;
}

/** What a race needs to be perturbed. */
const PERTURBING = ['perturbation', 'weak-order', 'pauses'];
/** What the ring itself does, and the explorer can do too. */
const FEATURES = ['chains', 'indirect', 'in-order', 'event-idx', 'wrap', 'batches'];
const SIZES = ['depth-above-1', 'depth-above-2', 'spare-entries', 'long-rings'];

/**
 * What to try to leave out: much at once, then one thing after the other, and at last nothing. With a side that polls
 * it takes seconds to be sure of a stall; other failures are more frequent that way.
 */
export function stepsFor(perturbation: Perturbation, isLiveness: boolean): string[][] {
  const isPerturbed = perturbation === 'tso' || perturbation === 'weak';
  const kept = [...(isPerturbed ? PERTURBING : []), ...(isLiveness ? [] : ['polling'])];
  const most = LEFT_OUT_NAMES.filter((name) => !kept.includes(name));
  const aroundTheRing = most.filter((name) => ![...FEATURES, ...SIZES].includes(name));
  const each = isLiveness
    ? LEFT_OUT_NAMES
    : [...LEFT_OUT_NAMES.filter((name) => name !== 'polling'), 'polling'];
  return [most, aroundTheRing, ...each.map((name) => [name]), []];
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

function perturbed(plan: RoundPlan, kind: Perturbation): RoundPlan {
  const changed = both(plan, (side) => ({ perturbation: { ...side.perturbation, kind } }));
  return { ...changed, perturbation: kind };
}

function fewer(plan: RoundPlan, depthMax: number): RoundPlan {
  const depth = Math.min(plan.depth, depthMax);
  return { ...plan, depth, reapAfter: Math.min(plan.reapAfter, depth) };
}

/** The smallest ring for as many buffers in flight, and for any chain. */
function smaller({ size, depth, elementsMax, window }: RoundPlan): Pick<RoundPlan, 'size' | 'window'> {
  const entries = Math.max(SIZE_MIN, depth, elementsMax);
  const smallest = Math.min(size, 2 ** Math.ceil(Math.log2(entries)));
  return { size: smallest, window: Math.min(window, smallest) };
}
