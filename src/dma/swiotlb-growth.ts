import type { MemoryPort } from '../memory/port.js';
import { SharedMemory } from '../memory/shared-memory.js';
import type { DmaPages } from './dma-pages.js';
import type { DmaStats } from './dma-stats.js';
import { pageAligned } from './pages.js';
import { SwiotlbPool } from './swiotlb-pool.js';
import { SLOT_BYTES } from './swiotlb-slots.js';

/** What a pool grows by. */
const GROW_BYTES = 2 ** 20;

/**
 * Pools beyond the first (Linux' SWIOTLB_DYNAMIC). When nothing is free, the mapping gets a transient pool of its own
 * at once, and a pool of 1 MiB is added for those to come before the next mapping is made.
 *
 * Each vCPU grows by itself, out of its own pages: in Linux the added pools are everybody's.
 */
export class SwiotlbGrowth {
  readonly pools: SwiotlbPool[] = [];
  private readonly pages: DmaPages;
  private readonly stats: DmaStats;
  private readonly maxBytes: number;
  private readonly transient: Set<SwiotlbPool> = new Set();
  private isWanted = false;

  constructor(pages: DmaPages, stats: DmaStats, maxBytes: number) {
    this.pages = pages;
    this.stats = stats;
    this.maxBytes = maxBytes;
  }

  /** Slots in use in all pools of this vCPU, transient ones included. */
  get usedSlots(): number {
    return [...this.pools, ...this.transient].reduce((sum, pool) => sum + pool.usedSlots, 0);
  }

  poolOf(address: number): SwiotlbPool | null {
    for (const pool of this.pools) if (pool.contains(address)) return pool;
    for (const pool of this.transient) if (pool.contains(address)) return pool;
    return null;
  }

  /** What was put off when a mapping found nothing free. */
  work(): void {
    if (!this.isWanted) return;
    this.isWanted = false;
    if ((this.pools.length + 1) * GROW_BYTES > this.maxBytes) return;
    const pool = this.make(GROW_BYTES);
    if (pool === null) return;
    this.pools.push(pool);
    this.stats.grownPools += 1;
  }

  /** A pool for one mapping of `sizeBytes`; null when there are no pages for it. */
  transientPool(sizeBytes: number): SwiotlbPool | null {
    this.isWanted = true;
    const pool = this.make(sizeBytes);
    if (pool === null) return null;
    this.transient.add(pool);
    this.stats.transientPools += 1;
    return pool;
  }

  /** The mapping that the pool was for has ended. */
  releaseTransient(pool: SwiotlbPool): void {
    if (this.transient.delete(pool)) this.pages.free(pool.shape.startAddress, pool.sizeBytes);
  }

  private make(sizeBytes: number): SwiotlbPool | null {
    const bytes = pageAligned(sizeBytes);
    const startAddress = this.pages.alloc(bytes);
    if (startAddress === null) return null;
    const shape = { startAddress, slotCount: bytes / SLOT_BYTES, areaCount: 1 };
    const records: MemoryPort = SharedMemory.ofSize(SwiotlbPool.recordBytes(shape));
    const pool = new SwiotlbPool(records, 0, shape);
    pool.reset();
    return pool;
  }
}
