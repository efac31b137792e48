import { assert } from '../assert.js';
import type { MemoryPort } from '../memory/port.js';
import {
  type DmaDirection,
  DmaDirection as Direction,
  comesFromDevice,
  directionName,
  goesToDevice,
} from './direction.js';
import { DMA_MAPPING_ERROR } from './dma-api.js';
import type { DmaStats } from './dma-stats.js';
import { type DmaTrace, hex } from './dma-trace.js';
import type { ExposureMap } from './exposure.js';
import { bounceMaxBytes } from './mapping-limit.js';
import { PAGE_BYTES } from './pages.js';
import type { SwiotlbGrowth } from './swiotlb-growth.js';
import type { SwiotlbPool } from './swiotlb-pool.js';
import { NO_ADDRESS, SET_SLOTS, SLOT_BYTES } from './swiotlb-slots.js';

/** Copies between a buffer and its bounce slots; apart, because everything here is about when, and how much. */
export interface BounceCopier {
  copyIn(bounceAddress: number, origAddress: number, sizeBytes: number): void;
  copyOut(origAddress: number, bounceAddress: number, sizeBytes: number): void;
}

export interface SwiotlbParts {
  readonly ram: MemoryPort;
  readonly pool: SwiotlbPool;
  readonly copier: BounceCopier;
  /** Low bits of an address that the device wants to see preserved (`dma_get_min_align_mask`), or 0. */
  readonly minAlignMask: number;
  readonly vcpu: number;
  /** Null: the pool is all there is. */
  readonly growth: SwiotlbGrowth | null;
  readonly exposure: ExposureMap | null;
  readonly stats: DmaStats;
  readonly trace: DmaTrace | null;
}

/** The copies of an ordinary guest. */
export function ramCopier(ram: MemoryPort): BounceCopier {
  return {
    copyIn: (bounceAddress, origAddress, sizeBytes) => ram.copyWithin(bounceAddress, origAddress, sizeBytes),
    copyOut: (origAddress, bounceAddress, sizeBytes) => ram.copyWithin(origAddress, bounceAddress, sizeBytes),
  };
}

/**
 * Bounce buffers (Linux' swiotlb): a mapping is a copy of the buffer, in slots that the device can reach. One for each
 * vCPU, over pools that all share.
 *
 * A slot's record says which part of the buffer is in it. With `minAlignMask` a buffer keeps its place within a slot:
 *
 *     buffer           | . . x x x x x x x x x | x x x . .
 *                          ^ orig
 *     slots   |  pad  | . . x x x x x x x x x | x x x . . |
 *                       ^ orig - offset         ^ orig + 2048 - offset ...
 */
export class Swiotlb {
  readonly maxMappingBytes: number;
  private readonly parts: SwiotlbParts;

  constructor(parts: SwiotlbParts) {
    this.parts = parts;
    const { minAlignMask } = parts;
    assert((minAlignMask & (minAlignMask + 1)) === 0, 'the mask % is not of low bits', minAlignMask);
    this.maxMappingBytes = bounceMaxBytes(minAlignMask);
  }

  /** Whether the address is in a bounce slot. */
  has(address: number): boolean {
    return this.poolOf(address) !== null;
  }

  /** Takes slots, and copies the buffer in, whatever the direction; its bounce address or an error. */
  map(origAddress: number, sizeBytes: number, direction: DmaDirection): number {
    const { trace } = this.parts;
    trace?.enter(`swiotlb_map(${hex(origAddress)}, ${sizeBytes}, ${directionName(direction)})`);
    const bounceAddress = this.takeSlots(origAddress, sizeBytes);
    if (bounceAddress !== DMA_MAPPING_ERROR) {
      this.parts.exposure?.show(bounceAddress, sizeBytes);
      // Also what the device is to write: it may write less, and the rest must come back as it was (CVE-2022-0854).
      this.bounce(bounceAddress, sizeBytes, Direction.toDevice);
      this.parts.stats.bounced += 1;
    }
    trace?.leave();
    return bounceAddress;
  }

