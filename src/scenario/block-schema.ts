import { z } from 'zod';
import { SECTOR_BYTES } from '../devices/blk.js';
import type { WorkloadPlan } from './plan.js';
import { bounded, reader, refuse } from './schema-values.js';
import { isRefusal, type Reading, readSizeBytes, SIZE_PATTERN, type UnitText } from './units.js';

const BLOCK_EXPECTED = `a block size: a multiple of ${SECTOR_BYTES} bytes, such as 4KiB`;
const WEIGHT_EXPECTED = 'a weight above 0';

/** One size, a list of equally likely ones, or a map from size to weight. */
export function blocks(): z.ZodType<WorkloadPlan['blocks'], UnitText | UnitText[] | Record<string, number>> {
  const one = reader(readBlockBytes, BLOCK_EXPECTED, SIZE_PATTERN);
  const weighted = z.record(z.string(), z.number({ error: WEIGHT_EXPECTED }).positive(WEIGHT_EXPECTED));
  return z.union([
    one.transform((sizeBytes) => [{ sizeBytes, weight: 1 }]),
    z
      .array(one)
      .min(1, 'at least one block size')
      .transform((sizes) => sizes.map((sizeBytes) => ({ sizeBytes, weight: 1 }))),
    weighted.transform((weightOf, context) => {
      if (Object.keys(weightOf).length === 0) {
        refuse(context, weightOf, { expected: 'at least one block size' });
      }
      return Object.entries(weightOf).map(([key, weight]) => {
        const sizeBytes = readBlockBytes(key);
        if (isRefusal(sizeBytes)) return refuse(context, key, { ...sizeBytes, got: key, atKey: true }, [key]);
        return { sizeBytes: sizeBytes.value, weight };
      });
    }),
  ]);
}

function readBlockBytes(given: UnitText): Reading<number> {
  const isSectors = (bytes: number): boolean => bytes > 0 && bytes % SECTOR_BYTES === 0;
  return bounded(readSizeBytes, BLOCK_EXPECTED, isSectors)(given);
}
