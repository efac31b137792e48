import type { Graph } from '../graph.js';
import { Kind, Order } from '../order.js';
import type { MemoryModel } from './model.js';
import { isPscAcyclic } from './psc.js';

const NEVER = 0x7fffffff;

/**
 * RC11 (Lahav and others, PLDI 2017, with the release sequences of C++20): coherence along happens-before, and no
 * cycle among sequentially consistent fences and accesses. Program order and reads-from have no cycle.
 */
export class Rc11Model implements MemoryModel {
  readonly name = 'rc11';
  readonly happensBefore = 'c11';
  private readonly threadCount: number;
  /** By thread: the first event that happens after a fence found to be behind `e` in the order of fences. */
  private readonly after: Int32Array;
  private readonly threads: number[] = [];
  private readonly from: number[] = [];
  private readonly to: number[] = [];

  constructor(threadCount: number) {
    this.threadCount = threadCount;
    this.after = new Int32Array(threadCount);
  }

  allows(graph: Graph, e: number): boolean {
    if (!isCoherentAlongHappensBefore(graph, e)) return false;
    if (graph.sequentialCount > 0) return isPscAcyclic(graph);
    return !this.closesFenceCycle(graph, e);
  }

  /**
   * Without sequential accesses, psc is between fences: f before g when f happens before g, or before an event that
   * is before (eco) one that happens before g. Whatever `e` adds starts at a fence in front of `e`, goes through what
   * comes over `e`, and closes a cycle when it gets back to a fence in front of `e`.
   */
  private closesFenceCycle(graph: Graph, e: number): boolean {
    this.after.fill(NEVER);
    this.threads.length = 0;
    this.from.length = 0;
    this.to.length = 0;
    this.followOverwrites(graph, e);
    while (this.threads.length > 0) {
      const thread = this.threads.pop() as number;
      const from = this.from.pop() as number;
      const to = this.to.pop() as number;
      const po = graph.po[thread] as number[];
      const bound = graph.hb[e * this.threadCount + thread] as number;
      for (let at = from; at < to; at++) {
        const x = po[at] as number;
        const kind = graph.kind[x];
        if (kind === Kind.fence) {
          if (graph.order[x] === Order.full && at < bound) return true;
        } else if (kind !== Kind.notify && x !== e) {
          if (kind === Kind.write) this.followReaders(graph, x);
          this.followOverwrites(graph, x);
        }
      }
    }
    return false;
  }

  /** The writes that come over `e`, or over what it read, and their readers. */
  private followOverwrites(graph: Graph, e: number): void {
    const co = graph.co[graph.location[e] as number] as number[];
    const position = graph.kind[e] === Kind.write ? (graph.coPosition[e] as number) : graph.rfPosition(e);
    for (let at = position + 1; at < co.length; at++) {
      const write = co[at] as number;
      this.toFences(graph, write);
      this.followReaders(graph, write);
    }
  }

  private followReaders(graph: Graph, write: number): void {
    for (let r = graph.firstReader[write] as number; r !== -1; r = graph.nextReader[r] as number)
      this.toFences(graph, r);
  }

  /** In each thread, the first full fence that `x` happens before. */
  private toFences(graph: Graph, x: number): void {
    const index = graph.index[x] as number;
    const thread = graph.thread[x] as number;
    for (let t = 0; t < this.threadCount; t++) {
      for (const fence of graph.fullFences[t] as number[]) {
        if ((graph.index[fence] as number) >= (this.after[t] as number)) break;
        const isAfter =
          t === thread
            ? (graph.index[fence] as number) > index
            : (graph.hb[fence * this.threadCount + thread] as number) > index;
        if (!isAfter) continue;
        this.reach(graph, fence);
        break;
      }
    }
  }

  /** Everything that happens after a fence. */
  private reach(graph: Graph, fence: number): void {
    const thread = graph.thread[fence] as number;
    const index = graph.index[fence] as number;
    this.reachFrom(graph, thread, index);
    for (let t = 0; t < this.threadCount; t++) {
      if (t === thread) continue;
      const po = graph.po[t] as number[];
      const end = Math.min(po.length, this.after[t] as number);
      // Clocks only grow along a thread.
      let low = 0;
      let high = end;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((graph.hb[(po[middle] as number) * this.threadCount + thread] as number) > index) high = middle;
        else low = middle + 1;
      }
      if (low < end) this.reachFrom(graph, t, low);
    }
  }

  private reachFrom(graph: Graph, thread: number, index: number): void {
    const before = this.after[thread] as number;
    if (index >= before) return;
    this.after[thread] = index;
    this.threads.push(thread);
    this.from.push(index);
    this.to.push(Math.min(before, (graph.po[thread] as number[]).length));
  }
}

/** No write that comes over what `e` read or wrote, and no reader of one, happens before `e`. */
function isCoherentAlongHappensBefore(graph: Graph, e: number): boolean {
  const co = graph.co[graph.location[e] as number] as number[];
  const position = graph.kind[e] === Kind.write ? (graph.coPosition[e] as number) : graph.rfPosition(e);
  for (let at = position + 1; at < co.length; at++) {
    const write = co[at] as number;
    if (graph.happensBefore(write, e)) return false;
    for (let r = graph.firstReader[write] as number; r !== -1; r = graph.nextReader[r] as number)
      if (graph.happensBefore(r, e)) return false;
  }
  return true;
}