  /** Copies out what the device wrote, as much as was mapped, and frees the slots. */
  unmap(bounceAddress: number, sizeBytes: number, direction: DmaDirection): void {
    const { trace } = this.parts;
    trace?.enter(
      `swiotlb_tbl_unmap_single(${hex(bounceAddress)}, ${sizeBytes}, ${directionName(direction)})`,
    );
    const start = this.startOf(bounceAddress);
    assert(start === bounceAddress, 'a mapping ends at its start, at %, not at %', start, bounceAddress);
    if (comesFromDevice(direction)) this.bounce(bounceAddress, sizeBytes, Direction.fromDevice);
    this.releaseSlots(bounceAddress);
    trace?.leave();
  }

  syncForCpu(bounceAddress: number, sizeBytes: number, direction: DmaDirection): void {
    if (comesFromDevice(direction)) this.bounce(bounceAddress, sizeBytes, Direction.fromDevice);
  }

  syncForDevice(bounceAddress: number, sizeBytes: number, direction: DmaDirection): void {
    if (goesToDevice(direction)) this.bounce(bounceAddress, sizeBytes, Direction.toDevice);
  }

  /** Slots for a ring, where the pool is all that a device can reach; null when there are none. */
  allocPages(sizeBytes: number): number | null {
    const { pool, vcpu, trace } = this.parts;
    let align = PAGE_BYTES;
    while (align < sizeBytes) align *= 2;
    const index = pool.take(vcpu, sizeBytes, 0, align - 1, 0);
    if (index === -1) return null;
    trace?.note(`swiotlb_alloc(${sizeBytes}): ${slotNames(index, Math.ceil(sizeBytes / SLOT_BYTES))}`);
    return pool.addressOf(index);
  }

  freePages(address: number, sizeBytes: number): void {
    this.parts.pool.release(this.parts.pool.indexOf(address), sizeBytes);
  }

  private takeSlots(origAddress: number, sizeBytes: number): number {
    const { pool, growth } = this.parts;
    growth?.work();
    let address = this.takeFrom(pool, origAddress, sizeBytes);
    if (address === DMA_MAPPING_ERROR && growth !== null)
      address = this.takeGrown(growth, origAddress, sizeBytes);
    return address === DMA_MAPPING_ERROR ? this.refuse(sizeBytes) : address;
  }

  private takeGrown(growth: SwiotlbGrowth, origAddress: number, sizeBytes: number): number {
    for (const pool of growth.pools) {
      const address = this.takeFrom(pool, origAddress, sizeBytes);
      if (address !== DMA_MAPPING_ERROR) return address;
    }
    if (sizeBytes > this.maxMappingBytes) return DMA_MAPPING_ERROR;
    const transient = growth.transientPool(sizeBytes + this.offsetOf(origAddress) + SLOT_BYTES);
    if (transient === null) return DMA_MAPPING_ERROR;
    const address = this.takeFrom(transient, origAddress, sizeBytes);
    // Where its pages are need not suit the buffer.
    if (address === DMA_MAPPING_ERROR) growth.releaseTransient(transient);
    return address;
  }

  private takeFrom(pool: SwiotlbPool, origAddress: number, sizeBytes: number): number {
    const { minAlignMask, vcpu, trace } = this.parts;
    const offset = this.offsetOf(origAddress);
    const allocBytes = sizeBytes + offset;
    if (allocBytes > SET_SLOTS * SLOT_BYTES) return DMA_MAPPING_ERROR;
    // From a page on an allocation starts on a page, unless the device asks for something else.
    const isFree = minAlignMask < SLOT_BYTES;
    const alignMask = isFree && allocBytes >= PAGE_BYTES ? PAGE_BYTES - 1 : 0;
    const index = pool.take(vcpu, allocBytes, origAddress, alignMask, minAlignMask);
    if (index === -1) return DMA_MAPPING_ERROR;
    const count = Math.ceil(allocBytes / SLOT_BYTES);
    const bounceAddress = pool.addressOf(index) + offset;
    for (let i = 0; i < count; i++) {
      pool.slots.setMapping(index + i, origAddress - offset + i * SLOT_BYTES, bounceAddress);
    }
    trace?.note(
      `swiotlb_find_slots: ${slotNames(index, count)} of ${pool.shape.slotCount}, bounce ${hex(bounceAddress)}`,
    );
    return bounceAddress;
  }

