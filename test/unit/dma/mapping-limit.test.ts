import { describe, expect, it } from 'vitest';
import { maxMappingBytes } from '../../../src/dma/mapping-limit.js';
import { newDmaStats } from '../../../src/dma/dma-stats.js';
import { ramCopier, Swiotlb } from '../../../src/dma/swiotlb.js';
import { SwiotlbPool } from '../../../src/dma/swiotlb-pool.js';
import { SharedMemory } from '../../../src/memory/shared-memory.js';
import type { DmaPlan } from '../../../src/scenario/plan.js';

const KIB = 1024;
const GIB = 2 ** 30;
const BOUNCED: DmaPlan = {
  mapping: 'swiotlb',
  maskBits: 64,
  minAlignMask: 0,
  pool: { sizeBytes: 2 ** 20, growthBytes: 0 },
  checked: false,
};

describe('maxMappingBytes', () => {
  it('is any length where nothing is bounced', () => {
    expect(maxMappingBytes(null, GIB)).toBe(Infinity);
    expect(maxMappingBytes({ ...BOUNCED, mapping: 'direct', pool: null, maskBits: 20 }, GIB)).toBe(Infinity);
    expect(maxMappingBytes({ ...BOUNCED, mapping: 'direct' }, GIB)).toBe(Infinity);
    expect(maxMappingBytes({ ...BOUNCED, mapping: 'direct', maskBits: 30 }, GIB)).toBe(Infinity);
  });

  it('is what a set takes where a buffer may be bounced', () => {
    expect(maxMappingBytes(BOUNCED, GIB)).toBe(256 * KIB);
    expect(maxMappingBytes({ ...BOUNCED, mapping: 'restricted' }, GIB)).toBe(256 * KIB);
    expect(maxMappingBytes({ ...BOUNCED, mapping: 'direct', maskBits: 29 }, GIB)).toBe(256 * KIB);
  });

  it.each([0, 1, 511, 2047, 4095])(
    'is that of the pool itself, with an alignment mask of %i',
    (minAlignMask) => {
      const ram = SharedMemory.ofSize(2 ** 20);
      const pool = new SwiotlbPool(SharedMemory.ofSize(2 ** 16), 0, {
        startAddress: 4096,
        slotCount: 256,
        areaCount: 1,
      });
      const swiotlb = new Swiotlb({
        ram,
        pool,
        copier: ramCopier(ram),
        minAlignMask,
        vcpu: 0,
        growth: null,
        exposure: null,
        stats: newDmaStats(),
        trace: null,
      });
      expect(maxMappingBytes({ ...BOUNCED, minAlignMask }, GIB)).toBe(swiotlb.maxMappingBytes);
    },
  );
});
