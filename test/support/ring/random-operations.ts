import fc from 'fast-check';
import type { RingLayout } from '../../../src/virtqueue/layouts.js';
import { Lockstep } from './lockstep.js';
import { type Operation, OPERATION_KINDS, Tally } from './operations.js';
import type { RigOptions } from './rig.js';
import { seeded } from './seeded.js';

const operation: fc.Arbitrary<Operation> = fc.record({
  kind: fc.constantFrom(...OPERATION_KINDS),
  a: fc.nat(0xffff),
  b: fc.nat(0xffff),
});
const operations = fc.array(operation, { minLength: 1, maxLength: 250, size: 'max' });

/** Runs random sequences of calls on a queue beside the reference, and returns what happened in all of them. */
export function checkRandomOperations(
  layout: RingLayout,
  queue: RigOptions,
  numRuns: number,
  salt: number,
): Tally {
  const total = new Tally();
  const property = fc.property(operations, (sequence) => {
    const lockstep = Lockstep.of(queue, layout);
    for (const step of sequence) lockstep.run(step);
    lockstep.finish();
    total.add(lockstep.tally);
  });
  fc.assert(property, seeded(numRuns, salt));
  return total;
}
