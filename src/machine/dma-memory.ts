import { assert } from '../assert.js';
import { ExposureMap } from '../dma/exposure.js';
import { PageStates } from '../dma/page-states.js';
import { areaCountFor, type PoolShape, SwiotlbPool } from '../dma/swiotlb-pool.js';
import { SLOT_BYTES } from '../dma/swiotlb-slots.js';
import { RESERVED_BYTES } from '../memory/allocator.js';
import type { MemoryPort } from '../memory/port.js';
import { SharedMemory } from '../memory/shared-memory.js';
import type { JobPlan } from '../scenario/plan.js';

/**
 * What the guest's kernel and the hypervisor keep about guest memory, where all threads of a machine see it: the state
 * of each page, the records of the bounce pool, and which bytes were shown to the host.
 */
export class DmaMemory {
  readonly records: SharedMemory;
  /** A byte for each byte of guest memory; null where the host sees all of it anyway. */
  readonly shown: SharedMemory | null;
  readonly states: PageStates;
  readonly pool: SwiotlbPool | null;

  constructor(plan: JobPlan, buffers: DmaBuffers) {
    this.records = new SharedMemory(buffers.records);
    this.shown = buffers.shown === null ? null : new SharedMemory(buffers.shown);
    this.states = new PageStates(this.records, 0);
    const shape = poolShape(plan);
    this.pool =
      shape === null ? null : new SwiotlbPool(this.records, PageStates.sizeBytes(plan.memoryBytes), shape);
  }

  /** When all threads have ended: every slot was given back, and the host can read nothing that it was not shown. */
  checkEnd(ram: MemoryPort): void {
    const used = this.pool?.usedSlots ?? 0;
    assert(used === 0, '% bounce slots were never given back', used);
    if (this.shown !== null) new ExposureMap(ram, this.shown, this.states).checkAll();
  }

  /** Null for a guest that has neither DMA nor encryption. */
  static create(plan: JobPlan): DmaBuffers | null {
    if (plan.dma === null && plan.encryption === null) return null;
    const shape = poolShape(plan);
    const poolBytes = shape === null ? 0 : SwiotlbPool.recordBytes(shape);
    const sizeBytes = Math.ceil((PageStates.sizeBytes(plan.memoryBytes) + poolBytes) / 64) * 64;
    return {
      records: SharedMemory.ofSize(sizeBytes).buffer,
      shown: plan.encryption === null ? null : SharedMemory.ofSize(plan.memoryBytes).buffer,
    };
  }
}

/** The same, as it crosses to another thread. */
export interface DmaBuffers {
  readonly records: SharedArrayBuffer;
  readonly shown: SharedArrayBuffer | null;
}

/** The bounce pool is in front of everything else, where devices that reach little reach it. */
function poolShape({ dma, queue }: JobPlan): PoolShape | null {
  if (dma === null || dma.pool === null) return null;
  const slotCount = dma.pool.sizeBytes / SLOT_BYTES;
  assert(Number.isInteger(slotCount), '% bytes are no whole slots', dma.pool.sizeBytes);
  return { startAddress: RESERVED_BYTES, slotCount, areaCount: areaCountFor(queue.count, slotCount) };
}
