import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BlkRequest } from '../../../src/devices/blk.js';
import type { WorkloadPlan } from '../../../src/scenario/plan.js';
import { seeded } from '../../support/ring/seeded.js';
import type { Posted } from '../../support/transport/queue-tap.js';
import { type WorkOptions, WorkRig } from '../../support/transport/run-work.js';

const KINDS = ['read', 'write', 'flush', 'discard', 'write_zeroes'] as const;

const plan: fc.Arbitrary<WorkOptions> = fc.record({
  seed: fc.nat(1000),
  hostRunsDry: fc.boolean(),
  wait: fc.constantFrom('block', 'poll', 'adaptive'),
  queue: fc.record({
    layout: fc.constantFrom('split', 'packed'),
    size: fc.constantFrom(8, 32),
    startIndex: fc.constantFrom(0, 0xffe0),
    directCount: fc.constantFrom(0, 2),
    features: fc.subarray(['INDIRECT_DESC', 'EVENT_IDX'] as const),
  }),
  service: fc.record({ window: fc.constantFrom(1, 4, 16), order: fc.constantFrom('fifo', 'lifo', 'random') }),
  // A small disk, so that requests meet.
  backend: fc.constant({ kind: 'memory', sizeBytes: 24 * 512, readOnly: false, faults: [] }),
  workload: fc.record({
    pattern: fc.constantFrom('random', 'sequential'),
    mix: fc.uniqueArray(fc.constantFrom(...KINDS), { minLength: 1 }).map(weighted),
    blocks: fc
      .constantFrom([1], [2, 5], [1, 3, 8])
      .map((sectors) => sectors.map((count) => ({ sizeBytes: count * 512, weight: 1 }))),
    segments: fc.constantFrom({ min: 1, max: 1 }, { min: 1, max: 3 }),
    framing: fc.constantFrom('separate', 'merged'),
    operations: fc.constant(80),
  }),
});

function weighted(kinds: (typeof KINDS)[number][]): WorkloadPlan['mix'] {
  return kinds.map((operation, i) => ({ operation, weight: 1 + i }));
}

function conflict(a: Posted, b: Posted): boolean {
  const overlap = a.sector < b.sector + b.count && b.sector < a.sector + a.count;
  return overlap && (a.type !== BlkRequest.in || b.type !== BlkRequest.in);
}

/** Runs a plan and checks at every post that nothing in flight is in its way. */
function runChecked(changes: WorkOptions): WorkRig {
  const rig = new WorkRig(changes);
  rig.queue.onPost = (posted) => {
    for (const other of rig.queue.inFlight.values()) {
      if (conflict(posted, other)) expect.fail(`${JSON.stringify([posted, other])} meet`);
    }
  };
  return rig.run();
}

describe('any workload, on any device', () => {
  test('never has two requests in flight that touch the same sector while one of them writes', () => {
    const property = fc.property(plan, (changes) => {
      const rig = runChecked(changes);
      expect([rig.count('submitted'), rig.count('completed'), rig.count('errors')]).toEqual([80, 80, 0]);
      expect(rig.count('mismatches')).toBe(0);
      expect(rig.machine.violations).toEqual([]);
    });
    fc.assert(property, seeded(150));
  });

  test('submits the same operations in the same order, however the device behaves', () => {
    const other = fc.record({
      wait: fc.constantFrom('block' as const, 'poll' as const),
      service: fc.constantFrom(
        { window: 1, order: 'fifo' } as const,
        { window: 16, order: 'random' } as const,
      ),
    });
    const property = fc.property(plan, other, (changes, behaviour) => {
      const [first, second] = [runChecked(changes), runChecked({ ...changes, ...behaviour })];
      expect(second.ledger.digest).toBe(first.ledger.digest);
      const told = (rig: WorkRig): unknown =>
        rig.queue.history.map(({ type, sector, count }) => [type, sector, count]);
      expect(told(second)).toEqual(told(first));
    });
    fc.assert(property, seeded(40));
  });
});

describe('an operation that has to wait for another', () => {
  test('keeps its turn: nothing overtakes it', () => {
    const workload = {
      mix: weighted(['write']),
      blocks: [{ sizeBytes: 512 * 24, weight: 1 }],
      operations: 10,
    };
    const backend = { kind: 'memory', sizeBytes: 24 * 512, readOnly: false, faults: [] } as const;
    let most = 0;
    const rig = new WorkRig({ workload, backend, service: { window: 8, order: 'lifo' } });
    rig.queue.onPost = () => (most = Math.max(most, rig.queue.inFlight.size + 1));
    rig.run();
    expect(most).toBe(1);
    // Each write carries its number; had one been overtaken, the disk would not hold the last.
    expect(rig.machine.disk?.words(0, 8)[1]).toBe(10);
  });
});
