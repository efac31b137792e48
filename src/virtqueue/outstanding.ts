import { assert } from '../assert.js';

/** Of a buffer that is not in use, and of one that was shown long ago; batches are numbered from FIRST_BATCH. */
const FREE = 0;
const LONG_PUBLISHED = 1;
const FIRST_BATCH = 2;
/** A small integer to the engine. There are more batches than this in an hour, and some buffers stay for days. */
const LAST_BATCH = 2 ** 30 - 1;

/** A buffer's record: words of one array. */
const RECORD_WORDS = 4;
const BATCH = 0;
/** Descriptors of the ring in the low half, entries of the indirect table in the high one. */
const EXTENTS = 1;
const WRITABLE_BYTES = 2;

/** More than a used length can say; a buffer of 2^32 bytes counts as one less (virtio 1.4, N0061). */
const MAX_LENGTH = 0xffff_ffff;

/**
 * The driver's private record of its buffers, by the id that the device will name (split: the head's index in the
 * descriptor table). The device only ever says an id; everything else about the buffer comes from here.
 *
 * A buffer is staged, then shown to the device together with all others that are staged, then finished. Each belongs
 * to a batch: the buffers of the current one are staged, those of all others published.
 */
export class Outstanding<Token> {
  /** Buffers in use, staged ones included. */
  count = 0;
  /** Of these, buffers that the device has not been shown. */
  stagedCount = 0;
  private batch: number;
  private readonly records: Uint32Array;
  private readonly tables: Float64Array;
  private readonly tokens: (Token | undefined)[];

  constructor(size: number, firstBatch: number = FIRST_BATCH) {
    this.batch = firstBatch;
    this.records = new Uint32Array(RECORD_WORDS * size);
    this.tables = new Float64Array(size);
    this.tokens = Array.from({ length: size }, () => undefined);
  }

  /** `slots` are the descriptors of the ring that the buffer occupies. */
  stage(id: number, token: Token, slots: number, writableBytes: number): void {
    const at = RECORD_WORDS * id;
    assert(this.records[at + BATCH] === FREE, 'buffer % was handed out twice', id);
    assert(token !== undefined, 'a token cannot be undefined');
    this.records[at + BATCH] = this.batch;
    this.records[at + EXTENTS] = slots;
    this.records[at + WRITABLE_BYTES] = Math.min(writableBytes, MAX_LENGTH);
    this.tokens[id] = token;
    this.count += 1;
    this.stagedCount += 1;
  }

  /** The buffer is in an indirect table of so many `entries`, at least one. */
  setTable(id: number, address: number, entries: number): void {
    this.tables[id] = address;
    this.records[RECORD_WORDS * id + EXTENTS] = this.slots(id) | (entries << 16);
  }

  /** All staged buffers are shown to the device. */
  publish(): void {
    this.stagedCount = 0;
    if (this.batch === LAST_BATCH) this.startAgain();
    else this.batch += 1;
  }

  /** Ends a buffer's life and returns its token; what it occupied can still be asked for until the id is reused. */
  finish(id: number): Token {
    const at = RECORD_WORDS * id;
    const token = this.tokens[id];
    assert(token !== undefined, 'buffer % has no token', id);
    if (this.records[at + BATCH] === this.batch) this.stagedCount -= 1;
    this.records[at + BATCH] = FREE;
    this.tokens[id] = undefined;
    this.count -= 1;
    return token;
  }

  isFree(id: number): boolean {
    return this.records[RECORD_WORDS * id + BATCH] === FREE;
  }

  isPublished(id: number): boolean {
    const batch = this.records[RECORD_WORDS * id + BATCH] as number;
    return batch !== FREE && batch !== this.batch;
  }

  /** Descriptors of the ring that the buffer occupies. */
  slots(id: number): number {
    return (this.records[RECORD_WORDS * id + EXTENTS] as number) & 0xffff;
  }

  /** The most that the device can say it has written. */
  writableBytes(id: number): number {
    return this.records[RECORD_WORDS * id + WRITABLE_BYTES] as number;
  }

  /** Entries of its indirect table; 0 when it has none. */
  tableEntries(id: number): number {
    return (this.records[RECORD_WORDS * id + EXTENTS] as number) >>> 16;
  }

  /** Address of its indirect table, where it has one. */
  table(id: number): number {
    return this.tables[id] as number;
  }

  /** The numbers have come to their end: what is in use, all of it published, keeps a number that no batch gets. */
  private startAgain(): void {
    for (let at = BATCH; at < this.records.length; at += RECORD_WORDS) {
      if (this.records[at] !== FREE) this.records[at] = LONG_PUBLISHED;
    }
    this.batch = FIRST_BATCH;
  }
}
