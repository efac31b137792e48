import { describe, expect, test } from 'vitest';
import { PERTURBATIONS } from '../../../src/stress/perturbation.js';
import { drawRound, type RoundChoices } from '../../../src/stress/round-plan.js';
import { StressRig } from '../../../src/stress/stress-rig.js';
import { isQueueSize } from '../../../src/virtqueue/layouts.js';

const CHOICES: RoundChoices = {
  seed: 42,
  layouts: ['split', 'packed'],
  perturbations: PERTURBATIONS,
  wait: null,
};
const PLANS = Array.from({ length: 2000 }, (_, round) => drawRound(CHOICES, round, 0));

describe('what a round is drawn as', () => {
  test('is the same for the same seed, and another for another', () => {
    expect(drawRound(CHOICES, 7, 0)).toEqual(PLANS[7]);
    expect(drawRound({ ...CHOICES, seed: 43 }, 7, 0)).not.toEqual(PLANS[7]);
  });

  test('another repetition has the same configuration at other moments', () => {
    const { guest: first, host: _firstHost, ...configuration } = drawRound(CHOICES, 7, 0);
    const { guest: second, host: _secondHost, ...same } = drawRound(CHOICES, 7, 1);
    expect(same).toEqual(configuration);
    expect({ ...second, seed: 0, perturbation: 0 }).toEqual({ ...first, seed: 0, perturbation: 0 });
    expect(second.perturbation.seed).not.toBe(first.perturbation.seed);
  });

  test('is always a ring that can be, and never waits for more than fits', () => {
    for (const plan of PLANS) {
      expect(isQueueSize(plan.layout, plan.size)).toBe(true);
      expect(plan.elementsMax).toBeLessThanOrEqual(plan.size);
      expect(plan.depth).toBeLessThanOrEqual(plan.size);
      expect(plan.reapAfter).toBeLessThanOrEqual(plan.depth);
      expect(plan.window).toBeLessThanOrEqual(plan.size);
      for (const { batch } of [plan.guest, plan.host]) expect(batch).toBeGreaterThan(0);
      if (plan.inOrder) expect(plan.serviceOrder).toBe('oldest');
    }
  });

  test('covers every feature, layout and perturbation, with and without faults', () => {
    const seen = (of: (plan: (typeof PLANS)[number]) => unknown): number => new Set(PLANS.map(of)).size;
    expect(seen(({ layout, perturbation }) => `${layout} ${perturbation}`)).toBe(8);
    expect(
      seen(({ eventIdx, inOrder, indirect, asksLate }) => [eventIdx, inOrder, indirect, asksLate].join()),
    ).toBe(16);
    expect(seen(({ guest, host }) => `${guest.wait.policy} ${host.wait.policy}`)).toBe(9);
    expect(seen(({ guest }) => `${guest.faults.spurious} ${guest.faults.late}`)).toBe(9);
    expect(seen(({ startIndex }) => startIndex)).toBeGreaterThan(30);
  });
});

test('a long round is one large ring, whatever else is drawn', () => {
  const choices = {
    seed: 9,
    layouts: ['split', 'packed'],
    perturbations: PERTURBATIONS,
    wait: null,
  } as const;
  for (let round = 0; round < 300; round++) {
    const plan = drawRound({ ...choices, isLong: true }, round, 0);
    expect(plan).toMatchObject({ rings: 1, isLong: true, buffersPerRing: 2 ** 31 });
    expect(plan.size).toBeGreaterThanOrEqual(256);
    expect(plan.size).toBeLessThanOrEqual(1024);
    if (plan.layout === 'split') expect(Number.isInteger(Math.log2(plan.size))).toBe(true);
    expect(plan.depth).toBeLessThanOrEqual(plan.perturbation === 'weak' ? 64 : plan.size);
    expect(Math.min(plan.depth, plan.window, plan.guest.batch, plan.host.batch)).toBeGreaterThanOrEqual(1);
    // It fits the memory of a pair.
    new StressRig(plan, StressRig.createMemory()).init();
  }
});
