import { describe, expect, test } from 'vitest';
import { LEFT_OUT_NAMES, leaveOut, needed, stepsFor } from '../../../src/stress/explain/simpler.js';
import { mix32, Rng } from '../../../src/rng.js';
import { PERTURBATIONS } from '../../../src/stress/perturbation.js';
import { drawRound, type RoundPlan, varyRound } from '../../../src/stress/round-plan.js';
import { StressRig } from '../../../src/stress/stress-rig.js';
import { isQueueSize } from '../../../src/virtqueue/layouts.js';

const SEED = 11;

function drawn(): RoundPlan[] {
  const choices = {
    seed: SEED,
    layouts: ['split', 'packed'],
    perturbations: PERTURBATIONS,
    wait: null,
  } as const;
  return Array.from({ length: 80 }, (_, round) => drawRound(choices, round, 0));
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
  test('each simpler one can be raced, and nothing can be left out twice', () => {
    for (const plan of drawn()) {
      for (const name of LEFT_OUT_NAMES) {
        const simpler = leaveOut(plan, [name]);
        assertRaceable(simpler);
        expect(leaveOut(simpler, [name])).toEqual(simpler);
      }
    }
  });

  test('with everything left out, the smallest round of all is left', () => {
    for (const start of drawn()) {
      const plan = leaveOut(start, LEFT_OUT_NAMES);
      assertRaceable(plan);
      expect(plan).toMatchObject({ perturbation: 'none', size: 2, depth: 1, elementsMax: 1, startIndex: 0 });
      expect(plan).toMatchObject({ eventIdx: false, inOrder: false, indirect: false, asksLate: false });
      expect(plan.buffersPerRing).toBeLessThanOrEqual(16);
    }
  });

  test('the names that are needed give the same as all, and none of them can be spared', () => {
    for (const plan of drawn()) {
      const rng = new Rng(mix32(SEED, plan.round));
      const some = LEFT_OUT_NAMES.filter(() => rng.chance(0.5)).reverse();
      const names = needed(plan, [...some, ...some]);
      const simpler = leaveOut(plan, some);
      expect(leaveOut(plan, names)).toEqual(simpler);
      for (const name of names) {
        const others = names.filter((one) => one !== name);
        expect(leaveOut(plan, others)).not.toEqual(simpler);
      }
    }
  });

  test.each(PERTURBATIONS)(
    '%s: everything is tried on its own, and what is left out at once is known',
    (kind) => {
      for (const isLiveness of [true, false]) {
        const steps = stepsFor(kind, isLiveness);
        const single = steps.filter((step) => step.length === 1).flat();
        expect(single.sort()).toEqual([...LEFT_OUT_NAMES].sort());
        for (const name of steps.flat()) expect(LEFT_OUT_NAMES).toContain(name);
        // What reorders accesses is what finds most: without it, one by one.
        expect(steps[0]?.includes('perturbation')).toBe(kind === 'none' || kind === 'delay');
      }
    },
  );

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
