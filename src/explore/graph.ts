import { assert } from '../assert.js';
import { Flag, Kind, Order } from './order.js';

/** Stands for the write that put a location's initial value there. */
export const INIT = -1;

/** How far a thread has come, as far as the events of the graph tell. */
export const ThreadState = { unknown: 0, finished: 1, blocked: 2 } as const;

/** An event before it is part of a graph. */
export interface EventShape {
  thread: number;
  kind: number;
  order: number;
  flags: number;
  location: number;
  value: number;
  /** The value that an await does not go on with. */
  expected: number;
}

/**
 * An execution graph: what each thread did (program order), which write each read took its value from (rf), and the
 * order of the writes to each location (co). An event's number is the time of its addition, so cutting a graph back
 * is dropping the highest numbers. All columns are parallel arrays by event number; the hot paths read them directly.
 */
export class Graph {
  readonly threadCount: number;
  size = 0;
  thread: Uint8Array;
  /** Position in the thread. */
  index: Int32Array;
  kind: Uint8Array;
  order: Uint8Array;
  flags: Uint8Array;
  location: Int32Array;
  value: Float64Array;
  expected: Float64Array;
  /** Reads: the write that the value is from, or {@link INIT}. */
  rf: Int32Array;
  /** Writes: position in the location's coherence order. */
  coPosition: Int32Array;
  /** The event of the same thread on the same location before this one, or -1. */
  previousSame: Int32Array;
  /** Readers of a write, as a list: newest first. */
  firstReader: Int32Array;
  nextReader: Int32Array;
  /**
   * Clocks, `threadCount` numbers an event: how many events of each thread are before it, itself included. `porf` is
   * program order and reads-from; `hb` happens-before, where the model has one. The rest feeds it: what a reader of
   * the write acquires, what a later acquire fence will, and what the last release fence covers.
   */
  porf: Int32Array;
  hb: Int32Array;
  released: Int32Array;
  pending: Int32Array;
  fenced: Int32Array;

  /** Events of each thread, in program order. */
  readonly po: number[][];
  /** Full fences of each thread. */
  readonly fullFences: number[][];
  /** Writes to each location in coherence order, without the initial one. */
  readonly co: number[][] = [];
  readonly firstInitReader: number[] = [];
  readonly state: Uint8Array;
  readonly results: unknown[];
  /** Accesses that are sequentially consistent; the cheap form of RC11's psc axiom is for none. */
  sequentialCount = 0;
  /** There may be a barrier between writes alone, which orders no reads: see `read-clocks.ts`. */
  hasWriteBarrier = false;
  /** Newest event of thread t on location x at `t + x * threadCount`. */
  private readonly lastSame: number[] = [];
  private capacity: number;

  constructor(threadCount: number, capacity = 128) {
    this.threadCount = threadCount;
    this.capacity = capacity;
    this.thread = new Uint8Array(capacity);
    this.index = new Int32Array(capacity);
    this.kind = new Uint8Array(capacity);
    this.order = new Uint8Array(capacity);
    this.flags = new Uint8Array(capacity);
    this.location = new Int32Array(capacity);
    this.value = new Float64Array(capacity);
    this.expected = new Float64Array(capacity);
    this.rf = new Int32Array(capacity);
    this.coPosition = new Int32Array(capacity);
    this.previousSame = new Int32Array(capacity);
    this.firstReader = new Int32Array(capacity);
    this.nextReader = new Int32Array(capacity);
    this.porf = new Int32Array(capacity * threadCount);
    this.hb = new Int32Array(capacity * threadCount);
    this.released = new Int32Array(capacity * threadCount);
    this.pending = new Int32Array(capacity * threadCount);
    this.fenced = new Int32Array(capacity * threadCount);
    this.po = Array.from({ length: threadCount }, () => []);
    this.fullFences = Array.from({ length: threadCount }, () => []);
    this.state = new Uint8Array(threadCount);
    this.results = Array.from({ length: threadCount }, () => undefined);
  }

  /** Appends an event to its thread; reads and writes still have to be linked. */
  append(shape: EventShape): number {
    if (this.size === this.capacity) this.grow();
    const e = this.size++;
    const { thread, location } = shape;
    const po = this.po[thread] as number[];
    this.thread[e] = thread;
    this.index[e] = po.length;
    this.kind[e] = shape.kind;
    this.order[e] = shape.order;
    this.flags[e] = shape.flags;
    this.location[e] = location;
    this.value[e] = shape.value;
    this.expected[e] = shape.expected;
    this.rf[e] = INIT;
    this.firstReader[e] = -1;
    po.push(e);
    this.state[thread] = ThreadState.unknown;
    if (shape.order === Order.sequential) this.sequentialCount += 1;
    if (shape.kind === Kind.fence) {
      this.hasWriteBarrier ||= shape.order === Order.writes;
      if (shape.order === Order.full) (this.fullFences[thread] as number[]).push(e);
      return e;
    }
    this.openLocation(location);
    const last = thread + location * this.threadCount;
    this.previousSame[e] = this.lastSame[last] as number;
    if (shape.kind !== Kind.notify) this.lastSame[last] = e;
    return e;
  }

