import { SharedNumbers } from '../memory/shared-numbers.js';

/** Sampled buffers that a queue may have had since, before the place of one is used again. */
const PLACES = 1024;

const Header = { deviceClockErrorNs: 0, driverClockErrorNs: 1, dropped: 2 } as const;
const HEADER_CELLS = 8;

const Place = { life: 0, ordinal: 1, poppedNs: 2, usedNs: 3 } as const;
const PLACE_CELLS = 4;

/**
 * Where the device's side of a queue leaves the times of the buffers that are sampled, on the clock that all threads
 * share. The k-th sample of a ring has place k, modulo their number.
 *
 * Nothing here is atomic, because the ring puts all of it in order: a place is written before its buffer is shown as
 * used, and read after that was seen; and it is written for another buffer only after that one was posted, from when on
 * the driver's side does not read it for the old one any more.
 */
export class SplitTable {
  private readonly cells: SharedNumbers;

  private constructor(cells: SharedNumbers) {
    this.cells = cells;
  }

  static create(): SplitTable {
    return new SplitTable(SharedNumbers.ofLength(HEADER_CELLS + PLACES * PLACE_CELLS));
  }

  static attach(buffer: SharedArrayBuffer): SplitTable {
    return new SplitTable(new SharedNumbers(buffer));
  }

  get buffer(): SharedArrayBuffer {
    return this.cells.buffer;
  }

  /** The place of the sample that is the `count`-th of its ring. */
  static placeOf(count: number): number {
    return count % PLACES;
  }

  static readonly places: number = PLACES;

  /** For the device's side: a buffer was popped. */
  popped(place: number, life: number, ordinal: number, atNs: number): void {
    const at = HEADER_CELLS + place * PLACE_CELLS;
    this.cells.set(at + Place.life, life);
    this.cells.set(at + Place.ordinal, ordinal);
    this.cells.set(at + Place.poppedNs, atNs);
    this.cells.set(at + Place.usedNs, 0);
  }

  /** For the device's side: it is done with a buffer. Nothing when the place is another one's by now. */
  used(place: number, ordinal: number, atNs: number): void {
    const at = HEADER_CELLS + place * PLACE_CELLS;
    if (this.cells.get(at + Place.ordinal) === ordinal) this.cells.set(at + Place.usedNs, atNs);
  }

  /** Whether the times at a place are those of this buffer. */
  has(place: number, life: number, ordinal: number): boolean {
    const at = HEADER_CELLS + place * PLACE_CELLS;
    return this.cells.get(at + Place.life) === life && this.cells.get(at + Place.ordinal) === ordinal;
  }

  poppedNs(place: number): number {
    return this.cells.get(HEADER_CELLS + place * PLACE_CELLS + Place.poppedNs);
  }

  /** 0: the device is not done with it. */
  usedNs(place: number): number {
    return this.cells.get(HEADER_CELLS + place * PLACE_CELLS + Place.usedNs);
  }

  setDeviceClockError(errorNs: number): void {
    this.cells.set(Header.deviceClockErrorNs, errorNs);
  }

  setDriverClockError(errorNs: number): void {
    this.cells.set(Header.driverClockErrorNs, errorNs);
  }

  /** By how much a time of the one side and one of the other may be apart from what they say. */
  get clockErrorNs(): number {
    return this.cells.get(Header.deviceClockErrorNs) + this.cells.get(Header.driverClockErrorNs);
  }

  /** For the driver's side: the times of a sampled buffer cannot be told. */
  drop(): void {
    this.cells.add(Header.dropped, 1);
  }

  get droppedCount(): number {
    return this.cells.get(Header.dropped);
  }
}
