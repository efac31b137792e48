import { type Graph, INIT } from './graph.js';
import { Kind, Order } from './order.js';

/** How odd a sequence is: in this order, the smaller the better. */
export interface Oddity {
  /** Reads that a write in front of them, newer than what they took, did not reach. */
  readonly staleReads: number;
  /** How often another thread goes on. */
  readonly switches: number;
}

/** An execution as one sequence. */
export interface Sequence extends Oddity {
  /** The events, each behind what is before it in program order and reads-from. */
  readonly events: readonly number[];
  /** By event: how many of `events` had been carried out when its write reached memory; 0 for others. */
  readonly visibleAt: Int32Array;
}

/**
 * Puts the events for which `keep` says so in one sequence: of those tried, the one with the fewest stale reads, then
 * the fewest switches; null when all are odder than `limit`. `keep` is closed under program order and reads-from.
 *
 * A thread's writes go through a store buffer, first in, first out. A sequentially consistent execution never needs
 * it, and one of x86-TSO needs no more; in those of weaker machines some reads are stale for no reason of a buffer.
 */
export function linearise(graph: Graph, keep: readonly boolean[], limit: Oddity | null): Sequence | null {
  let best: Sequence | null = null;
  for (let first = 0; first < graph.threadCount; first++) {
    const sequence = new Lineariser(graph, keep, best ?? limit).run(first);
    if (sequence !== null && (best === null || compareOddity(sequence, best) < 0)) best = sequence;
  }
  return best;
}

export function compareOddity(a: Oddity, b: Oddity): number {
  return a.staleReads - b.staleReads || a.switches - b.switches;
}

class Lineariser {
  private readonly graph: Graph;
  private readonly keep: readonly boolean[];
  private readonly limit: Oddity | null;
  private readonly events: number[] = [];
  private readonly isDone: Uint8Array;
  private readonly isVisible: Uint8Array;
  private readonly visibleAt: Int32Array;
  /** By thread: events carried out, and writes that are still buffered. */
  private readonly next: number[];
  private readonly buffers: number[][];
  private staleReads = 0;
  private switches = -1;
  private thread = -1;

  constructor(graph: Graph, keep: readonly boolean[], limit: Oddity | null) {
    this.graph = graph;
    this.keep = keep;
    this.limit = limit;
    this.isDone = new Uint8Array(graph.size);
    this.isVisible = new Uint8Array(graph.size);
    this.visibleAt = new Int32Array(graph.size);
    this.next = graph.po.map(() => 0);
    this.buffers = graph.po.map(() => []);
  }

  /** Null as soon as the sequence is odder than the limit: it only gets worse. */
  run(first: number): Sequence | null {
    const threads = this.graph.po.map((_, t) => t);
    const order = [...threads.slice(first), ...threads.slice(0, first)];
    do {
      if (this.limit !== null && compareOddity(this.oddity, this.limit) > 0) return null;
    } while (this.step(order));
    return { events: this.events, visibleAt: this.visibleAt, ...this.oddity };
  }

  private get oddity(): Oddity {
    return { staleReads: this.staleReads, switches: Math.max(0, this.switches) };
  }

  /** Carries one event out, or empties buffers; false at the end. */
  private step(order: readonly number[]): boolean {
    for (const t of order) this.drain(t);
    const threads = this.thread === -1 ? order : [this.thread, ...order];
    const inMemory = threads.find((t) => this.canGoOn(t, false));
    const thread = inMemory ?? threads.find((t) => this.canGoOn(t, true));
    if (thread !== undefined) {
      this.carryOut(thread);
      return true;
    }
    return this.force(order);
  }

  /** Whether the next event of thread `t` can be carried out; a write into the buffer only if that is allowed. */
  private canGoOn(t: number, isBuffering: boolean): boolean {
    const e = this.nextOf(t);
    if (e === -1) return false;
    const graph = this.graph;
    const buffer = this.buffers[t] as number[];
    switch (graph.kind[e] as number) {
      case Kind.read: {
        if (graph.isUpdate(e) && buffer.length > 0) return false;
        const write = graph.rf[e] as number;
        return write === INIT || this.isVisible[write] === 1 || buffer.includes(write);
      }
      case Kind.write: {
        if (isAtOnce(graph, e) || !isBuffering) return buffer.length === 0 && this.inFront(e) === 0;
        return true;
      }
      case Kind.fence:
        return graph.order[e] !== Order.full || buffer.length === 0;
      default:
        return true;
    }
  }

  /** The next event of thread `t`, or -1. */
  private nextOf(t: number): number {
    const e = (this.graph.po[t] as number[])[this.next[t] as number];
    return e === undefined || this.keep[e] !== true ? -1 : e;
  }

  private carryOut(t: number): void {
    const graph = this.graph;
    const e = this.nextOf(t);
    this.next[t] = (this.next[t] as number) + 1;
    this.events.push(e);
    if (t !== this.thread) this.switches += 1;
    this.thread = t;
    this.isDone[e] = 1;
    if (graph.kind[e] === Kind.write) (this.buffers[t] as number[]).push(e);
    if (graph.kind[e] === Kind.read && this.isStale(e)) this.staleReads += 1;
    this.drain(t);
  }

  private isStale(e: number): boolean {
    const co = this.graph.co[this.graph.location[e] as number] as number[];
    for (let at = this.graph.rfPosition(e) + 1; at < co.length; at++)
      if (this.isDone[co[at] as number] === 1) return true;
    return false;
  }

  /** Lets what nothing keeps in the buffer of thread `t` reach memory. */
  private drain(t: number): void {
    const buffer = this.buffers[t] as number[];
    while (buffer.length > 0 && this.inFront(buffer[0] as number) === 0) this.show(buffer);
  }

  private show(buffer: number[]): void {
    const e = buffer.shift() as number;
    this.isVisible[e] = 1;
    this.visibleAt[e] = this.events.length;
  }

  /** What has to happen before write `e` reaches memory: earlier writes to the place, and those who read them. */
  private inFront(e: number): number {
    const graph = this.graph;
    const location = graph.location[e] as number;
    const co = graph.co[location] as number[];
    let count = this.missingReaders(INIT, location);
    for (let at = 0; at < (graph.coPosition[e] as number); at++) {
      const write = co[at] as number;
      if (this.keep[write] !== true) continue;
      if (this.isVisible[write] === 0) count += 1;
      count += this.missingReaders(write, location);
    }
    return count;
  }

  private missingReaders(write: number, location: number): number {
    const graph = this.graph;
    let count = 0;
    for (let r = graph.readersOf(write, location); r !== -1; r = graph.nextReader[r] as number)
      if (this.keep[r] === true && this.isDone[r] === 0) count += 1;
    return count;
  }

  /** No store buffer explains what comes next, so some read is going to be stale: the write that makes the fewest. */
  private force(order: readonly number[]): boolean {
    let best = -1;
    let bestCount = Infinity;
    for (const t of order) {
      const write = (this.buffers[t] as number[])[0] ?? this.nextOf(t);
      if (write === -1 || this.graph.kind[write] !== Kind.write) continue;
      const count = this.inFront(write);
      if (count >= bestCount) continue;
      best = t;
      bestCount = count;
    }
    if (best === -1) return false;
    const buffer = this.buffers[best] as number[];
    if (buffer.length === 0) this.carryOut(best);
    if (buffer.length > 0) this.show(buffer);
    return true;
  }
}

/** Whether a write is in memory before its thread goes on: an exchange, or half of a read-modify-write. */
function isAtOnce(graph: Graph, e: number): boolean {
  return graph.isUpdate(e) || graph.order[e] === Order.sequential;
}
