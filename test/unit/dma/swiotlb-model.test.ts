import { describe, expect, it } from 'vitest';
import { Rng } from '../../../src/rng.js';
import { SwiotlbPair } from '../../support/dma/swiotlb-pair.js';

const SEED = 20_261_123;
const STEPS = 100_000;

const CONFIGURATIONS = [0, 511, 2047, 4095].flatMap((minAlignMask) => [
  { slotCount: 46, areaCount: 1, minAlignMask },
  { slotCount: 256, areaCount: 1, minAlignMask },
  { slotCount: 256, areaCount: 2, minAlignMask },
  { slotCount: 512, areaCount: 4, minAlignMask },
]);

describe.each(CONFIGURATIONS.map((options, i) => ({ ...options, seed: SEED + i })))(
  'bounce buffers of $slotCount slots in $areaCount areas, with a mask of $minAlignMask (seed $seed)',
  ({ seed, ...options }) => {
    it('do what the naive ones do: each byte, each slot, and each refusal only where there is no room', () => {
      const pair = new SwiotlbPair(options, new Rng(seed));
      const steps = STEPS / CONFIGURATIONS.length;
      for (let i = 1; i <= steps; i++) {
        pair.step();
        if (i % 250 === 0) pair.checkAll();
      }
      pair.finish();
      const { maps, fragmented, exhausted, syncs, unmaps } = pair.tally;
      expect(unmaps).toBe(maps);
      expect(syncs).toBeGreaterThan(steps / 20);
      expect(Math.min(fragmented, exhausted)).toBeGreaterThan(0);
    });
  },
);
