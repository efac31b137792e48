import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Region } from '../../support/ring/corruption.js';
import { checkCorruption } from '../../support/ring/corruption-check.js';
import { makePackedRig, type PackedRig } from '../../support/ring/rig.js';

const RUNS = 1000;

const queue = fc.record({
  size: fc.constantFrom(1, 2, 3, 5, 8),
  eventIdx: fc.boolean(),
  inOrder: fc.boolean(),
  directCount: fc.constantFrom(null, 0, 2),
  startIndex: fc.constantFrom(0, 3, 0xffff),
});

/** Both ends write the ring; the first indirect tables are behind the payload, where the allocator places them. */
const ofBoth = ({ wire, payload, options }: PackedRig): Region[] => [
  { start: wire.at.ring, lengthBytes: 16 * options.size },
  { start: payload + 4096, lengthBytes: 256 },
];

/** Flags, whose two bytes decide whose a slot is, and the ids in front of them. */
const ofFlags = ({ wire, options }: PackedRig): Region[] =>
  Array.from({ length: options.size }, (_, slot) => ({
    start: wire.at.ring + 16 * slot + 12,
    lengthBytes: 4,
  }));

const ofEvents = ({ wire }: PackedRig): Region[] => [
  { start: wire.at.driverEvent, lengthBytes: 4 },
  { start: wire.at.deviceEvent, lengthBytes: 4 },
];

describe('memory that changes under both ends', () => {
  it.each([
    { region: 'the ring and tables', regionsOf: ofBoth, kindsOfViolation: 11, salt: 1 },
    { region: 'ids and flags', regionsOf: ofFlags, kindsOfViolation: 10, salt: 2 },
    { region: 'event suppression structures', regionsOf: ofEvents, kindsOfViolation: 2, salt: 3 },
  ])(
    '$region: both ends go on or report a violation, and nothing else happens',
    ({ regionsOf, kindsOfViolation, salt }) => {
      const codes = checkCorruption(queue, makePackedRig, regionsOf, RUNS, salt);
      expect(codes.size, [...codes].join(', ')).toBeGreaterThanOrEqual(kindsOfViolation);
    },
  );
});
