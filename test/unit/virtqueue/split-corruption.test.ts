import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Region } from '../../support/ring/corruption.js';
import { checkCorruption } from '../../support/ring/corruption-check.js';
import { makeRig, type Rig } from '../../support/ring/rig.js';

const RUNS = 1500;

const queue = fc.record({
  size: fc.constantFrom(1, 2, 4, 8),
  eventIdx: fc.boolean(),
  inOrder: fc.boolean(),
  directCount: fc.constantFrom(null, 0, 2),
  startIndex: fc.constantFrom(0, 0xfffe),
});

/** Table and available ring, then the first indirect tables, which the allocator places behind the payload. */
const ofDriver = ({ wire, payload }: Rig): Region[] => [
  { start: wire.at.desc, lengthBytes: wire.at.used - wire.at.desc },
  { start: payload + 4096, lengthBytes: 512 },
];

const ofDevice = ({ wire, options }: Rig): Region[] => [
  { start: wire.at.used, lengthBytes: 6 + 8 * options.size },
];

describe('memory that changes under both ends', () => {
  it.each([
    { region: 'driver', regionsOf: ofDriver, kindsOfViolation: 9, salt: 1 },
    { region: 'device', regionsOf: ofDevice, kindsOfViolation: 4, salt: 2 },
  ])(
    'bytes that the $region writes: both ends go on or report a violation, and nothing else happens',
    ({ regionsOf, kindsOfViolation, salt }) => {
      const codes = checkCorruption(queue, makeRig, regionsOf, RUNS, salt);
      expect(codes.size, [...codes].join(', ')).toBeGreaterThanOrEqual(kindsOfViolation);
    },
  );
});
