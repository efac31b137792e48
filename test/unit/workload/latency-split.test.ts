import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SPLIT_LEGS } from '../../../src/stats/split-legs.js';
import { seeded } from '../../support/ring/seeded.js';
import { type WorkOptions, WorkRig } from '../../support/transport/run-work.js';

const OPERATIONS = 150;
const SIZES = [8, 16, 64];
const LIFECYCLE = { everyOperations: 1, events: ['resize'] as const, sizes: SIZES, count: null };

const OPTIONS = {
  seed: fc.nat(1000),
  wait: fc.constantFrom('block', 'poll', 'adaptive'),
  transport: fc.constantFrom('mmio', 'pci'),
  queue: fc.record({
    layout: fc.constantFrom('split', 'packed'),
    size: fc.constantFrom(...SIZES),
    features: fc.subarray(['INDIRECT_DESC', 'EVENT_IDX', 'IN_ORDER', 'RING_RESET'] as const),
  }),
  service: fc.record({ window: fc.constantFrom(1, 6), order: fc.constantFrom('fifo', 'lifo', 'random') }),
} as const;

/** What the legs of all requests come to, by name; and what the latencies come to. */
function sumsOf(rig: WorkRig): { legs: Record<string, number>; latency: number } {
  const legs = SPLIT_LEGS.map((name, i) => [name, rig.legs[i]?.toData().sum ?? Number.NaN]);
  return { legs: Object.fromEntries(legs), latency: rig.histogram.toData().sum };
}

/** Each of the four legs and the latency are rounded to whole nanoseconds. */
function expectWhole(rig: WorkRig, operations: number): void {
  const { legs, latency } = sumsOf(rig);
  expect(rig.machine.splitTable.droppedCount).toBe(0);
  expect(rig.legs.map((leg) => leg.count)).toEqual(SPLIT_LEGS.map(() => operations));
  const sum = Object.values(legs).reduce((total, leg) => total + leg, 0);
  expect(Math.abs(sum - latency)).toBeLessThanOrEqual(2.5 * operations);
}

describe('the latency split of a workload', () => {
  test('in a closed loop adds up to the latencies, and nothing waits to be posted', () => {
    const closed = fc.record({ operations: fc.constant(OPERATIONS) });
    const options: fc.Arbitrary<WorkOptions> = fc.record({ ...OPTIONS, workload: closed });
    fc.assert(
      fc.property(options, (each) => {
        const rig = new WorkRig(each).run();
        expectWhole(rig, OPERATIONS);
        expect(sumsOf(rig).legs['waiting']).toBe(0);
      }),
      seeded(40),
    );
  });

  test('in an open loop has a leg for the time before the post', () => {
    const arrival = { model: 'open', ratePerS: 1e6, distribution: 'poisson', depth: 8 } as const;
    const rig = new WorkRig({ wait: 'poll', workload: { operations: OPERATIONS, arrival } }).run();
    expectWhole(rig, OPERATIONS);
    expect(sumsOf(rig).legs['waiting']).toBeGreaterThan(0);
  });

  test('leaves the warm-up out', () => {
    const warmup = { operations: 50, durationMs: 0 };
    const rig = new WorkRig({ workload: { operations: OPERATIONS, warmup } }).run();
    expectWhole(rig, OPERATIONS);
  });

  test('over resets of the ring counts the time until a request is posted again as waiting', () => {
    const options: fc.Arbitrary<WorkOptions> = fc.record({
      ...OPTIONS,
      workload: fc.constant({ operations: OPERATIONS, arrival: { model: 'closed', depth: 24 } }),
    });
    fc.assert(
      fc.property(options, fc.array(fc.nat(OPERATIONS - 30), { maxLength: 4 }), (each, at) => {
        const rig = resizing(each, new Set(at));
        expectWhole(rig, OPERATIONS);
        const isReposted = rig.takenBack.some((posted) => posted.length > 0);
        expect((sumsOf(rig).legs['waiting'] ?? 0) > 0).toBe(isReposted);
      }),
      seeded(30),
    );
  });
});

/** Pauses each time that so many operations are back, and goes on with a ring of another size. */
function resizing(options: WorkOptions, pauseAt: ReadonlySet<number>): WorkRig {
  let isDue = false;
  let next = 0;
  return new WorkRig({
    lifecycle: LIFECYCLE,
    ...options,
    queue: { ...options.queue, features: [...(options.queue?.features ?? []), 'RING_RESET'] },
    control: {
      afterCompletion: (count) => {
        if (pauseAt.has(count)) isDue = true;
      },
      pauseRequested: () => isDue,
    },
    onPause: (rig) => {
      isDue = false;
      rig.resize(SIZES[next++ % SIZES.length] as number);
    },
  }).run();
}