  /** Lets read `e` take its value from `write`. */
  link(e: number, write: number): void {
    this.rf[e] = write;
    if (write === INIT) {
      const location = this.location[e] as number;
      this.nextReader[e] = this.firstInitReader[location] as number;
      this.firstInitReader[location] = e;
    } else {
      this.nextReader[e] = this.firstReader[write] as number;
      this.firstReader[write] = e;
    }
  }

  /** Takes the read that was linked last back from its write. */
  unlink(e: number): void {
    const write = this.rf[e] as number;
    if (write === INIT) {
      assert(this.firstInitReader[this.location[e] as number] === e, 'reads are unlinked in the wrong order');
      this.firstInitReader[this.location[e] as number] = this.nextReader[e] as number;
    } else {
      assert(this.firstReader[write] === e, 'reads are unlinked in the wrong order');
      this.firstReader[write] = this.nextReader[e] as number;
    }
  }

  /** Puts write `e` at `position` of its location's coherence order. */
  place(e: number, position: number): void {
    const co = this.co[this.location[e] as number] as number[];
    for (let at = co.length; at > position; at--) {
      const later = co[at - 1] as number;
      co[at] = later;
      this.coPosition[later] = at;
    }
    co[position] = e;
    this.coPosition[e] = position;
  }

  unplace(e: number): void {
    const co = this.co[this.location[e] as number] as number[];
    for (let at = (this.coPosition[e] as number) + 1; at < co.length; at++) {
      const later = co[at] as number;
      co[at - 1] = later;
      this.coPosition[later] = at - 1;
    }
    co.pop();
  }

  /** Drops all events from `size` on. */
  cut(size: number): void {
    while (this.size > size) this.removeLast();
  }

  /** Position in coherence order of the write that read `e` takes its value from; -1 for the initial one. */
  rfPosition(e: number): number {
    const write = this.rf[e] as number;
    return write === INIT ? -1 : (this.coPosition[write] as number);
  }

  /** Whether `e` is before `other` in program order and reads-from, or is it. */
  isInPrefix(e: number, other: number): boolean {
    const t = this.thread[e] as number;
    return (this.index[e] as number) < (this.porf[other * this.threadCount + t] as number);
  }

  happensBefore(e: number, other: number): boolean {
    const t = this.thread[e] as number;
    return e !== other && (this.index[e] as number) < (this.hb[other * this.threadCount + t] as number);
  }

  /** First reader of a location's write, or of its initial value. */
  readersOf(write: number, location: number): number {
    return write === INIT ? (this.firstInitReader[location] ?? -1) : (this.firstReader[write] as number);
  }

  isUpdate(e: number): boolean {
    return ((this.flags[e] as number) & Flag.update) !== 0;
  }

  shapeOf(e: number): EventShape {
    return {
      thread: this.thread[e] as number,
      kind: this.kind[e] as number,
      order: this.order[e] as number,
      flags: this.flags[e] as number,
      location: this.location[e] as number,
      value: this.value[e] as number,
      expected: this.expected[e] as number,
    };
  }

  /**
   * Becomes a part of `source`: the `size` events among its first ones that have a number, in the order of these
   * numbers. It holds with each event what is before it in its thread, and what it reads from. Read `open` is linked
   * to nothing, and write `unplaced`, the newest, has no place. Whatever was here is overwritten, not cleared: lists
   * that are emptied give up their storage.
   */
  copyPart(source: Graph, numbers: Int32Array, size: number, open: number, unplaced: number): void {
    while (this.capacity < size) this.grow();
    this.openLocation(source.co.length - 1);
    this.sequentialCount = 0;
    this.firstInitReader.fill(-1);
    this.lastSame.fill(-1);
    this.state.fill(ThreadState.unknown);
    for (const list of this.fullFences) list.length = 0;
    this.size = size;
    for (let x = 0; x <= unplaced; x++) {
      const e = numbers[x] as number;
      if (e !== -1) this.copyEvent(source, x, e, numbers);
    }
    for (let x = 0; x < unplaced; x++) {
      const e = numbers[x] as number;
      if (e === -1 || x === open || source.kind[x] !== Kind.read) continue;
      const from = source.rf[x] as number;
      this.link(e, from === INIT ? INIT : (numbers[from] as number));
    }
    this.trimThreads(source, numbers, unplaced);
    for (let location = 0; location < this.co.length; location++)
      this.copyCoherence(source.co[location], this.co[location] as number[], numbers);
  }

