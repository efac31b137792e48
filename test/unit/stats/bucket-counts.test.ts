import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { packCounts, unpackCounts } from '../../../src/stats/bucket-counts.js';
import { seeded } from '../../support/ring/seeded.js';

const BUCKET = fc.nat({ max: 2 ** 20 });
/** More than 32 bits hold: the bucket of an interval that is hours long. */
const COUNT = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });

it('packs counts into two numbers each, and gives them back', () => {
  const property = fc.property(fc.array(fc.tuple(BUCKET, COUNT)), (counts) => {
    const packed = packCounts(counts);
    expect(packed.byteLength).toBe(16 * counts.length);
    expect(unpackCounts(packed)).toEqual(counts);
  });
  fc.assert(property, seeded(200));
});
