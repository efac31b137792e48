import { describe, expect, test } from 'vitest';
import type { WorkloadPlan } from '../../../src/scenario/plan.js';
import type { Operation, OperationSource } from '../../../src/workload/operation.js';
import { BlkRequest } from '../../../src/devices/blk.js';
import { WorkRig } from '../../support/transport/run-work.js';

/** Operations one after the other; what a test leaves out is a read of sector 0. */
function listed(operations: readonly Partial<Operation>[]): OperationSource {
  let at = 0;
  return {
    next(operation) {
      const one = operations[at++];
      if (one === undefined) return false;
      Object.assign(operation, { kind: 'read', sector: 0, count: 1, segments: 1, barrier: false, ...one });
      return true;
    },
  };
}

const MIXED: WorkloadPlan['mix'] = [
  { operation: 'read', weight: 4 },
  { operation: 'write', weight: 4 },
  { operation: 'write_zeroes', weight: 1 },
  { operation: 'discard', weight: 1 },
  { operation: 'flush', weight: 1 },
];

const BACKWARDS = { window: 8, order: 'lifo' } as const;

describe('a workload runs to its end', () => {
  test.each(['block', 'poll', 'adaptive'] as const)('with the waiting policy %s', (wait) => {
    const rig = new WorkRig({ wait, workload: { mix: MIXED, operations: 300 } }).run();
    expect([rig.count('submitted'), rig.count('completed'), rig.count('measured')]).toEqual([300, 300, 300]);
    expect([rig.count('errors'), rig.count('mismatches')]).toEqual([0, 0]);
    expect(rig.count('verifiedBytes')).toBeGreaterThan(0);
    expect(rig.histogram.count).toBe(300);
    expect(rig.queue.inFlight.size).toBe(0);
    expect(rig.machine.violations).toEqual([]);
  });

  test('with as many requests in flight as were wanted, and no more', () => {
    for (const depth of [1, 3, 8]) {
      let most = 0;
      const rig = new WorkRig({ workload: { arrival: { model: 'closed', depth } } });
      rig.queue.onPost = () => (most = Math.max(most, rig.queue.inFlight.size + 1));
      rig.run();
      expect(most).toBe(depth);
    }
  });

  test('also where the ring has room for fewer requests than that', () => {
    const rig = new WorkRig({
      queue: { size: 4 },
      workload: { operations: 50, segments: { min: 2, max: 2 } },
    }).run();
    expect(rig.count('completed')).toBe(50);
    expect(rig.queue.history.every(({ lengths }) => lengths.length === 4)).toBe(true);
  });

  test('and tells of each completion, numbered', () => {
    const seen: number[] = [];
    new WorkRig({
      workload: { operations: 20 },
      control: { afterCompletion: (count) => seen.push(count) },
    }).run();
    expect(seen).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  });

  test('without an operation at all', () => {
    const rig = new WorkRig({ parts: () => ({ source: listed([]) }) }).run();
    expect(rig.count('submitted')).toBe(0);
    expect(rig.machine.guestMemory.sleeps).toBe(rig.machine.log.accesses.length);
  });

  test('after its time, with everything back', () => {
    const rig = new WorkRig({ workload: { operations: null, durationMs: 20 } }).run();
    expect(rig.count('completed')).toBe(rig.count('submitted'));
    expect(rig.queue.inFlight.size).toBe(0);
  });

  test('at a rate, with every operation once and its latency from when it was meant to start', () => {
    for (const distribution of ['constant', 'poisson'] as const) {
      const arrival = { model: 'open', ratePerS: 8000, distribution, depth: 4 } as const;
      const rig = new WorkRig({ workload: { arrival, operations: 40 } }).run();
      expect([rig.count('completed'), rig.histogram.count]).toEqual([40, 40]);
      expect(rig.queue.inFlight.size).toBe(0);
    }
  });
});

