import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Lockstep, type Operation, OPERATION_KINDS, Tally } from '../../support/ring/lockstep.js';
import type { RigOptions } from '../../support/ring/rig.js';
import { seeded } from '../../support/ring/seeded.js';

const SIZES = [1, 2, 4, 8, 128];
const START_INDICES = [0, 0xfff0, 0xffff];
const RUNS_PER_QUEUE = 30;

const operation: fc.Arbitrary<Operation> = fc.record({
  kind: fc.constantFrom(...OPERATION_KINDS),
  a: fc.nat(0xffff),
  b: fc.nat(0xffff),
});
const operations = fc.array(operation, { minLength: 1, maxLength: 250, size: 'max' });

const queues: RigOptions[] = [false, true].flatMap((eventIdx) =>
  [false, true].flatMap((inOrder) =>
    [null, 0, 2].flatMap((directCount) =>
      SIZES.flatMap((size) =>
        START_INDICES.map((startIndex) => ({ eventIdx, inOrder, directCount, size, startIndex })),
      ),
    ),
  ),
);

describe('both ends of a split queue against five lists, any sequence of calls', () => {
  const total = new Tally();

  it.each(queues.map((queue, salt) => ({ ...queue, salt })))('%o', ({ salt, ...queue }) => {
    const property = fc.property(operations, (sequence) => {
      const lockstep = new Lockstep(queue);
      for (const step of sequence) lockstep.run(step);
      lockstep.finish();
      total.add(lockstep.tally);
    });
    fc.assert(property, seeded(RUNS_PER_QUEUE, salt));
  });

  it('met full rings, batches, tables, and notifications both sent and suppressed', () => {
    for (const [event, count] of Object.entries(total)) expect(count, event).toBeGreaterThan(1000);
    expect(total.usedEntries, 'batches').toBeLessThan(total.buffersReturned);
  });
});
