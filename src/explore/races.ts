import { type Graph, INIT } from './graph.js';
import { Kind, Order } from './order.js';

export const RACE_MESSAGE = 'two accesses to the same bytes are ordered by nothing, and one of them is plain';

/**
 * An access that races with the newest event `e`: to the same location, one of the two a write, one of them plain, and
 * neither happens before the other. -1 when there is none. Later events are checked when they come.
 */
export function racingWith(graph: Graph, e: number): number {
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
  for (let at = -1; at < co.length; at++) {
    const write = at === -1 ? INIT : (co[at] as number);
    for (let r = graph.readersOf(write, location); r !== -1; r = graph.nextReader[r] as number) {
      if ((isPlain || graph.order[r] === Order.plain) && !isOrdered(graph, r, e)) return r;
    }
  }
  return -1;
}

/** Whether two accesses race with each other, whichever of them came first. */
export function isRace(graph: Graph, a: number, b: number): boolean {
  const isAccess = [a, b].every((e) => graph.kind[e] === Kind.read || graph.kind[e] === Kind.write);
  const hasWrite = graph.kind[a] === Kind.write || graph.kind[b] === Kind.write;
  const hasPlain = graph.order[a] === Order.plain || graph.order[b] === Order.plain;
  if (!isAccess || !hasWrite || !hasPlain || graph.location[a] !== graph.location[b]) return false;
  return !isOrdered(graph, a, b) && !isOrdered(graph, b, a);
}

function isOrdered(graph: Graph, before: number, e: number): boolean {
  return graph.thread[before] === graph.thread[e] || graph.happensBefore(before, e);
}
