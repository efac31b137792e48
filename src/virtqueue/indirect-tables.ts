import { assert } from '../assert.js';
import { DmaDirection } from '../dma/direction.js';
import { DMA_MAPPING_ERROR, type DmaApi } from '../dma/dma-api.js';
import type { DmaTrace } from '../dma/dma-trace.js';
import type { Allocator } from '../memory/allocator.js';
import { DESC_BYTES } from './split-layout.js';

const CLASS_COUNT = 17;

/**
 * Memory for indirect descriptor tables (virtio 1.4, 2.7.5.3). Tables are kept by size, a power of two of entries,
 * and reused; only the first buffers of a run reach the allocator.
 *
 * Where buffers go through the DMA API, so does a table, as one buffer: the device has a copy of what was in it then.
 */
export class IndirectTables {
  private readonly allocator: Allocator;
  private readonly dma: DmaApi | null;
  private readonly trace: DmaTrace | null;
  private readonly freeByClass: number[][] = Array.from({ length: CLASS_COUNT }, () => []);
  /** Bus addresses by table; empty without a DMA API. */
  private readonly mapped: Map<number, number> = new Map();

  constructor(allocator: Allocator, dma: DmaApi | null = null, trace: DmaTrace | null = null) {
    this.allocator = allocator;
    this.dma = dma;
    this.trace = trace;
  }

  /** Address of a table with room for `entries` descriptors, or null when guest memory is exhausted. */
  take(entries: number): number | null {
    const sizeClass = classOf(entries);
    const cached = (this.freeByClass[sizeClass] as number[]).pop();
    return cached ?? this.allocator.allocate(DESC_BYTES << sizeClass, DESC_BYTES);
  }

  /** The table is written: where the device finds it, or null when it cannot be mapped. */
  hand(address: number, entries: number): number | null {
    if (this.dma === null) return address;
    this.trace?.enter(`alloc_indirect: a table of ${entries} descriptors, mapped as one buffer`);
    const busAddress = this.dma.map(address, entries * DESC_BYTES, DmaDirection.toDevice);
    this.trace?.leave();
    if (busAddress === DMA_MAPPING_ERROR) return null;
    this.mapped.set(address, busAddress);
    return busAddress;
  }

  /** Gives back a table taken with the same number of `entries`, handed to the device or not. */
  release(address: number, entries: number): void {
    const busAddress = this.mapped.get(address);
    if (busAddress !== undefined) {
      assert(this.dma !== null, 'table % is mapped, and there is no DMA', address);
      this.trace?.enter('detach_buf: the indirect table');
      this.dma.unmap(busAddress, entries * DESC_BYTES, DmaDirection.toDevice);
      this.trace?.leave();
      this.mapped.delete(address);
    }
    (this.freeByClass[classOf(entries)] as number[]).push(address);
  }
}

/** Smallest k with 2^k >= entries. */
function classOf(entries: number): number {
  return entries <= 1 ? 0 : 32 - Math.clz32(entries - 1);
}
