import type { DmaApi } from '../../dma/dma-api.js';
import { DmaDirect } from '../../dma/dma-direct.js';
import { DmaPages } from '../../dma/dma-pages.js';
import { newDmaStats } from '../../dma/dma-stats.js';
import { PAGE_BYTES, pageAligned } from '../../dma/pages.js';
import { type BounceCopier, Swiotlb } from '../../dma/swiotlb.js';
import { SwiotlbPool } from '../../dma/swiotlb-pool.js';
import { SLOT_BYTES } from '../../dma/swiotlb-slots.js';
import { Allocator } from '../../memory/allocator.js';
import type { MemoryPort } from '../../memory/port.js';
import { SharedMemory } from '../../memory/shared-memory.js';
import type { RingLayout } from '../../virtqueue/layouts.js';
import { PACKED_DESC_BYTES, PackedDesc } from '../../virtqueue/packed-layout.js';
import type { RingMemory } from './ring-memory.js';

const SLOTS = 128;

/** Where the bounce slots of a program end, which are behind everything else. */
export function bouncePoolEnd({ sizeBytes }: RingMemory): number {
  return pageAligned(sizeBytes) + SLOTS * SLOT_BYTES;
}

/**
 * The production DMA path over a bounce pool. Only the driver's thread ever touches the records of the pool, so they
 * are in memory of its own, made anew in each execution; the copies are in the memory that is explored.
 */
export function bouncingDma(layout: RingLayout, port: MemoryPort, { sizeBytes }: RingMemory): DmaApi {
  const shape = { startAddress: pageAligned(sizeBytes), slotCount: SLOTS, areaCount: 1 };
  const pool = new SwiotlbPool(SharedMemory.ofSize(SwiotlbPool.recordBytes(shape)), 0, shape);
  pool.reset();
  const common = { ram: port, exposure: null, stats: newDmaStats(), trace: null };
  const pages = new DmaPages(port, new Allocator(2 * PAGE_BYTES), null, null);
  const copier = copierFor(layout, port);
  const swiotlb = new Swiotlb({ ...common, pool, copier, minAlignMask: 0, vcpu: 0, growth: null });
  return new DmaDirect({ ...common, pages, swiotlb, forced: 'asked for', maskBits: 64 });
}

/**
 * In the sizes in which the driver writes and the device reads, as the explorer knows no others: words, and the id and
 * the flags of a packed descriptor by themselves.
 */
function copierFor(layout: RingLayout, port: MemoryPort): BounceCopier {
  const copy = (to: number, from: number, sizeBytes: number): void => {
    const isPackedTable = layout === 'packed' && sizeBytes % PACKED_DESC_BYTES === 0;
    for (let at = 0; at < sizeBytes; at += 4) {
      if (isPackedTable && at % PACKED_DESC_BYTES === PackedDesc.id) {
        port.store16(to + at, port.load16(from + at));
        port.store16(to + at + 2, port.load16(from + at + 2));
      } else port.store32(to + at, port.load32(from + at));
    }
  };
  return { copyIn: copy, copyOut: copy };
}
