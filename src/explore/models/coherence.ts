import type { Graph } from '../graph.js';
import { Kind } from '../order.js';

/**
 * Coherence within a thread, the half of "sequentially consistent per location" that the newest event of a thread can
 * break: it neither reads nor is ordered before a write that its own thread has already read or overwritten.
 */
export function isCoherent(graph: Graph, e: number): boolean {
  const before = graph.previousSame[e] as number;
  if (before === -1) return true;
  const isWrite = graph.kind[before] === Kind.write;
  const bound = isWrite ? (graph.coPosition[before] as number) : graph.rfPosition(before);
  if (graph.kind[e] === Kind.read) return graph.rfPosition(e) >= bound;
  return (graph.coPosition[e] as number) > bound;
}

/** The write behind the one that `e` is or reads from, in coherence order; -1 when that is the last. */
export function nextWrite(graph: Graph, e: number): number {
  const co = graph.co[graph.location[e] as number] as number[];
  const position = graph.kind[e] === Kind.write ? (graph.coPosition[e] as number) : graph.rfPosition(e);
  return co[position + 1] ?? -1;
}
