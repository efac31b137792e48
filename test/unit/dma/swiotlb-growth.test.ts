import { describe, expect, it } from 'vitest';
import { DmaDirection } from '../../../src/dma/direction.js';
import { DMA_MAPPING_ERROR } from '../../../src/dma/dma-api.js';
import { PageState } from '../../../src/dma/page-states.js';
import { type DmaRig, dmaRig, type DmaRigOptions, pattern } from '../../support/dma/dma-rig.js';

const { bidirectional, toDevice } = DmaDirection;
const MIB = 1 << 20;

/** A pool of four slots, all taken. */
function fullRig(options: DmaRigOptions = {}): { rig: DmaRig; address: number } {
  const rig = dmaRig({ slotCount: 4, ramBytes: 8 * MIB, growthMaxBytes: 4 * MIB, ...options });
  const address = rig.place(pattern(300 * 1024));
  expect(rig.pool.take(0, 8192, 0, 0, 0)).toBe(0);
  return { rig, address };
}

describe('a pool that may grow', () => {
  it('gives a mapping that finds nothing free a pool of its own, at once, and takes its pages back', () => {
    const { rig, address } = fullRig();
    const freeBytes = rig.allocator.freeBytes;
    const bounce = rig.swiotlb.map(address, 100, bidirectional);
    expect([rig.pool.contains(bounce), rig.swiotlb.has(bounce)]).toEqual([false, true]);
    expect(rig.read(bounce, 100)).toEqual(rig.read(address, 100));
    expect(rig.growth?.usedSlots).toBe(1);
    expect([rig.stats.transientPools, rig.stats.grownPools, rig.stats.mappingErrors]).toEqual([1, 0, 0]);
    expect(rig.allocator.freeBytes).toBeLessThan(freeBytes);
    rig.ram.store8(bounce, 77);
    rig.swiotlb.unmap(bounce, 100, bidirectional);
    expect(rig.ram.load8(address)).toBe(77);
    expect([rig.allocator.freeBytes, rig.growth?.usedSlots, rig.swiotlb.has(bounce)]).toEqual([
      freeBytes,
      0,
      false,
    ]);
  });

  it('has a pool of 1 MiB more before the next mapping, which then needs none of its own', () => {
    const { rig, address } = fullRig();
    const first = rig.swiotlb.map(address, 100, toDevice);
    expect(rig.growth?.pools).toHaveLength(0);
    const second = rig.swiotlb.map(address, 100, toDevice);
    expect(rig.growth?.pools.map((pool) => pool.sizeBytes)).toEqual([MIB]);
    expect(rig.growth?.pools[0]?.contains(second)).toBe(true);
    expect([rig.stats.transientPools, rig.stats.grownPools]).toEqual([1, 1]);
    rig.swiotlb.unmap(second, 100, toDevice);
    rig.swiotlb.unmap(first, 100, toDevice);
    expect(rig.growth?.pools, 'what was added stays').toHaveLength(1);
    expect(rig.growth?.usedSlots).toBe(0);
  });

  it('uses the first pool again as soon as there is room', () => {
    const rig = dmaRig({ slotCount: 4, ramBytes: 8 * MIB, growthMaxBytes: 4 * MIB });
    const address = rig.place(pattern(8192));
    const first = rig.swiotlb.map(address, 8192, toDevice);
    rig.swiotlb.map(address, 1, toDevice);
    rig.swiotlb.unmap(first, 8192, toDevice);
    expect(rig.swiotlb.map(address, 8192, toDevice)).toBe(first);
  });

  it('grows to its limit and no further; beyond it each mapping has a pool of its own', () => {
    const { rig, address } = fullRig({ growthMaxBytes: 2 * MIB });
    for (let i = 0; i < 12; i++)
      expect(rig.swiotlb.map(address, 256 * 1024, toDevice)).not.toBe(DMA_MAPPING_ERROR);
    expect(rig.growth?.pools).toHaveLength(2);
    expect([rig.stats.grownPools, rig.stats.transientPools]).toEqual([2, 12 - 8]);
  });

  it('without any more pages it is an error like without growth', () => {
    const { rig, address } = fullRig({ ramBytes: MIB });
    while (rig.allocator.allocate(4096, 4096) !== null);
    expect(rig.swiotlb.map(address, 100, toDevice)).toBe(DMA_MAPPING_ERROR);
    expect([rig.stats.mappingErrors, rig.stats.transientPools, rig.growth?.usedSlots]).toEqual([1, 0, 0]);
  });

  it('gives no pool to what is longer than a mapping can be', () => {
    const { rig, address } = fullRig();
    const freeBytes = rig.allocator.freeBytes;
    expect(rig.swiotlb.map(address, 256 * 1024 + 1, toDevice)).toBe(DMA_MAPPING_ERROR);
    expect([rig.stats.transientPools, rig.stats.mappingErrors]).toEqual([0, 1]);
    expect(rig.allocator.freeBytes).toBe(freeBytes);
  });

  it.each([0, 511, 2047, 4095])(
    'a pool of its own suits a buffer anywhere, with a mask of %d',
    (minAlignMask) => {
      const { rig, address } = fullRig({ minAlignMask, growthMaxBytes: 0 });
      const { maxMappingBytes } = rig.swiotlb;
      const freeBytes = rig.allocator.freeBytes;
      for (const offset of [0, 1, 2047, 2048, 2049, 4095]) {
        for (const sizeBytes of [1, 4096, maxMappingBytes]) {
          const bounce = rig.swiotlb.map(address + offset, sizeBytes, bidirectional);
          expect(bounce, `${sizeBytes} bytes at ${offset}`).not.toBe(DMA_MAPPING_ERROR);
          expect(bounce & minAlignMask).toBe((address + offset) & minAlignMask);
          rig.swiotlb.unmap(bounce, sizeBytes, bidirectional);
        }
      }
      expect(rig.allocator.freeBytes).toBe(freeBytes);
      expect(rig.stats.mappingErrors).toBe(0);
    },
  );

  it('a pool whose pages do not suit the buffer is given back, and the mapping is an error', () => {
    // More low bits than a page has: where the pages are is chance.
    const { rig, address } = fullRig({ minAlignMask: 0xffff, growthMaxBytes: 0 });
    const freeBytes = rig.allocator.freeBytes;
    const results = new Set<number>();
    for (let page = 0; page < 16; page++) {
      const bounce = rig.swiotlb.map(address + page * 4096, 100, toDevice);
      results.add(bounce);
      if (bounce !== DMA_MAPPING_ERROR) rig.swiotlb.unmap(bounce, 100, toDevice);
    }
    expect(results.size, 'one in sixteen suits').toBe(2);
    expect([rig.stats.mappingErrors, rig.growth?.usedSlots]).toEqual([15, 0]);
    expect(rig.allocator.freeBytes).toBe(freeBytes);
  });

  it('in an encrypted guest its pages are shared while it lasts, and private again afterwards', () => {
    const { rig, address } = fullRig({ encrypted: true, growthMaxBytes: 0 });
    const bounce = rig.swiotlb.map(address, 100, toDevice);
    const page = Math.floor(bounce / 4096);
    expect(rig.states.of(page)).toBe(PageState.shared);
    expect([...rig.host.bytes(bounce, 100)]).toEqual(rig.read(address, 100));
    rig.exposure.checkAll();
    rig.swiotlb.unmap(bounce, 100, toDevice);
    expect(rig.states.of(page)).toBe(PageState.private);
    rig.exposure.checkAll();
  });

  it('pages that the host refuses are no pool: an error, and they are lost', () => {
    let isWilling = true;
    const host = { grants: () => isWilling };
    const { rig, address } = fullRig({ encrypted: true, host });
    isWilling = false;
    const freeBytes = rig.allocator.freeBytes;
    expect(rig.swiotlb.map(address, 100, toDevice)).toBe(DMA_MAPPING_ERROR);
    expect([rig.stats.pagesLeaked, rig.stats.transientPools, rig.stats.mappingErrors]).toEqual([1, 0, 1]);
    expect(rig.allocator.freeBytes).toBe(freeBytes - 4096);
  });
});
