import { assert } from '../assert.js';
import { commonNowNs } from '../clock.js';
import { SharedMemory } from '../memory/shared-memory.js';
import { decodeEvent, type EventKind, KindCode, type RingEvent } from './ring-event.js';

/**
 * `stream`: one reader takes every event, and a writer that finds the ring full waits for it; nothing is lost.
 * `recorder`: nobody takes them, the newest event overwrites the oldest. `beginning`: nobody takes them, and what comes
 * when the ring is full is not kept.
 */
export type EventRingMode = 'stream' | 'recorder' | 'beginning';

/** The order is the encoding. */
const MODES: readonly EventRingMode[] = ['recorder', 'stream', 'beginning'];

/** Words on lines of their own: both count events, modulo 2^32. The mode never changes. */
const Word = { written: 0, read: 128, mode: 256 } as const;
const HEADER_BYTES = 384;
/** Kind and queue, the time in two words, and five numbers. */
const RECORD_BYTES = 32;
const FIRST_ARGUMENT = 12;
const QUEUE_SHIFT = 8;
const TWO_32 = 0x1_0000_0000;
/** A reader that is far behind lets the writer go on meanwhile. */
const READS_PER_STEP = 1024;
/** Records that a running writer may be about to overwrite, or whose words may have arrived before their count. */
const UNSAFE_RECORDS = 8;

/**
 * The most frequent kinds. To look at the clock costs most of what recording costs; who cannot spare that goes without
 * for these, see {@link timedByNext}.
 */
export const FREQUENT_KINDS: readonly EventKind[] = ['posted', 'popped', 'used', 'reaped'];

/** Memory for the events of one thread. */
export function createEventRing(mode: EventRingMode, capacity: number): SharedArrayBuffer {
  const isPowerOf2 = Number.isInteger(Math.log2(capacity));
  assert(isPowerOf2 && capacity > UNSAFE_RECORDS, '% is no size for a ring of events', capacity);
  const memory = SharedMemory.ofSize(HEADER_BYTES + capacity * RECORD_BYTES);
  memory.store32Release(Word.mode, MODES.indexOf(mode));
  return memory.buffer;
}

/**
 * A thread's own record of what it does: plain stores, and one store that shows them. Nothing is allocated, and there
 * is no number that two threads share: a common counter would put them in an order, and hide what only a race brings.
 */
export class EventWriter {
  private readonly memory: SharedMemory;
  private readonly mask: number;
  private readonly isStream: boolean;
  /** A bit for each kind that is recorded without a look at the clock. */
  private readonly untimed: number;
  private written: number;
  /** The time of the last look, in two words. */
  private timeLow = 0;
  private timeHigh = 0;
  /** The count at which there is no room, as far as a stream's reader was seen to be; -1: there always is. */
  private fullAt: number;

  /** Events of the kinds in `untimed` get the time of the one before. */
  constructor(buffer: SharedArrayBuffer, untimed: readonly EventKind[] = []) {
    this.memory = new SharedMemory(buffer);
    this.mask = capacityOf(buffer) - 1;
    this.untimed = untimed.reduce((bits, kind) => bits | (1 << KindCode[kind]), 0);
    const mode = MODES[this.memory.load32Acquire(Word.mode)];
    this.isStream = mode === 'stream';
    this.written = this.memory.load32Acquire(Word.written);
    this.fullAt = mode === 'recorder' ? -1 : mode === 'stream' ? this.written : this.mask + 1;
  }

  /** Records an event of `queue`, at this time; the numbers are those of its kind, in their order. */
  write(kind: EventKind, queue: number, a = 0, b = 0, c = 0, d = 0, e = 0): void {
    if (this.written === this.fullAt) {
      if (!this.isStream) return;
      this.waitForRoom();
    }
    const memory = this.memory;
    const code = KindCode[kind];
    if (((this.untimed >>> code) & 1) === 0) this.look();
    const at = HEADER_BYTES + (this.written & this.mask) * RECORD_BYTES;
    memory.store32(at, code | (queue << QUEUE_SHIFT));
    memory.store32(at + 4, this.timeLow);
    memory.store32(at + 8, this.timeHigh);
    memory.store32(at + FIRST_ARGUMENT, a);
    memory.store32(at + FIRST_ARGUMENT + 4, b);
    memory.store32(at + FIRST_ARGUMENT + 8, c);
    memory.store32(at + FIRST_ARGUMENT + 12, d);
    memory.store32(at + FIRST_ARGUMENT + 16, e);
    this.written = (this.written + 1) >>> 0;
    memory.store32Release(Word.written, this.written);
  }

