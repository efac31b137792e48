import { assert } from '../assert.js';

/** What a buffer is to the driver: not in use, written but not shown to the device, or the device's. */
const State = { free: 0, staged: 1, published: 2 } as const;

/** An indirect table in use; address 0 is never a table. */
const NO_TABLE = 0;

/**
 * The driver's private record of its buffers, by the id that the device will name (split: the head's index in the
 * descriptor table). The device only ever says an id; everything else about the buffer comes from here.
 */
export class Outstanding<Token> {
  /** Buffers in use, staged ones included. */
  count = 0;
  /** Of these, buffers that the device has not been shown. */
  stagedCount = 0;
  readonly #state: Uint8Array;
  readonly #slots: Uint16Array;
  readonly #writableBytes: Float64Array;
  readonly #table: Float64Array;
  readonly #tableEntries: Uint16Array;
  readonly #tokens: (Token | undefined)[];

  constructor(size: number) {
    this.#state = new Uint8Array(size);
    this.#slots = new Uint16Array(size);
    this.#writableBytes = new Float64Array(size);
    this.#table = new Float64Array(size);
    this.#tableEntries = new Uint16Array(size);
    this.#tokens = Array.from({ length: size }, () => undefined);
  }

  stage(id: number, token: Token, slots: number, writableBytes: number): void {
    assert(this.#state[id] === State.free, 'buffer % was handed out twice', id);
    assert(token !== undefined, 'a token cannot be undefined');
    this.#state[id] = State.staged;
    this.#tokens[id] = token;
    this.#slots[id] = slots;
    this.#writableBytes[id] = writableBytes;
    this.#table[id] = NO_TABLE;
    this.count += 1;
    this.stagedCount += 1;
  }

  setTable(id: number, address: number, entries: number): void {
    this.#table[id] = address;
    this.#tableEntries[id] = entries;
  }

  markPublished(id: number): void {
    assert(this.#state[id] === State.staged, 'buffer % was published without being staged', id);
    this.#state[id] = State.published;
    this.stagedCount -= 1;
  }

  /** Ends a buffer's life and returns its token; what it occupied can still be asked for until the id is reused. */
  finish(id: number): Token {
    const token = this.#tokens[id];
    assert(token !== undefined, 'buffer % has no token', id);
    if (this.#state[id] === State.staged) this.stagedCount -= 1;
    this.#state[id] = State.free;
    this.#tokens[id] = undefined;
    this.count -= 1;
    return token;
  }

  isFree(id: number): boolean {
    return this.#state[id] === State.free;
  }

  isPublished(id: number): boolean {
    return this.#state[id] === State.published;
  }

  /** Descriptors of the ring that the buffer occupies. */
  slots(id: number): number {
    return this.#slots[id] as number;
  }

  /** The most that the device can have written. */
  writableBytes(id: number): number {
    return this.#writableBytes[id] as number;
  }

  /** Address of its indirect table; 0 when it has none. */
  table(id: number): number {
    return this.#table[id] as number;
  }

  tableEntries(id: number): number {
    return this.#tableEntries[id] as number;
  }
}
