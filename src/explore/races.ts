import type { HappensBefore } from './clocks.js';
import { type Graph, INIT } from './graph.js';
import { Kind, Order } from './order.js';
import { readClocks } from './read-clocks.js';

export const RACE_MESSAGE = 'two accesses to the same bytes are ordered by nothing, and one of them is plain';

/**
 * An access that races with the newest event `e`: to the same location, one of the two a write, one of them plain, and
 * neither happens before the other. -1 when there is none. Later events are checked when they come.
 */
export function racingWith(graph: Graph, e: number, happensBefore: HappensBefore): number {
  const kind = graph.kind[e];
  if (kind !== Kind.read && kind !== Kind.write) return -1;
  const isPlain = graph.order[e] === Order.plain;
  const location = graph.location[e] as number;
  const co = graph.co[location] as number[];
  for (const write of co) {
    if (write !== e && (isPlain || graph.order[write] === Order.plain) && !isOrdered(graph, write, e))
      return write;
  }
  if (kind === Kind.read) return -1;
  const clocks = clocksOfReads(graph, happensBefore);
  for (let at = -1; at < co.length; at++) {
    const write = at === -1 ? INIT : (co[at] as number);
    for (let r = graph.readersOf(write, location); r !== -1; r = graph.nextReader[r] as number) {
      if ((isPlain || graph.order[r] === Order.plain) && !isOrdered(graph, r, e, clocks)) return r;
    }
  }
  return -1;
}

/** Whether two accesses race with each other, whichever of them came first. */
export function isRace(graph: Graph, a: number, b: number, happensBefore: HappensBefore): boolean {
  const isAccess = [a, b].every((e) => graph.kind[e] === Kind.read || graph.kind[e] === Kind.write);
  const hasWrite = graph.kind[a] === Kind.write || graph.kind[b] === Kind.write;
  const hasPlain = graph.order[a] === Order.plain || graph.order[b] === Order.plain;
  if (!isAccess || !hasWrite || !hasPlain || graph.location[a] !== graph.location[b]) return false;
  const clocks = clocksOfReads(graph, happensBefore);
  return !isOrdered(graph, a, b, clocks) && !isOrdered(graph, b, a, clocks);
}

/** JavaScript has no barriers: what it orders, it orders for reads and writes alike. */
function clocksOfReads(graph: Graph, happensBefore: HappensBefore): Int32Array {
  return graph.hasWriteBarrier && happensBefore === 'c11' ? readClocks(graph) : graph.hb;
}

/** By the clocks of reads where `before` is one that a write comes over. */
function isOrdered(graph: Graph, before: number, e: number, clocks: Int32Array = graph.hb): boolean {
  const thread = graph.thread[before] as number;
  if (thread === graph.thread[e]) return true;
  const clock = graph.kind[before] === Kind.read ? clocks : graph.hb;
  return (graph.index[before] as number) < (clock[e * graph.threadCount + thread] as number);
}