describe('an end before the end', () => {
  test('when a stop is asked for, what is out comes back and nothing more is posted', () => {
    let completed = 0;
    let postedAtStop = 0;
    const rig: WorkRig = new WorkRig({
      service: BACKWARDS,
      control: {
        stopRequested: () => completed >= 20,
        afterCompletion: (count) => {
          completed = count;
          if (count === 20) postedAtStop = rig.queue.history.length;
        },
      },
    });
    rig.run();
    expect(rig.count('completed')).toBe(rig.count('submitted'));
    expect(rig.queue.history.length).toBe(postedAtStop);
    expect(postedAtStop).toBeGreaterThan(20);
    expect(postedAtStop).toBeLessThan(100);
    expect(rig.queue.inFlight.size).toBe(0);
  });

  test('when it is aborted, at once', () => {
    let turns = 0;
    const rig = new WorkRig({ control: { aborted: () => ++turns > 1 } }).run();
    expect(rig.count('submitted')).toBe(8);
    expect(rig.count('completed')).toBe(0);
    expect(rig.queue.inFlight.size).toBe(8);
  });

  test('when the device can no longer be used, with what its owner has to say', () => {
    const broken = new Error('the device needs a reset');
    const rig: WorkRig = new WorkRig({
      control: {
        afterCompletion: (count) => {
          if (count === 10) rig.machine.device.read(0x030, 4);
        },
        interrupted: (causes) => {
          if ((causes & 2) !== 0) throw broken;
          return false;
        },
      },
    });
    expect(() => rig.run()).toThrow(broken);
    expect(rig.count('completed')).toBeLessThan(100);
  });
});

describe('what is counted', () => {
  test('leaves the warm-up out', () => {
    const workload = { warmup: { operations: 30, durationMs: 0 }, operations: 100 };
    const rig = new WorkRig({ workload, service: BACKWARDS }).run();
    expect([rig.count('submitted'), rig.count('warmup'), rig.count('measured')]).toEqual([130, 30, 100]);
    expect(rig.histogram.count).toBe(100);
    expect(rig.count('bytes')).toBe(100 * 1024);
    expect(rig.count('verifiedBytes'), 'but it is verified').toBe(130 * 1024);
  });

  test('is nothing while the warm-up lasts', () => {
    const workload = { warmup: { operations: 0, durationMs: 1e9 }, operations: 50 };
    const rig = new WorkRig({ workload }).run();
    expect([rig.count('warmup'), rig.count('measured'), rig.count('bytes')]).toEqual([50, 0, 0]);
    expect(rig.histogram.count).toBe(0);
  });

  test('as out of order is what came back before something older', () => {
    for (const order of ['fifo', 'lifo', 'random'] as const) {
      const rig = new WorkRig({ service: { window: 4, order } });
      // By hand: of what is in flight, in the order of posting, is this the first?
      const inFlight: number[] = [];
      let expected = 0;
      rig.queue.onPost = ({ slot }) => inFlight.push(slot);
      rig.queue.onReturn = (slot) => {
        const at = inFlight.indexOf(slot);
        if (at !== 0) expected += 1;
        inFlight.splice(at, 1);
      };
      rig.run();
      expect(rig.count('outOfOrder')).toBe(expected);
      if (order === 'fifo') expect(expected).toBe(0);
      else expect(expected).toBeGreaterThan(10);
    }
  });

  test('as kicks is one decision for everything that was posted together', () => {
    const rig = new WorkRig({ workload: { operations: 100 } });
    let decisions = 0;
    rig.queue.onKick = () => (decisions += 1);
    // A device that is awake wants no kick.
    rig.machine.hostRunsDry();
    rig.run();
    expect(rig.count('kicks') + rig.count('kicksSuppressed')).toBe(decisions);
    expect(decisions).toBeLessThan(100);
    expect(rig.count('kicks')).toBeGreaterThan(0);
  });
});

describe('a barrier', () => {
  test('is alone in flight, and everything keeps its order around it', () => {
    const operations = Array.from({ length: 60 }, (_, i) => ({
      sector: i,
      kind: i % 7 === 3 ? ('flush' as const) : ('read' as const),
      count: i % 7 === 3 ? 0 : 1,
      barrier: i % 7 === 3 || i % 11 === 0,
    }));
    const rig = new WorkRig({ service: BACKWARDS, parts: () => ({ source: listed(operations) }) });
    const barriers = new Set<number>();
    let most = 0;
    rig.queue.onPost = ({ slot }) => {
      const { inFlight, history } = rig.queue;
      const barrier = operations[history.length - 1]?.barrier ?? false;
      if (barrier) expect(inFlight.size).toBe(0);
      for (const other of inFlight.keys()) expect(barriers.has(other)).toBe(false);
      if (barrier) barriers.add(slot);
      else barriers.delete(slot);
      most = Math.max(most, inFlight.size + 1);
    };
    rig.run();
    expect(rig.count('completed')).toBe(60);
    expect(most, 'the others are not alone').toBeGreaterThan(2);
    const reads = rig.queue.history.filter(({ type }) => type === BlkRequest.in).map(({ sector }) => sector);
    expect(reads).toEqual([...reads].sort((a, b) => a - b));
  });
});
