import fc from 'fast-check';
import { CorruptedQueue, type CorruptionStep, type Region } from './corruption.js';
import type { AnyRig, RigOptions } from './rig.js';
import { seeded } from './seeded.js';

const honest: fc.Arbitrary<CorruptionStep> = fc.record({
  kind: fc.constant('honest'),
  call: fc.nat(0xff),
  a: fc.nat(0xffff),
  b: fc.nat(0xffff),
});
// Small values make the interesting mistakes: flags, near indices, ids that exist. All bits make the wild ones.
const corrupt: fc.Arbitrary<CorruptionStep> = fc.record({
  kind: fc.constant('corrupt'),
  offset: fc.nat(0xffff),
  value: fc.oneof(fc.nat(8), fc.nat(255), fc.constantFrom(0x80, 0xff)),
});
const steps = fc.array(fc.oneof({ arbitrary: honest, weight: 5 }, { arbitrary: corrupt, weight: 1 }), {
  minLength: 20,
  maxLength: 150,
  size: 'max',
});

/** Runs honest traffic over memory that changes by itself; returns the codes of the violations that were reported. */
export function checkCorruption<R extends AnyRig>(
  queue: fc.Arbitrary<RigOptions>,
  make: (options: RigOptions) => R,
  regionsOf: (rig: R) => readonly Region[],
  numRuns: number,
  salt: number,
): Set<string> {
  const codes = new Set<string>();
  const property = fc.property(queue, steps, (options, sequence) => {
    const rig = make({ memoryBytes: 1 << 17, ...options });
    const corrupted = new CorruptedQueue(rig, regionsOf(rig));
    for (const step of sequence) corrupted.run(step);
    corrupted.finish();
    for (const code of corrupted.codes) codes.add(code);
  });
  fc.assert(property, seeded(numRuns, salt));
  return codes;
}