  private copyEvent(source: Graph, x: number, e: number, numbers: Int32Array): void {
    const thread = source.thread[x] as number;
    const index = source.index[x] as number;
    const kind = source.kind[x] as number;
    const order = source.order[x] as number;
    const location = source.location[x] as number;
    this.thread[e] = thread;
    this.index[e] = index;
    this.kind[e] = kind;
    this.order[e] = order;
    this.flags[e] = source.flags[x] as number;
    this.location[e] = location;
    this.value[e] = source.value[x] as number;
    this.expected[e] = source.expected[x] as number;
    this.rf[e] = INIT;
    this.firstReader[e] = -1;
    (this.po[thread] as number[])[index] = e;
    if (order === Order.sequential) this.sequentialCount += 1;
    if (kind === Kind.fence) {
      this.hasWriteBarrier ||= order === Order.writes;
      if (order === Order.full) (this.fullFences[thread] as number[]).push(e);
    } else {
      const before = source.previousSame[x] as number;
      this.previousSame[e] = before === -1 ? -1 : (numbers[before] as number);
      if (kind !== Kind.notify) this.lastSame[thread + location * this.threadCount] = e;
    }
    const width = this.threadCount;
    for (let t = 0; t < width; t++) {
      this.porf[e * width + t] = source.porf[x * width + t] as number;
      this.hb[e * width + t] = source.hb[x * width + t] as number;
      this.released[e * width + t] = source.released[x * width + t] as number;
      this.pending[e * width + t] = source.pending[x * width + t] as number;
      this.fenced[e * width + t] = source.fenced[x * width + t] as number;
    }
  }

  /** Lists of threads end behind the last event that was copied. */
  private trimThreads(source: Graph, numbers: Int32Array, last: number): void {
    for (let t = 0; t < this.threadCount; t++) {
      const events = source.po[t] as number[];
      let length = events.length;
      while (length > 0 && numbers[events[length - 1] as number] === -1) length -= 1;
      if (source.thread[last] === t) length += 1;
      const copied = this.po[t] as number[];
      if (copied.length > length) copied.length = length;
    }
  }

  private copyCoherence(from: readonly number[] | undefined, to: number[], numbers: Int32Array): void {
    let position = 0;
    for (const x of from ?? []) {
      const e = numbers[x] as number;
      if (e === -1) continue;
      this.coPosition[e] = position;
      to[position++] = e;
    }
    if (to.length > position) to.length = position;
  }

  /** Empties the graph. */
  clear(): void {
    this.size = 0;
    this.sequentialCount = 0;
    for (const list of this.po) list.length = 0;
    for (const list of this.fullFences) list.length = 0;
    for (const list of this.co) list.length = 0;
    this.firstInitReader.fill(-1);
    this.lastSame.fill(-1);
    this.state.fill(ThreadState.unknown);
  }

  private openLocation(location: number): void {
    while (this.co.length <= location) {
      this.co.push([]);
      this.firstInitReader.push(-1);
      for (let t = 0; t < this.threadCount; t++) this.lastSame.push(-1);
    }
  }

  private removeLast(): void {
    const e = this.size - 1;
    const thread = this.thread[e] as number;
    const kind = this.kind[e] as number;
    if (kind === Kind.read) this.unlink(e);
    else if (kind === Kind.write) this.unplace(e);
    else if (this.order[e] === Order.full) (this.fullFences[thread] as number[]).pop();
    if (this.order[e] === Order.sequential) this.sequentialCount -= 1;
    if (kind === Kind.read || kind === Kind.write) {
      const last = thread + (this.location[e] as number) * this.threadCount;
      this.lastSame[last] = this.previousSame[e] as number;
    }
    (this.po[thread] as number[]).pop();
    this.state[thread] = ThreadState.unknown;
    this.size = e;
  }

  private grow(): void {
    this.capacity *= 2;
    const n = this.capacity;
    this.thread = grown(this.thread, new Uint8Array(n));
    this.index = grown(this.index, new Int32Array(n));
    this.kind = grown(this.kind, new Uint8Array(n));
    this.order = grown(this.order, new Uint8Array(n));
    this.flags = grown(this.flags, new Uint8Array(n));
    this.location = grown(this.location, new Int32Array(n));
    this.value = grown(this.value, new Float64Array(n));
    this.expected = grown(this.expected, new Float64Array(n));
    this.rf = grown(this.rf, new Int32Array(n));
    this.coPosition = grown(this.coPosition, new Int32Array(n));
    this.previousSame = grown(this.previousSame, new Int32Array(n));
    this.firstReader = grown(this.firstReader, new Int32Array(n));
    this.nextReader = grown(this.nextReader, new Int32Array(n));
    this.porf = grown(this.porf, new Int32Array(n * this.threadCount));
    this.hb = grown(this.hb, new Int32Array(n * this.threadCount));
    this.released = grown(this.released, new Int32Array(n * this.threadCount));
    this.pending = grown(this.pending, new Int32Array(n * this.threadCount));
    this.fenced = grown(this.fenced, new Int32Array(n * this.threadCount));
  }
}

function grown<T extends Uint8Array | Int32Array | Float64Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}
