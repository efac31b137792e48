import type { Graph } from '../graph.js';
import { Kind, Order } from '../order.js';
import { isCoherent, nextWrite } from './coherence.js';
import type { MemoryModel } from './model.js';

const NEVER = 0x7fffffff;

/**
 * x86-TSO as in x86tso.cat: besides coherence, no cycle in preserved program order, external reads-from, coherence
 * and from-reads. Program order is preserved but for a write and a later read, unless a full fence, a locked
 * instruction or an exchange (a sequential store) is in between.
 */
export class TsoModel implements MemoryModel {
  readonly name = 'tso';
  readonly happensBefore = 'none';
  /** By thread: from where on reads are after the event in question, and from where on writes are. */
  private readonly reads: Int32Array;
  private readonly writes: Int32Array;
  private readonly todo: number[] = [];

  constructor(threadCount: number) {
    this.reads = new Int32Array(threadCount);
    this.writes = new Int32Array(threadCount);
  }

  allows(graph: Graph, e: number): boolean {
    if (!isCoherent(graph, e)) return false;
    const next = nextWrite(graph, e);
    if (next === -1) return true;
    this.reads.fill(NEVER);
    this.writes.fill(NEVER);
    this.todo.length = 0;
    this.todo.push(next);
    const reached = graph.kind[e] === Kind.read ? this.reads : this.writes;
    const thread = graph.thread[e] as number;
    const index = graph.index[e] as number;
    while (this.todo.length > 0) {
      this.reach(graph, this.todo.pop() as number);
      if ((reached[thread] as number) <= index) return false;
    }
    // A locked read waits for every write in front of it.
    const waits = graph.kind[e] === Kind.read && graph.isUpdate(e);
    return !waits || (this.writes[thread] as number) > index;
  }

  private reach(graph: Graph, e: number): void {
    const thread = graph.thread[e] as number;
    const index = graph.index[e] as number;
    if (graph.kind[e] === Kind.read) this.reachAll(graph, thread, index);
    else this.reachWrites(graph, thread, index);
  }

  /** Everything from `index` on, since a read or a fence is there. */
  private reachAll(graph: Graph, thread: number, index: number): void {
    const before = this.reads[thread] as number;
    if (index >= before) return;
    this.reads[thread] = index;
    const po = graph.po[thread] as number[];
    const end = Math.min(before, po.length);
    for (let at = index; at < end; at++) {
      const e = po[at] as number;
      if (graph.kind[e] === Kind.read) this.followNext(graph, e);
    }
    this.reachWrites(graph, thread, index);
  }

  /** The writes from `index` on, and everything from the first fence on. */
  private reachWrites(graph: Graph, thread: number, index: number): void {
    const before = this.writes[thread] as number;
    if (index >= before) return;
    this.writes[thread] = index;
    const po = graph.po[thread] as number[];
    const end = Math.min(before, po.length);
    let fence = NEVER;
    for (let at = index; at < end; at++) {
      const e = po[at] as number;
      if (fence === NEVER && isFence(graph, e)) fence = at;
      if (graph.kind[e] !== Kind.write) continue;
      this.followNext(graph, e);
      for (let r = graph.firstReader[e] as number; r !== -1; r = graph.nextReader[r] as number)
        if (graph.thread[r] !== thread) this.todo.push(r);
    }
    if (fence !== NEVER) this.reachAll(graph, thread, fence);
  }

  private followNext(graph: Graph, e: number): void {
    const next = nextWrite(graph, e);
    if (next !== -1) this.todo.push(next);
  }
}

/** Behind this, writes in front are visible before anything is read. */
function isFence(graph: Graph, e: number): boolean {
  const kind = graph.kind[e];
  if (kind === Kind.fence) return graph.order[e] === Order.full;
  // A locked instruction counts from its read on: that is where the writes in front have been flushed.
  if (kind === Kind.read) return graph.isUpdate(e);
  return kind === Kind.write && (graph.isUpdate(e) || graph.order[e] === Order.sequential);
}
