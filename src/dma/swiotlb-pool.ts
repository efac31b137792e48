import { assert } from '../assert.js';
import type { MemoryPort } from '../memory/port.js';
import { PAGE_BYTES } from './pages.js';
import { SET_SLOTS, SLOT_BYTES, SwiotlbSlots } from './swiotlb-slots.js';

/** Where a pool is, and into how many areas it is divided. */
export interface PoolShape {
  readonly startAddress: number;
  /** With more than one area, whole sets of {@link SET_SLOTS} in each. */
  readonly slotCount: number;
  readonly areaCount: number;
}

const LINE_BYTES = 64;
// The pool's record: a lock, slots in use now, and at most so far.
const LOCK = 0;
const USED = 4;
const HIGH_WATER = 8;
// An area's, on a line of its own: a lock, where the next search begins, slots in use.
const AREA_INDEX = 4;
const AREA_USED = 8;

/** Areas as Linux makes them: a power of two, for each vCPU one if they are large enough to hold a set each. */
export function areaCountFor(vcpuCount: number, slotCount: number): number {
  let count = 1;
  while (count < vcpuCount) count *= 2;
  while (count > 1 && slotCount < count * SET_SLOTS) count /= 2;
  return count;
}

/** Slots of a pool of about `sizeBytes`: the same whole number of sets in each area. */
export function slotCountFor(sizeBytes: number, areaCount: number): number {
  const perArea = Math.ceil(sizeBytes / SLOT_BYTES / areaCount / SET_SLOTS) * SET_SLOTS;
  return perArea * areaCount;
}

/**
 * The slots of one bounce pool (Linux' `struct io_tlb_pool`): finds runs of free ones and takes them back. Divided into
 * areas with a lock each, so that vCPUs seldom meet. The records are in memory that all vCPUs share and the host never
 * sees; nothing here looks at what is in the slots.
 *
 *     set 0                     set 1
 *     | 128 | 127 | ... | 1 |   | 128 | 127 | ... | 1 |     free slots from here on, all free
 *     |  0  |  0  | 126 | . |   | 128 | ...                 the first two taken
 */
export class SwiotlbPool {
  readonly shape: PoolShape;
  readonly slots: SwiotlbSlots;
  private readonly memory: MemoryPort;
  private readonly at: number;
  private readonly areaSlots: number;

  constructor(memory: MemoryPort, at: number, shape: PoolShape) {
    const { startAddress, slotCount, areaCount } = shape;
    assert(startAddress % PAGE_BYTES === 0, 'a pool starts on a page, not at %', startAddress);
    const isDivisible = areaCount === 1 || slotCount % (areaCount * SET_SLOTS) === 0;
    assert(isDivisible, '% slots do not fill % areas', slotCount, areaCount);
    this.shape = shape;
    this.memory = memory;
    this.at = at;
    this.areaSlots = slotCount / areaCount;
    this.slots = new SwiotlbSlots(memory, at + LINE_BYTES * (1 + areaCount), slotCount);
  }

  /** Bytes of the records. */
  static recordBytes({ slotCount, areaCount }: PoolShape): number {
    return LINE_BYTES * (1 + areaCount) + SwiotlbSlots.sizeBytes(slotCount);
  }

  /** All free; once, before any vCPU uses it. */
  reset(): void {
    for (let at = this.at; at < this.at + LINE_BYTES * (1 + this.shape.areaCount); at += 4) {
      this.memory.store32Release(at, 0);
    }
    this.slots.reset();
  }

  get sizeBytes(): number {
    return this.shape.slotCount * SLOT_BYTES;
  }

  get usedSlots(): number {
    return this.memory.load32Acquire(this.at + USED);
  }

  get highWaterSlots(): number {
    return this.memory.load32Acquire(this.at + HIGH_WATER);
  }

  contains(address: number): boolean {
    return address >= this.shape.startAddress && address < this.shape.startAddress + this.sizeBytes;
  }

  indexOf(address: number): number {
    return Math.floor((address - this.shape.startAddress) / SLOT_BYTES);
  }

  addressOf(index: number): number {
    return this.shape.startAddress + index * SLOT_BYTES;
  }

