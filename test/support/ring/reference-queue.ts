import type { WireRange } from './wire.js';

/** A buffer as it was handed to the driver. */
export interface Posted {
  readonly token: number;
  readonly ranges: readonly WireRange[];
  readonly writableBytes: number;
  /** Descriptors of the ring that it occupies. */
  readonly slots: number;
}

/** A buffer that the device gave back. */
export interface Returned {
  readonly posted: Posted;
  readonly writtenBytes: number;
}

/**
 * What a virtqueue is when nothing is clever about it: five lists that a buffer passes through. Positions are plain
 * integers that never wrap, so that whatever the ring does modulo something is compared with arithmetic that does not.
 */
export class ReferenceQueue {
  readonly staged: Posted[] = [];
  readonly available: Posted[] = [];
  readonly held: Posted[] = [];
  readonly stagedUsed: Returned[] = [];
  readonly used: Returned[] = [];

  /** Where the next buffer to reach each point goes; all start at `startIndex`. */
  published: number;
  popped: number;
  usedPublished: number;
  consumed: number;
  freeSlots: number;
  private readonly stepOf: (posted: Posted) => number;

  /** `stepOf` is how far a buffer moves the positions on: they count buffers on a split ring, slots on a packed one. */
  constructor(size: number, startIndex: number, stepOf: (posted: Posted) => number) {
    this.freeSlots = size;
    this.published = startIndex;
    this.popped = startIndex;
    this.usedPublished = startIndex;
    this.consumed = startIndex;
    this.stepOf = stepOf;
  }

  get outstandingCount(): number {
    const device = this.available.length + this.held.length;
    return this.staged.length + device + this.stagedUsed.length + this.used.length;
  }

  /** Of every buffer that the driver has not got back, wherever it is, in ascending order. */
  get outstandingTokens(): number[] {
    const returned = [...this.stagedUsed, ...this.used].map(({ posted }) => posted);
    const buffers = [...this.staged, ...this.available, ...this.held, ...returned];
    return buffers.map(({ token }) => token).sort((a, b) => a - b);
  }

  stage(posted: Posted): void {
    this.freeSlots -= posted.slots;
    this.staged.push(posted);
  }

  /** The buffers that the device sees from now on. */
  publish(): Posted[] {
    const fresh = this.staged.splice(0);
    this.available.push(...fresh);
    for (const posted of fresh) this.published += this.stepOf(posted);
    return fresh;
  }

  pop(): Posted | undefined {
    const posted = this.available.shift();
    if (posted === undefined) return undefined;
    this.held.push(posted);
    this.popped += this.stepOf(posted);
    return posted;
  }

  stageUsed(posted: Posted, writtenBytes: number): void {
    this.held.splice(this.held.indexOf(posted), 1);
    this.stagedUsed.push({ posted, writtenBytes });
  }

  /** The buffers that the driver sees from now on. */
  publishUsed(): Returned[] {
    const fresh = this.stagedUsed.splice(0);
    this.used.push(...fresh);
    for (const { posted } of fresh) this.usedPublished += this.stepOf(posted);
    return fresh;
  }

  getBuf(): Returned | undefined {
    const returned = this.used.shift();
    if (returned === undefined) return undefined;
    this.freeSlots += returned.posted.slots;
    this.consumed += this.stepOf(returned.posted);
    return returned;
  }
}

/**
 * Whether an event that stands for `event`, and for every position a multiple of `period` away from it, is among the
 * positions `from` to `to - 1`, which do not wrap.
 */
export function crosses(event: number, from: number, to: number, period: number): boolean {
  const behindFrom = (((event - from) % period) + period) % period;
  return from + behindFrom < to;
}