  private look(): void {
    const timeNs = Math.round(commonNowNs());
    this.timeLow = timeNs >>> 0;
    this.timeHigh = Math.floor(timeNs / TWO_32);
  }

  private waitForRoom(): void {
    for (;;) {
      const read = this.memory.load32Acquire(Word.read);
      this.fullAt = (read + this.mask + 1) >>> 0;
      if (this.fullAt !== this.written) return;
      this.memory.wait32(Word.read, read, Infinity);
    }
  }
}

/** The other end, on one other thread. */
export class EventReader {
  private readonly memory: SharedMemory;
  private readonly capacity: number;
  private read: number;

  constructor(buffer: SharedArrayBuffer) {
    this.memory = new SharedMemory(buffer);
    this.capacity = capacityOf(buffer);
    this.read = this.memory.load32Acquire(Word.read);
  }

  /** Hands the events of a stream that are there now to `take`, in order, at most so many; returns how many. */
  drain(take: (event: RingEvent) => void, countMax: number = Infinity): number {
    const written = this.memory.load32Acquire(Word.written);
    let count = 0;
    while (this.read !== written && count < countMax) {
      const event = this.at(this.read);
      this.read = (this.read + 1) >>> 0;
      count += 1;
      if (count % READS_PER_STEP === 0) this.makeRoom();
      take(event);
    }
    if (count > 0) this.makeRoom();
    return count;
  }

  /** All that a thread that has ended kept, oldest first, and whether there was more before or after that. */
  kept(): { readonly events: RingEvent[]; readonly lostBefore: boolean; readonly lostAfter: boolean } {
    const written = this.memory.load32Acquire(Word.written);
    const isBeginning = MODES[this.memory.load32Acquire(Word.mode)] === 'beginning';
    const first = Math.max(0, written - this.capacity);
    const events = Array.from({ length: written - first }, (_, i) => this.at(first + i));
    // A ring that is exactly full may have lost nothing; that is not worth a word of its own.
    return { events, lostBefore: first > 0, lostAfter: isBeginning && written === this.capacity };
  }

  /** The newest events, oldest first, whether they were taken or not. For a look at any time: takes none. */
  latest(countMax: number): RingEvent[] {
    const last = this.memory.load32Acquire(Word.written);
    const count = Math.min(countMax, this.capacity - UNSAFE_RECORDS);
    const events: { readonly index: number; readonly event: RingEvent }[] = [];
    for (let i = count; i > 0; i--) {
      const index = (last - i) >>> 0;
      // Before the first one there is none; the count never comes near 2^32 again so soon.
      if (index < last) events.push({ index, event: this.at(index) });
    }
    // An addition of nothing is a full barrier: what was read above was read before the count is read again.
    const now = this.memory.add32(Word.written, 0);
    const safe = this.capacity - UNSAFE_RECORDS;
    return events.filter(({ index }) => (now - index) >>> 0 <= safe).map(({ event }) => event);
  }

  private makeRoom(): void {
    this.memory.store32Release(Word.read, this.read);
    this.memory.notify32(Word.read);
  }

  private at(index: number): RingEvent {
    const memory = this.memory;
    const at = HEADER_BYTES + (index & (this.capacity - 1)) * RECORD_BYTES;
    const what = memory.load32(at);
    const timeNs = memory.load32(at + 4) + memory.load32(at + 8) * TWO_32;
    return decodeEvent(what & 0xff, what >>> QUEUE_SHIFT, timeNs, (i) =>
      memory.load32(at + FIRST_ARGUMENT + 4 * i),
    );
  }
}

/**
 * The events of one thread, each of `untimed` with the time of the next that has one of its own, or with `endNs`. It
 * was over by then: so what a side did with something is never before the other side's giving it, which has a time.
 */
export function timedByNext(
  events: readonly RingEvent[],
  untimed: readonly EventKind[],
  endNs: number,
): RingEvent[] {
  let nextNs = endNs;
  return events
    .toReversed()
    .map((event) => {
      if (untimed.includes(event.kind)) return { ...event, timeNs: nextNs };
      nextNs = event.timeNs;
      return event;
    })
    .toReversed();
}

function capacityOf(buffer: SharedArrayBuffer): number {
  return (buffer.byteLength - HEADER_BYTES) / RECORD_BYTES;
}
