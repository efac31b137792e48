import { closeSync, openSync, readSync } from 'node:fs';
import { SECTOR_BYTES } from '../devices/blk.js';
import { checkStamp, SECTOR_WORDS } from './payload.js';

/** Knows what sectors held before the run. */
export interface InitialContent {
  /** To be called with the sectors of a read before they are checked. */
  load(sector: number, count: number): void;
  /** Index of the first wrong word of the sector that starts at `at` of `words`, or -1. */
  check(words: Uint32Array, at: number, sector: number): number;
  close(): void;
}

/** The disk was stamped with generation 0. */
export class StampedContent implements InitialContent {
  private readonly seed: number;

  constructor(seed: number) {
    this.seed = seed;
  }

  load(): void {
    // Nothing to fetch: the content follows from the sector number.
  }

  check(words: Uint32Array, at: number, sector: number): number {
    return checkStamp(words, at, sector, 0, this.seed);
  }

  close(): void {
    // Nothing is open.
  }
}

/**
 * The disk is a file: the verifier reads the same sectors from it, past the ring. Right as long as only sectors that
 * nobody has written are asked for, and the file has no other writer.
 */
export class FileContent implements InitialContent {
  private readonly fd: number;
  private readonly bytes: Uint8Array;
  private readonly words: Uint32Array;
  private firstSector = 0;

  constructor(path: string, longestReadBytes: number) {
    this.fd = openSync(path, 'r');
    this.bytes = new Uint8Array(longestReadBytes);
    this.words = new Uint32Array(this.bytes.buffer);
  }

  load(sector: number, count: number): void {
    this.firstSector = sector;
    const length = count * SECTOR_BYTES;
    const offset = sector * SECTOR_BYTES;
    let done = 0;
    while (done < length) {
      const read = readSync(this.fd, this.bytes, done, length - done, offset + done);
      if (read === 0) break;
      done += read;
    }
    this.bytes.fill(0, done, length);
  }

  check(words: Uint32Array, at: number, sector: number): number {
    const from = (sector - this.firstSector) * SECTOR_WORDS;
    for (let i = 0; i < SECTOR_WORDS; i++) if (words[at + i] !== this.words[from + i]) return i;
    return -1;
  }

  close(): void {
    closeSync(this.fd);
  }
}
