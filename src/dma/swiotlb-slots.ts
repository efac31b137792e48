import { assert } from '../assert.js';
import type { MemoryPort } from '../memory/port.js';

/** A bounce slot. */
export const SLOT_BYTES = 2048;
/** Slots that a mapping can have at most: no mapping reaches from one set into the next. */
export const SET_SLOTS = 128;

/** What an `orig` word holds that belongs to no mapping. */
export const NO_ADDRESS = 0xffff_ffff;

// A slot's record: what of the buffer is in it, bytes of the allocation from this slot on, free slots from here to the
// end of the run, 0 when taken, and the bounce address of the mapping.
const RECORD_BYTES = 16;
const ORIG = 0;
const LEFT = 4;
const FREE = 8;
const START = 12;

/** Record of each slot of a pool: what is in it, and how many free ones follow. For whoever holds the area's lock. */
export class SwiotlbSlots {
  private readonly memory: MemoryPort;
  private readonly at: number;
  readonly count: number;

  constructor(memory: MemoryPort, at: number, count: number) {
    assert(count > 0, 'a pool of % slots', count);
    this.memory = memory;
    this.at = at;
    this.count = count;
  }

  static sizeBytes(count: number): number {
    return count * RECORD_BYTES;
  }

  /** All free. */
  reset(): void {
    for (let i = 0; i < this.count; i++)
      this.setFree(i, Math.min(SET_SLOTS - (i % SET_SLOTS), this.count - i));
  }

  orig(i: number): number {
    return this.memory.load32(this.slot(i) + ORIG);
  }

  left(i: number): number {
    return this.memory.load32(this.slot(i) + LEFT);
  }

  free(i: number): number {
    return this.memory.load32(this.slot(i) + FREE);
  }

  take(i: number, leftBytes: number): void {
    this.memory.store32(this.slot(i) + FREE, 0);
    this.memory.store32(this.slot(i) + LEFT, leftBytes);
  }

  /** Where the mapping begins that the slot belongs to; for slots whose `orig` is an address. */
  start(i: number): number {
    return this.memory.load32(this.slot(i) + START);
  }

  setMapping(i: number, origAddress: number, bounceAddress: number): void {
    this.memory.store32(this.slot(i) + ORIG, origAddress);
    this.memory.store32(this.slot(i) + START, bounceAddress);
  }

  /** Free, with `run` free slots from here on. */
  setFree(i: number, run: number): void {
    const at = this.slot(i);
    this.memory.store32(at + ORIG, NO_ADDRESS);
    this.memory.store32(at + LEFT, 0);
    this.memory.store32(at + FREE, run);
  }

  /** A free slot's run has changed, because of one behind it. */
  setRun(i: number, run: number): void {
    this.memory.store32(this.slot(i) + FREE, run);
  }

  private slot(i: number): number {
    return this.at + i * RECORD_BYTES;
  }
}
