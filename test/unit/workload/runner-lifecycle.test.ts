import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { WorkloadPlan } from '../../../src/scenario/plan.js';
import { resumeDevice, suspendDevice } from '../../../src/transport/negotiate.js';
import type { OperationSource } from '../../../src/workload/operation.js';
import { TokenViolation } from '../../../src/workload/tokens.js';
import { seeded } from '../../support/ring/seeded.js';
import { type WorkOptions, WorkRig } from '../../support/transport/run-work.js';

const SIZES = [8, 16, 64];
const LIFECYCLE = { everyOperations: 1, events: ['resize'] as const, sizes: SIZES, count: null };

const MIX: WorkloadPlan['mix'] = (['read', 'write', 'write_zeroes', 'flush'] as const).map((operation) => ({
  operation,
  weight: 1,
}));

/** Pauses each time that so many operations are back. */
function pausing(
  options: WorkOptions,
  pauseAt: ReadonlySet<number>,
  onPause: (rig: WorkRig) => void,
): WorkRig {
  let isDue = false;
  return new WorkRig({
    lifecycle: LIFECYCLE,
    ...options,
    queue: { ...options.queue, features: [...(options.queue?.features ?? []), 'RING_RESET', 'SUSPEND'] },
    control: {
      ...options.control,
      afterCompletion: (count) => {
        if (pauseAt.has(count)) isDue = true;
      },
      pauseRequested: () => isDue,
    },
    onPause: (rig) => {
      isDue = false;
      onPause(rig);
    },
  });
}

/** Sees to it that unanswered requests are posted again in their first order, and nothing new before them. */
class OrderCheck {
  private age = 0;
  private readonly ages: Map<number, number> = new Map();
  private expected: number[] = [];

  /** In a pause, before anything is taken back. */
  ringWillGo(rig: WorkRig): void {
    const unanswered = [...rig.queue.inFlight.keys(), ...this.expected];
    const age = (slot: number): number => this.ages.get(slot) ?? -1;
    this.expected = unanswered.toSorted((a, b) => age(a) - age(b));
  }

  follow(rig: WorkRig): void {
    rig.queue.onPost = ({ slot }) => {
      if (this.expected.length > 0) expect(slot).toBe(this.expected.shift());
      else this.ages.set(slot, this.age++);
    };
  }
}

describe('a ring that gets another size under load', () => {
  test('loses nothing: what does not fit waits, and goes before anything new', () => {
    const options: fc.Arbitrary<WorkOptions> = fc.record({
      seed: fc.nat(1000),
      wait: fc.constantFrom('block', 'poll', 'adaptive'),
      queue: fc.record({
        layout: fc.constantFrom('split', 'packed'),
        size: fc.constantFrom(...SIZES),
        features: fc.subarray(['INDIRECT_DESC', 'EVENT_IDX', 'IN_ORDER'] as const),
      }),
      service: fc.record({ window: fc.constantFrom(1, 6), order: fc.constantFrom('fifo', 'lifo', 'random') }),
      workload: fc.record({
        mix: fc.constant(MIX),
        operations: fc.constant(120),
        framing: fc.constantFrom('separate', 'merged'),
        segments: fc.constant({ min: 1, max: 3 }),
        arrival: fc.constant({ model: 'closed', depth: 24 }),
      }),
    });
    const pauses = fc.uniqueArray(fc.integer({ min: 1, max: 110 }), { maxLength: 8 });
    let waited = 0;
    const property = fc.property(options, pauses, fc.array(fc.nat(2), { minLength: 9 }), (of, at, picks) => {
      const order = new OrderCheck();
      let turn = 0;
      const rig = pausing(of, new Set(at), (paused) => {
        order.ringWillGo(paused);
        paused.resize(SIZES[picks[turn++ % picks.length] as number] as number);
        order.follow(paused);
        waited += Math.max(0, (paused.takenBack.at(-1)?.length ?? 0) - paused.machine.ringSize);
      });
      order.follow(rig);
      rig.run();
      expect([rig.count('submitted'), rig.count('completed'), rig.count('errors')]).toEqual([120, 120, 0]);
      expect(rig.count('mismatches')).toBe(0);
      expect(rig.count('tokensReposted')).toBe(rig.count('tokensDetached'));
      expect(rig.oldQueues.length).toBeGreaterThan(at.length === 0 ? -1 : 0);
      expect(rig.ledger.digest).toBe(new WorkRig(of).run().ledger.digest);
      expect(rig.machine.violations).toEqual([]);
    });
    fc.assert(property, seeded(80));
    expect(waited, 'rings that were too small for what was taken back').toBeGreaterThan(20);
  });

  test('keeps a barrier alone, wherever the ring shrinks', () => {
    const isBarrier = (i: number): boolean => i % 5 === 4;
    let drawn = 0;
    const source: OperationSource = {
      next(operation) {
        const barrier = isBarrier(drawn);
        Object.assign(operation, { kind: barrier ? 'flush' : 'read', sector: drawn, count: 1, segments: 1 });
        if (barrier) Object.assign(operation, { sector: 0, count: 0 });
        operation.barrier = barrier;
        return drawn++ < 100;
      },
    };
    const everySecond = new Set(Array.from({ length: 50 }, (_, i) => 2 * i + 1));
    let size = 64;
    const rig = pausing({ queue: { size: 64 }, parts: () => ({ source }) }, everySecond, (paused) => {
      size = size === 64 ? 8 : 64;
      paused.resize(size);
      watch(paused);
    });
    function watch(of: WorkRig): void {
      const { queue } = of;
      queue.onPost = ({ type }) => {
        const types = [...queue.inFlight.values()].map((posted) => posted.type);
        // 4: a flush, which is the barrier here.
        if (type === 4) expect(types).toEqual([]);
        else expect(types).not.toContain(4);
      };
    }
    watch(rig);
    rig.run();
    expect(rig.count('completed')).toBe(100);
  });

  test('is given up with all that was in it, and all that waited for it', () => {
    let stops = false;
    const options: WorkOptions = {
      queue: { size: 64 },
      workload: { arrival: { model: 'closed', depth: 24 } },
      control: { aborted: () => stops },
    };
    const rig = pausing(options, new Set([10]), (paused) => {
      paused.resize(8);
      paused.queue.onPost = () => {
        stops = true;
      };
    });
    rig.run();
    const unanswered = rig.count('submitted') - rig.count('completed');
    expect(rig.queue.inFlight.size).toBeLessThan(unanswered);
    expect(rig.runner.abandon()).toBe(unanswered);
  });
});

