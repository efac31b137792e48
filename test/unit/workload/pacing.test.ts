import { describe, expect, test } from 'vitest';
import { Rng } from '../../../src/rng.js';
import type { ArrivalPlan } from '../../../src/scenario/plan.js';
import { pacing } from '../../../src/workload/pacing.js';

const START_NS = 5_000_000;

function open(distribution: 'constant' | 'poisson', ratePerS: number): ArrivalPlan {
  return { model: 'open', ratePerS, distribution, depth: 8 };
}

/** The intended times of the next `count` operations, each taken at a time of its own. */
function takeAll(plan: ArrivalPlan, count: number, lateNs: (i: number) => number, queues = 1): number[] {
  const source = pacing(plan, queues, new Rng(3), START_NS);
  return Array.from({ length: count }, (_, i) => {
    const dueNs = source.waitNs(0);
    const nowNs = dueNs + lateNs(i);
    // Asking, however often, changes nothing.
    expect(source.waitNs(nowNs)).toBeCloseTo(-lateNs(i), 3);
    return source.take(nowNs);
  });
}

describe('a closed loop', () => {
  test('never waits, and counts from the submission', () => {
    const source = pacing({ model: 'closed', depth: 4 }, 1, new Rng(1), START_NS);
    for (const nowNs of [0, 17, 1e12]) {
      expect(source.waitNs(nowNs)).toBe(0);
      expect(source.take(nowNs)).toBe(nowNs);
    }
  });
});

describe('an open loop', () => {
  test('of constant rate means exact times, the first one gap after the start', () => {
    const times = takeAll(open('constant', 1000), 5000, () => 0);
    expect(times).toEqual(Array.from({ length: 5000 }, (_, i) => START_NS + (i + 1) * 1e6));
  });

  test('shares its rate among the queues', () => {
    const times = takeAll(open('constant', 1000), 3, () => 0, 4);
    expect(times).toEqual([1, 2, 3].map((i) => START_NS + i * 4e6));
  });

  test.each(['constant', 'poisson'] as const)(
    'means the same times however late it is asked (%s)',
    (kind) => {
      const punctual = takeAll(open(kind, 1000), 500, () => 0);
      const late = takeAll(open(kind, 1000), 500, (i) => (i % 7) * 9e6);
      expect(late).toEqual(punctual);
    },
  );

  test('catches up after a stall: what was due meanwhile is due at once, and counts from then', () => {
    const source = pacing(open('constant', 1000), 1, new Rng(1), 0);
    const nowNs = 10e6;
    const taken: number[] = [];
    while (source.waitNs(nowNs) <= 0) taken.push(source.take(nowNs));
    expect(taken).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((ms) => ms * 1e6));
    expect(source.waitNs(nowNs)).toBe(1e6);
  });

  test('of poisson arrivals has gaps of the right mean and spread', () => {
    const times = takeAll(open('poisson', 2000), 20_000, () => 0);
    const gaps = times.map((time, i) => time - (times[i - 1] ?? START_NS));
    const mean = gaps.reduce((sum, gap) => sum + gap) / gaps.length;
    expect(mean / 5e5).toBeCloseTo(1, 1);
    const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
    expect(Math.sqrt(variance) / mean, 'as an exponential distribution has').toBeCloseTo(1, 1);
    expect(gaps.every((gap) => gap >= 0 && Number.isFinite(gap))).toBe(true);
    const longer = gaps.filter((gap) => gap > mean).length / gaps.length;
    expect(longer).toBeCloseTo(Math.exp(-1), 1);
  });

  test('of poisson arrivals follows from its seed', () => {
    const times = (seed: number): number[] => {
      const source = pacing(open('poisson', 100), 1, new Rng(seed), 0);
      return Array.from({ length: 10 }, () => source.take(0));
    };
    expect(times(4)).toEqual(times(4));
    expect(times(4)).not.toEqual(times(5));
  });
});
