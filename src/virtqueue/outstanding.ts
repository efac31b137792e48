import { assert } from '../assert.js';

/** A batch number that no buffer has. */
const FREE = 0;

/** Fields of a buffer's record. */
const RECORD_FIELDS = 2;
const BATCH = 0;
const WRITABLE_BYTES = 1;

/**
 * The driver's private record of its buffers, by the id that the device will name (split: the head's index in the
 * descriptor table). The device only ever says an id; everything else about the buffer comes from here.
 *
 * A buffer is staged, then shown to the device together with all others that are staged, then finished. Each belongs
 * to a batch, numbered from 1 and never again: the buffers of the current one are staged, those of others published.
 */
export class Outstanding<Token> {
  /** Buffers in use, staged ones included. */
  count = 0;
  /** Of these, buffers that the device has not been shown. */
  stagedCount = 0;
  #batch = 1;
  readonly #records: Float64Array;
  /** Descriptors of the ring in the low half, entries of the indirect table in the high one. */
  readonly #extents: Uint32Array;
  readonly #tables: Float64Array;
  readonly #tokens: (Token | undefined)[];

  constructor(size: number) {
    this.#records = new Float64Array(RECORD_FIELDS * size);
    this.#extents = new Uint32Array(size);
    this.#tables = new Float64Array(size);
    this.#tokens = Array.from({ length: size }, () => undefined);
  }

  /** `slots` are the descriptors of the ring that the buffer occupies. */
  stage(id: number, token: Token, slots: number, writableBytes: number): void {
    const at = RECORD_FIELDS * id;
    assert(this.#records[at + BATCH] === FREE, 'buffer % was handed out twice', id);
    assert(token !== undefined, 'a token cannot be undefined');
    this.#records[at + BATCH] = this.#batch;
    this.#records[at + WRITABLE_BYTES] = writableBytes;
    this.#extents[id] = slots;
    this.#tokens[id] = token;
    this.count += 1;
    this.stagedCount += 1;
  }

  /** The buffer is in an indirect table of so many `entries`, at least one. */
  setTable(id: number, address: number, entries: number): void {
    this.#tables[id] = address;
    this.#extents[id] = (this.slots(id) | (entries << 16)) >>> 0;
  }

  /** All staged buffers are shown to the device. */
  publish(): void {
    this.#batch += 1;
    this.stagedCount = 0;
  }

  /** Ends a buffer's life and returns its token; what it occupied can still be asked for until the id is reused. */
  finish(id: number): Token {
    const at = RECORD_FIELDS * id;
    const token = this.#tokens[id];
    assert(token !== undefined, 'buffer % has no token', id);
    if (this.#records[at + BATCH] === this.#batch) this.stagedCount -= 1;
    this.#records[at + BATCH] = FREE;
    this.#tokens[id] = undefined;
    this.count -= 1;
    return token;
  }

  isFree(id: number): boolean {
    return this.#records[RECORD_FIELDS * id + BATCH] === FREE;
  }

  isPublished(id: number): boolean {
    const batch = this.#records[RECORD_FIELDS * id + BATCH] as number;
    return batch !== FREE && batch !== this.#batch;
  }

  /** Descriptors of the ring that the buffer occupies. */
  slots(id: number): number {
    return (this.#extents[id] as number) & 0xffff;
  }

  /** The most that the device can have written. */
  writableBytes(id: number): number {
    return this.#records[RECORD_FIELDS * id + WRITABLE_BYTES] as number;
  }

  /** Entries of its indirect table; 0 when it has none. */
  tableEntries(id: number): number {
    return (this.#extents[id] as number) >>> 16;
  }

  /** Address of its indirect table, where it has one. */
  table(id: number): number {
    return this.#tables[id] as number;
  }
}