describe('a pause that leaves the ring as it is', () => {
  test('takes nothing back, posts nothing, and finds afterwards what the device finished before it slept', () => {
    let drained = 0;
    const rig = pausing({ service: { window: 4, order: 'lifo' } }, new Set([10, 40, 70]), (paused) => {
      const { machine, queue } = paused;
      const posted = queue.history.length;
      const outstanding = queue.inFlight.size;
      suspendDevice(machine.driver);
      machine.hostRunsDry();
      drained += machine.stats.buffersUsed;
      resumeDevice(machine.driver);
      expect([queue.history.length, queue.inFlight.size]).toEqual([posted, outstanding]);
    }).run();
    expect(rig.count('completed')).toBe(100);
    expect([rig.count('tokensDetached'), rig.oldQueues.length]).toEqual([0, 0]);
    expect(drained).toBeGreaterThan(0);
    expect(rig.count('mismatches')).toBe(0);
  });
});

test('nobody falls asleep over a wish to pause', () => {
  let isDue = false;
  const rig = new WorkRig({ control: { pauseRequested: () => isDue } });
  expect(rig.runner.arm()).toBe(true);
  isDue = true;
  expect(rig.runner.arm()).toBe(false);
});

describe('a token that goes wrong is not passed over', () => {
  function violationOf(run: () => unknown): TokenViolation {
    try {
      run();
    } catch (error) {
      if (error instanceof TokenViolation) return error;
      throw error;
    }
    throw new Error('nothing was thrown');
  }

  test('lost in a reset: told with what was out and what came, and still missing at the end', () => {
    let out = 0;
    const rig = pausing({}, new Set([20]), (paused) => {
      const { queue } = paused;
      const detach = queue.detachUnused.bind(queue);
      out = queue.inFlight.size;
      // The ring forgets the first one.
      detach();
      queue.detachUnused = detach;
      paused.resize(16);
    });
    const { code, exitCode, message } = violationOf(() => rig.run());
    expect([code, exitCode]).toEqual(['TOKEN_LOST', 20]);
    expect(message).toContain(`1 of ${out} tokens were lost in a reset`);
    expect(rig.runner.abandon()).toBe(out - 1);
  });

  test('used twice', () => {
    const rig = new WorkRig();
    const { queue } = rig;
    const get = queue.getBuf.bind(queue);
    let last: number | undefined;
    queue.getBuf = () => (rig.count('completed') === 7 ? last : (last = get() ?? last));
    expect(violationOf(() => rig.run()).code).toBe('TOKEN_NOT_OUTSTANDING');
  });
});