  private refuse(sizeBytes: number): number {
    const { pool, stats, trace } = this.parts;
    stats.mappingErrors += 1;
    const slots = `total ${pool.shape.slotCount} (slots), used ${pool.usedSlots} (slots)`;
    trace?.note(`swiotlb buffer is full (sz: ${sizeBytes} bytes), ${slots}`);
    return DMA_MAPPING_ERROR;
  }

  /** Copies a part of a mapping, wherever in it the part begins, from or to where the slots' records say. */
  private bounce(bounceAddress: number, sizeBytes: number, direction: DmaDirection): void {
    const { copier, stats, trace } = this.parts;
    assert(bounceAddress >= this.startOf(bounceAddress), 'address % is in no mapping', bounceAddress);
    const pool = this.mustPoolOf(bounceAddress);
    const index = pool.indexOf(bounceAddress);
    const within = bounceAddress - pool.addressOf(index);
    assert(
      sizeBytes <= pool.slots.left(index) - within,
      '% bytes at % are not all mapped',
      sizeBytes,
      bounceAddress,
    );
    const origAddress = pool.slots.orig(index) + within;
    if (direction === Direction.toDevice) {
      copier.copyIn(bounceAddress, origAddress, sizeBytes);
      stats.bytesBouncedIn += sizeBytes;
      trace?.note(`swiotlb_bounce: copy ${sizeBytes} bytes in, ${hex(origAddress)} -> ${hex(bounceAddress)}`);
    } else {
      copier.copyOut(origAddress, bounceAddress, sizeBytes);
      stats.bytesBouncedOut += sizeBytes;
      trace?.note(
        `swiotlb_bounce: copy ${sizeBytes} bytes out, ${hex(bounceAddress)} -> ${hex(origAddress)}`,
      );
    }
  }

  private releaseSlots(bounceAddress: number): void {
    const { growth, trace } = this.parts;
    const pool = this.mustPoolOf(bounceAddress);
    const index = pool.indexOf(bounceAddress);
    const allocBytes = pool.slots.left(index);
    pool.release(index, allocBytes);
    trace?.note(`swiotlb_release_slots: ${slotNames(index, Math.ceil(allocBytes / SLOT_BYTES))}`);
    growth?.releaseTransient(pool);
  }

  /** Where the mapping begins that has the slot of this address. */
  private startOf(bounceAddress: number): number {
    const pool = this.mustPoolOf(bounceAddress);
    const index = pool.indexOf(bounceAddress);
    assert(pool.slots.orig(index) !== NO_ADDRESS, 'address % is in no mapping', bounceAddress);
    return pool.slots.start(index);
  }

  /** Where in its first slot a buffer begins. */
  private offsetOf(origAddress: number): number {
    return origAddress & this.parts.minAlignMask & (SLOT_BYTES - 1);
  }

  private poolOf(address: number): SwiotlbPool | null {
    const { pool, growth } = this.parts;
    return pool.contains(address) ? pool : (growth?.poolOf(address) ?? null);
  }

  private mustPoolOf(address: number): SwiotlbPool {
    const pool = this.poolOf(address);
    assert(pool !== null, 'address % is in no bounce pool', address);
    return pool;
  }
}

function slotNames(index: number, count: number): string {
  return count === 1 ? `slot ${index}` : `slots ${index}..${index + count - 1}`;
}