  /**
   * Takes a run of slots for `sizeBytes`, whose first slot suits `origAddress`; its index, or -1 when there is none in
   * any area. The search begins in the area of the vCPU.
   *
   * `alignMask`: bits of the first slot's address that must be 0. `keepMask`: bits that it must have in common with
   * `origAddress`, for a device that wants the low bits of an address preserved; those within a slot are the caller's.
   */
  take(vcpu: number, sizeBytes: number, origAddress: number, alignMask: number, keepMask: number): number {
    const { areaCount } = this.shape;
    const first = vcpu & (areaCount - 1);
    for (let i = 0; i < areaCount; i++) {
      const index = this.takeIn((first + i) & (areaCount - 1), sizeBytes, origAddress, alignMask, keepMask);
      if (index !== -1) return index;
    }
    return -1;
  }

  /** Gives back the run that begins at `index` and has room for `sizeBytes`. */
  release(index: number, sizeBytes: number): void {
    const count = Math.ceil(sizeBytes / SLOT_BYTES);
    const area = Math.floor(index / this.areaSlots);
    assert(area < this.shape.areaCount, 'slot % is in no area', index);
    this.lock(this.areaAt(area));
    const { slots } = this;
    for (let i = index; i < index + count; i++) assert(slots.free(i) === 0, 'slot % is freed twice', i);
    const behind = index + count;
    // A run ends with its set.
    let run = behind % SET_SLOTS === 0 || behind === slots.count ? 0 : slots.free(behind);
    for (let i = behind - 1; i >= index; i--) slots.setFree(i, ++run);
    this.extendRunsBefore(index, run);
    this.addUsed(area, -count);
    this.unlock(this.areaAt(area));
  }

  private takeIn(
    area: number,
    sizeBytes: number,
    origAddress: number,
    alignMask: number,
    keepMask: number,
  ): number {
    const count = Math.ceil(sizeBytes / SLOT_BYTES);
    this.lock(this.areaAt(area));
    const index = this.find(area, count, origAddress, alignMask, keepMask);
    if (index !== -1) {
      for (let i = 0; i < count; i++) this.slots.take(index + i, sizeBytes - i * SLOT_BYTES);
      this.extendRunsBefore(index, 0);
      const next = (index - area * this.areaSlots + count) % this.areaSlots;
      this.memory.store32(this.areaAt(area) + AREA_INDEX, next);
      this.addUsed(area, count);
    }
    this.unlock(this.areaAt(area));
    return index;
  }

  /** Looks through an area once, from where the last search ended. */
  private find(
    area: number,
    count: number,
    origAddress: number,
    alignMask: number,
    keepMask: number,
  ): number {
    const areaAt = this.areaAt(area);
    if (count > this.areaSlots - this.memory.load32(areaAt + AREA_USED)) return -1;
    const align = alignMask | (SLOT_BYTES - 1);
    const keep = keepMask & ~align;
    // Once one slot suits, only those a stride apart do.
    const stride = Math.ceil((Math.max(align, keep) + 1) / SLOT_BYTES);
    let at = this.memory.load32(areaAt + AREA_INDEX);
    for (let checked = 0; checked < this.areaSlots;) {
      const index = area * this.areaSlots + at;
      const address = this.addressOf(index);
      const suits = (address & align) === 0 && (address & keep) === (origAddress & keep);
      if (suits && this.slots.free(index) >= count) return index;
      // Round the end a step is shorter: slot 0 need not be a stride away, and is still to be looked at.
      const step = Math.min(suits ? stride : 1, this.areaSlots - at);
      at = at + step === this.areaSlots ? 0 : at + step;
      checked += step;
    }
    return -1;
  }

  /** The slots in front of `index`, as far as they are free and in its set, have `run` more behind them. */
  private extendRunsBefore(index: number, run: number): void {
    for (let i = index - 1; (i + 1) % SET_SLOTS !== 0 && i >= 0 && this.slots.free(i) !== 0; i--) {
      this.slots.setRun(i, ++run);
    }
  }

  private addUsed(area: number, count: number): void {
    const areaAt = this.areaAt(area);
    this.memory.store32(areaAt + AREA_USED, this.memory.load32(areaAt + AREA_USED) + count);
    this.lock(this.at);
    const used = this.usedSlots + count;
    this.memory.store32Release(this.at + USED, used);
    if (used > this.highWaterSlots) this.memory.store32Release(this.at + HIGH_WATER, used);
    this.unlock(this.at);
  }

  /** Held for a few hundred instructions by a vCPU that never sleeps meanwhile: not worth sleeping for. */
  private lock(recordAt: number): void {
    while (this.memory.or32(recordAt + LOCK, 1) !== 0);
  }

  private unlock(recordAt: number): void {
    this.memory.store32Release(recordAt + LOCK, 0);
  }

  private areaAt(area: number): number {
    return this.at + LINE_BYTES * (1 + area);
  }
}
