import { assert } from '../assert.js';

/** A write that never happened: the sector holds what it held before the run. */
export const INITIAL_CONTENT = 0;
/** Generations above every real one: the sector holds zeros, or nobody can say what. */
export const ZERO_CONTENT = 0xfffffffe;
export const UNKNOWN_CONTENT = 0xffffffff;

/**
 * What a range of the disk must hold, and which of its sectors have requests in flight (a flush has no sectors). Two
 * requests that touch the same sector, one of them a write, are never in flight together: the device may do them in
 * either order, and nobody could say what a read must return.
 */
export class DiskModel {
  readonly fromSector: number;
  readonly toSector: number;
  private readonly generation: Uint32Array;
  /** Reads in flight per sector, or -1 for one write. */
  private readonly inFlight: Int16Array;
  private nextGeneration = 1;

  constructor(fromSector: number, toSector: number) {
    assert(toSector > fromSector, 'sectors % to % are no range', fromSector, toSector);
    this.fromSector = fromSector;
    this.toSector = toSector;
    this.generation = new Uint32Array(toSector - fromSector);
    this.inFlight = new Int16Array(toSector - fromSector);
  }

  /** The number of the next write; no two writes of a run share one. */
  newGeneration(): number {
    assert(this.nextGeneration < ZERO_CONTENT, 'more writes than a run can number');
    return this.nextGeneration++;
  }

  /** Whether a request on these sectors may be posted now. */
  isFree(sector: number, count: number, isWrite: boolean): boolean {
    if (count === 0) return true;
    for (let i = this.index(sector), end = i + count; i < end; i++) {
      const inFlight = this.inFlight[i] as number;
      if (isWrite ? inFlight !== 0 : inFlight < 0) return false;
    }
    return true;
  }

  begin(sector: number, count: number, isWrite: boolean): void {
    if (count === 0) return;
    assert(this.isFree(sector, count, isWrite), 'sector % has a conflicting request in flight', sector);
    for (let i = this.index(sector), end = i + count; i < end; i++) {
      this.inFlight[i] = isWrite ? -1 : (this.inFlight[i] as number) + 1;
    }
  }

  end(sector: number, count: number, isWrite: boolean): void {
    if (count === 0) return;
    for (let i = this.index(sector), end = i + count; i < end; i++) {
      this.inFlight[i] = isWrite ? 0 : (this.inFlight[i] as number) - 1;
      assert((this.inFlight[i] as number) >= 0, 'sector % ended more often than it began', sector);
    }
  }

  setWritten(sector: number, count: number, generation: number): void {
    this.set(sector, count, generation);
  }

  setZeroes(sector: number, count: number): void {
    this.set(sector, count, ZERO_CONTENT);
  }

  /** After a write that failed, or a discard: any content is right (5.2.6.2). */
  setUnknown(sector: number, count: number): void {
    this.set(sector, count, UNKNOWN_CONTENT);
  }

  /** The generation that a read of the sector must return, or one of the three special contents. */
  expected(sector: number): number {
    return this.generation[this.index(sector)] as number;
  }

  private set(sector: number, count: number, generation: number): void {
    const from = this.index(sector);
    this.generation.fill(generation, from, from + count);
  }

  private index(sector: number): number {
    assert(
      sector >= this.fromSector && sector < this.toSector,
      "sector % is not of this queue's range",
      sector,
    );
    return sector - this.fromSector;
  }
}
