import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { WorkloadPlan } from '../../../src/scenario/plan.js';
import { Mmio } from '../../../src/transport/mmio-registers.js';
import { seeded } from '../../support/ring/seeded.js';
import { type WorkOptions, WorkRig } from '../../support/transport/run-work.js';

const MIX: WorkloadPlan['mix'] = (['read', 'write', 'write_zeroes', 'flush'] as const).map((operation) => ({
  operation,
  weight: 1,
}));

/** Runs a workload whose device fails each time that so many operations are back. */
function runFailing(options: WorkOptions, failAt: ReadonlySet<number>): WorkRig {
  const rig: WorkRig = new WorkRig({
    ...options,
    control: {
      afterCompletion: (count) => {
        // What no driver may do: the device gives up on it.
        if (failAt.has(count)) rig.machine.device.write(Mmio.magicValue, 4, 0);
      },
    },
  });
  return rig.run();
}

describe('a device that needs a reset', () => {
  test('is reset, and the workload goes on as if nothing had been', () => {
    const options: fc.Arbitrary<WorkOptions> = fc.record({
      seed: fc.nat(1000),
      wait: fc.constantFrom('block', 'poll', 'adaptive'),
      queue: fc.record({
        layout: fc.constantFrom('split', 'packed'),
        features: fc.subarray(['INDIRECT_DESC', 'EVENT_IDX', 'IN_ORDER'] as const),
      }),
      service: fc.record({ window: fc.constantFrom(1, 6), order: fc.constantFrom('fifo', 'lifo', 'random') }),
      workload: fc.record({
        mix: fc.constant(MIX),
        operations: fc.constant(80),
        framing: fc.constantFrom('separate', 'merged'),
        segments: fc.constant({ min: 1, max: 3 }),
      }),
    });
    const property = fc.property(
      options,
      fc.uniqueArray(fc.integer({ min: 1, max: 70 }), { maxLength: 4 }),
      (of, at) => {
        const rig = runFailing(of, new Set(at));
        expect([rig.count('submitted'), rig.count('completed'), rig.count('errors')]).toEqual([80, 80, 0]);
        expect(rig.count('mismatches')).toBe(0);
        expect(rig.count('tokensDetached')).toBe(rig.takenBack.flat().length);
        expect(rig.count('tokensReposted')).toBe(rig.count('tokensDetached'));
        expect(rig.oldQueues.length > 0).toBe(at.length > 0);
        expect(rig.ledger.digest).toBe(new WorkRig(of).run().ledger.digest);
      },
    );
    fc.assert(property, seeded(60));
  });

  test('gets again, in their old order, exactly the requests that it never answered', () => {
    const rig = runFailing(
      { service: { window: 4, order: 'lifo' }, workload: { mix: MIX, segments: { min: 1, max: 3 } } },
      new Set([41]),
    );
    const [before] = rig.oldQueues;
    const unanswered = rig.takenBack[0] ?? [];
    expect(unanswered.length).toBeGreaterThan(2);
    expect(rig.queue.history.slice(0, unanswered.length)).toEqual(unanswered);
    const total = (before?.history.length ?? 0) + rig.queue.history.length;
    expect(total).toBe(100 + unanswered.length);
  });

  test('loses nothing of what is hashed in order', () => {
    const workload = { pattern: 'sequential', operations: null, hash: true } as const;
    const rig = runFailing({ workload, service: { window: 3, order: 'lifo' } }, new Set([5, 20, 41, 60]));
    const disk = rig.machine.disk?.bytes(0, rig.machine.disk.sizeBytes) ?? new Uint8Array();
    expect(rig.work.sha256(rig.ledger)).toBe(createHash('sha256').update(disk).digest('hex'));
    expect(rig.oldQueues.length).toBeGreaterThan(1);
    expect(rig.count('completed'), 'what was answered and waits for its turn is not asked for again').toBe(
      rig.count('submitted'),
    );
  });
});
