import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CorruptedQueue, type CorruptionStep } from '../../support/ring/corruption.js';
import { seeded } from '../../support/ring/seeded.js';

const RUNS = 1500;

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
  value: fc.oneof(fc.nat(8), fc.nat(255), fc.constant(0xff)),
});
const steps = fc.array(fc.oneof({ arbitrary: honest, weight: 5 }, { arbitrary: corrupt, weight: 1 }), {
  minLength: 20,
  maxLength: 150,
  size: 'max',
});
const queue = fc.record({
  size: fc.constantFrom(1, 2, 4, 8),
  eventIdx: fc.boolean(),
  inOrder: fc.boolean(),
  directCount: fc.constantFrom(null, 0, 2),
  startIndex: fc.constantFrom(0, 0xfffe),
});

describe('memory that changes under both ends', () => {
  it.each([
    { region: 'driver', kindsOfViolation: 9, salt: 1 },
    { region: 'device', kindsOfViolation: 4, salt: 2 },
  ] as const)(
    'bytes that the $region writes: both ends go on or report a violation, and nothing else happens',
    ({ region, kindsOfViolation, salt }) => {
      const codes = new Set<string>();
      const property = fc.property(queue, steps, (options, sequence) => {
        const corrupted = new CorruptedQueue(options, region);
        for (const step of sequence) corrupted.run(step);
        corrupted.finish();
        for (const code of corrupted.codes) codes.add(code);
      });
      fc.assert(property, seeded(RUNS, salt));
      expect(codes.size, [...codes].join(', ')).toBeGreaterThanOrEqual(kindsOfViolation);
    },
  );
});
