import { describe, expect, test } from 'vitest';
import { simplerThan } from '../../../src/stress/explain/simpler.js';
import { PERTURBATIONS } from '../../../src/stress/perturbation.js';
import { drawRound, type RoundPlan, varyRound } from '../../../src/stress/round-plan.js';
import { StressRig } from '../../../src/stress/stress-rig.js';
import { isQueueSize } from '../../../src/virtqueue/layouts.js';

const SEED = 11;
const NOTHING_TRIED: ReadonlySet<string> = new Set();

function drawn(): RoundPlan[] {
  const choices = {
    seed: SEED,
    layouts: ['split', 'packed'],
    perturbations: PERTURBATIONS,
    wait: null,
  } as const;
  return Array.from({ length: 300 }, (_, round) => drawRound(choices, round, 0));
}

function assertRaceable(plan: RoundPlan): void {
  expect(isQueueSize(plan.layout, plan.size)).toBe(true);
  expect(plan.depth).toBeGreaterThan(0);
  expect(plan.elementsMax).toBeLessThanOrEqual(plan.size);
  expect(plan.reapAfter).toBeLessThanOrEqual(plan.depth);
  expect(plan.window).toBeLessThanOrEqual(plan.size);
  expect(plan.guest.perturbation.kind).toBe(plan.perturbation);
  expect(plan.host.perturbation.kind).toBe(plan.perturbation);
  if (plan.inOrder) expect(plan.serviceOrder).toBe('oldest');
  new StressRig(plan, StressRig.createMemory()).init();
}

describe(`a configuration of a round, seed ${SEED}`, () => {
  test('each simpler one can be raced, and is simpler once', () => {
    for (const plan of drawn()) {
      for (const { name, apply } of simplerThan(plan, NOTHING_TRIED)) {
        const simpler = apply(plan);
        assertRaceable(simpler);
        expect(simpler).not.toEqual(plan);
        expect(simplerThan(simpler, NOTHING_TRIED).map((one) => one.name)).not.toContain(name);
      }
    }
  });

  test('with everything left out that can be, nothing is left to try', () => {
    for (const start of drawn()) {
      let plan = start;
      for (let [next] = simplerThan(plan, NOTHING_TRIED); next !== undefined;) {
        plan = next.apply(plan);
        [next] = simplerThan(plan, NOTHING_TRIED);
      }
      assertRaceable(plan);
      expect(plan).toMatchObject({ perturbation: 'none', size: 2, depth: 1, elementsMax: 1, startIndex: 0 });
      expect([plan.eventIdx, plan.inOrder, plan.indirect, plan.asksLate]).toEqual([
        false,
        false,
        false,
        false,
      ]);
    }
  });

  test('what was tried is not offered again', () => {
    const [plan] = drawn() as [RoundPlan];
    const names = simplerThan(plan, NOTHING_TRIED).map(({ name }) => name);
    expect(simplerThan(plan, new Set(names))).toEqual([]);
  });

  test('a repetition has the same configuration and other moments', () => {
    const [plan] = drawn() as [RoundPlan];
    const [first, second] = [varyRound(plan, 1), varyRound(plan, 2)];
    expect(first.guest.seed).not.toBe(second.guest.seed);
    expect(first.host.perturbation.seed).not.toBe(second.host.perturbation.seed);
    const still = (one: RoundPlan): RoundPlan => {
      const side = (of: RoundPlan['guest']): RoundPlan['guest'] => {
        return { ...of, seed: 0, perturbation: { ...of.perturbation, seed: 0 } };
      };
      return { ...one, guest: side(one.guest), host: side(one.host) };
    };
    expect(still(first)).toEqual(still(plan));
    expect(varyRound(plan, 1)).toEqual(first);
  });
});
