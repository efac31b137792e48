import { fail } from '../assert.js';

/** Of a buffer that is not in use, and of one that was shown long ago; batches are numbered from FIRST_BATCH. */
const FREE = 0;
const LONG_PUBLISHED = 1;
const FIRST_BATCH = 2;
/** A small integer to the engine. There are more batches than this in an hour, and some buffers stay for days. */
const LAST_BATCH = 2 ** 30 - 1;

/** More than a used length can say; a buffer of 2^32 bytes counts as one less (virtio 1.4, N0061). */
const MAX_LENGTH = 0xffff_ffff;

/**
 * The driver's private record of one buffer. It is an object, one for each id from the start: a word of it is then
 * read without a test of bounds, and who has followed `next` need not look for it by its id.
 */
export class OutstandingBuffer<Token> {
  /** What the device will name. Split: the head's index in the descriptor table. */
  readonly id: number;
  /** Split: of the descriptor that follows in the chain, or in the list of free ones. Packed: of the next free id. */
  next: OutstandingBuffer<Token> = this;
  token: Token | undefined = undefined;
  /** What was made visible together has one number. */
  batch: number = FREE;
  /** Descriptors of the ring that the buffer occupies. */
  slots = 0;
  /** The most that the device can say it has written. */
  writableBytes = 0;
  /** Entries of its indirect table; 0 when it has none. */
  tableEntries = 0;
  /** Address of its indirect table, where it has one. */
  table = 0;

  constructor(id: number) {
    this.id = id;
  }

  get isFree(): boolean {
    return this.batch === FREE;
  }
}

/**
 * The driver's record of its buffers, by the id that the device will name. The device only ever says an id; everything
 * else about the buffer comes from here.
 *
 * A buffer is staged, then shown to the device together with all others that are staged, then finished. Each belongs
 * to a batch: the buffers of the current one are staged, those of all others published.
 */
export class Outstanding<Token> {
  private batch: number;
  private readonly buffers: readonly OutstandingBuffer<Token>[];

  constructor(size: number, firstBatch: number = FIRST_BATCH) {
    this.batch = firstBatch;
    this.buffers = Array.from({ length: size }, (_, id) => new OutstandingBuffer<Token>(id));
    for (const buffer of this.buffers) buffer.next = this.at((buffer.id + 1) % size);
  }

  /** Record `id`; in the beginning each is followed by that of the next id, and the last by the first. */
  at(id: number): OutstandingBuffer<Token> {
    const buffer = this.buffers[id];
    if (buffer === undefined) fail('there is no buffer %', id);
    return buffer;
  }

  /** `slots` are the descriptors of the ring that the buffer occupies. */
  stage(buffer: OutstandingBuffer<Token>, token: Token, slots: number, writableBytes: number): void {
    if (buffer.batch !== FREE) fail('buffer % was handed out twice', buffer.id);
    if (token === undefined) fail('a token cannot be undefined');
    buffer.batch = this.batch;
    buffer.token = token;
    buffer.slots = slots;
    buffer.writableBytes = Math.min(writableBytes, MAX_LENGTH);
    buffer.tableEntries = 0;
  }

  /** All staged buffers are shown to the device. */
  publish(): void {
    if (this.batch === LAST_BATCH) this.startAgain();
    else this.batch += 1;
  }

  /** Ends a buffer's life and returns its token; what it occupied can still be asked for until the id is reused. */
  finish(buffer: OutstandingBuffer<Token>): Token {
    const { token } = buffer;
    if (token === undefined) fail('buffer % has no token', buffer.id);
    buffer.token = undefined;
    buffer.batch = FREE;
    return token;
  }

  isPublished(buffer: OutstandingBuffer<Token>): boolean {
    return buffer.batch !== FREE && buffer.batch !== this.batch;
  }

  /** The numbers have come to their end: what is in use, all of it published, keeps a number that no batch gets. */
  private startAgain(): void {
    for (const buffer of this.buffers) if (!buffer.isFree) buffer.batch = LONG_PUBLISHED;
    this.batch = FIRST_BATCH;
  }
}
