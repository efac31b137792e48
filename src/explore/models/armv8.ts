import type { Graph } from '../graph.js';
import { acquires, Kind, Order, releases } from '../order.js';
import { isCoherent } from './coherence.js';
import type { MemoryModel } from './model.js';

/**
 * ARMv8 (Pulte and others, POPL 2018): besides coherence, ordered-before has no cycle. Dependencies are not known
 * here, so this is what a compiler may make of the code, and weaker than the hardware is about the very instructions.
 * Graphs in which program order and reads-from form a cycle (load buffering) are not built.
 */
export class Armv8Model implements MemoryModel {
  readonly name = 'armv8';
  readonly happensBefore = 'none';
  /** Stamp of the search that saw an event last. */
  private seen: Int32Array = new Int32Array(0);
  private search = 0;
  private readonly todo: number[] = [];

  allows(graph: Graph, e: number): boolean {
    if (!isCoherent(graph, e)) return false;
    if (this.seen.length < graph.size) this.seen = new Int32Array(2 * graph.size);
    this.search += 1;
    this.todo.length = 0;
    this.push(e);
    while (this.todo.length > 0) {
      const from = this.todo.pop() as number;
      if (from !== e && isOrderedBefore(graph, from, e)) return false;
      this.external(graph, from);
      this.local(graph, from);
    }
    return true;
  }

  private push(e: number): void {
    if (this.seen[e] === this.search) return;
    this.seen[e] = this.search;
    this.todo.push(e);
  }

  /** Observed externally: readers of a write, and the writes that come over it, on other threads. */
  private external(graph: Graph, e: number): void {
    const kind = graph.kind[e];
    if (kind === Kind.fence || kind === Kind.notify) return;
    const thread = graph.thread[e];
    if (kind === Kind.write) {
      for (let r = graph.firstReader[e] as number; r !== -1; r = graph.nextReader[r] as number)
        if (graph.thread[r] !== thread) this.push(r);
    }
    const co = graph.co[graph.location[e] as number] as number[];
    const position = kind === Kind.write ? (graph.coPosition[e] as number) : graph.rfPosition(e);
    for (let at = position + 1; at < co.length; at++) {
      const write = co[at] as number;
      if (graph.thread[write] !== thread) this.push(write);
    }
  }

  private local(graph: Graph, e: number): void {
    const po = graph.po[graph.thread[e] as number] as number[];
    const between = new Between(graph, e);
    for (let at = (graph.index[e] as number) + 1; at < po.length; at++) {
      const later = po[at] as number;
      if (between.orders(later)) this.push(later);
      between.pass(later);
    }
  }
}

/** Whether an edge of ordered-before leads from `from` straight to the newest event `e` of a thread. */
function isOrderedBefore(graph: Graph, from: number, e: number): boolean {
  const thread = graph.thread[e] as number;
  const sameThread = graph.thread[from] === thread;
  if (sameThread) {
    const po = graph.po[thread] as number[];
    const between = new Between(graph, from);
    for (let at = (graph.index[from] as number) + 1; at < po.length; at++) {
      if (po[at] === e) return between.orders(e);
      between.pass(po[at] as number);
    }
    return false;
  }
  const kind = graph.kind[from];
  if (kind === Kind.fence || kind === Kind.notify || graph.location[from] !== graph.location[e]) return false;
  if (graph.kind[e] === Kind.read) return graph.rf[e] === from;
  const position = kind === Kind.write ? (graph.coPosition[from] as number) : graph.rfPosition(from);
  return position < (graph.coPosition[e] as number);
}

/** What stands between an event and the later ones of its thread, and so which of them it is ordered before. */
export class Between {
  private readonly graph: Graph;
  private readonly from: number;
  private readonly isRead: boolean;
  private readonly isWrite: boolean;
  private all: boolean;
  private reads = false;
  private writes = false;
  /** Locations of releases that were passed: the event is ordered before later writes to the same place. */
  private readonly releasedLocations: number[] = [];

  constructor(graph: Graph, from: number) {
    this.graph = graph;
    this.from = from;
    const kind = graph.kind[from] as number;
    const order = graph.order[from] as number;
    this.isRead = kind === Kind.read;
    this.isWrite = kind === Kind.write;
    this.all = (kind === Kind.read && acquires(order)) || (kind === Kind.fence && order === Order.full);
  }

  orders(later: number): boolean {
    const graph = this.graph;
    const kind = graph.kind[later] as number;
    const order = graph.order[later] as number;
    if (kind === Kind.notify) return false;
    if (this.all) return true;
    if (kind === Kind.fence) return order === Order.full;
    if (kind === Kind.write) {
      if (releases(order) || (this.isWrite && this.writes)) return true;
      if (this.releasedLocations.includes(graph.location[later] as number)) return true;
      // The two halves of a read-modify-write.
      if (
        graph.isUpdate(later) &&
        this.isRead &&
        graph.index[later] === (graph.index[this.from] as number) + 1
      )
        return true;
    }
    if (kind === Kind.read && this.isWrite && acquires(order)) {
      if (graph.isUpdate(this.from) && graph.rf[later] === this.from) return true;
      return releases(graph.order[this.from] as number) && order !== Order.acquirePc;
    }
    return this.isRead && this.reads;
  }

  pass(event: number): void {
    const graph = this.graph;
    const kind = graph.kind[event] as number;
    const order = graph.order[event] as number;
    if (kind === Kind.fence) {
      this.all ||= order === Order.full;
      this.reads ||= order === Order.reads;
      this.writes ||= order === Order.writes;
    } else if (kind === Kind.write) {
      if (releases(order)) this.releasedLocations.push(graph.location[event] as number);
      // An atomic instruction that both acquires and releases orders what is around it like a full barrier.
      this.all ||= graph.isUpdate(event) && acquires(order) && releases(order);
    }
  }
}
