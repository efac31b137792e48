import { type Graph, INIT } from './graph.js';
import { acquires, Kind, Order, releases } from './order.js';

/** Which happens-before a profile has: none, C11's, or JavaScript's, where only sequential accesses synchronise. */
export type HappensBefore = 'none' | 'c11' | 'js';

/**
 * Computes the clocks of event `e`, the newest of its thread, from those of what is directly before it. They depend
 * on nothing that is added later, so they are computed once, and again only when a read is given another write.
 */
export function computeClocks(graph: Graph, e: number, happensBefore: HappensBefore): void {
  const { threadCount, porf } = graph;
  const thread = graph.thread[e] as number;
  const index = graph.index[e] as number;
  const before = index === 0 ? -1 : ((graph.po[thread] as number[])[index - 1] as number);
  copyRow(porf, e, before, threadCount);
  porf[e * threadCount + thread] = index + 1;
  const rf = graph.kind[e] === Kind.read ? (graph.rf[e] as number) : INIT;
  if (rf !== INIT) joinRow(porf, e, porf, rf, threadCount);
  if (happensBefore !== 'none') computeHappensBefore(graph, e, before, rf, happensBefore === 'js');
}

function computeHappensBefore(graph: Graph, e: number, before: number, rf: number, js: boolean): void {
  const { threadCount, hb, released, pending, fenced } = graph;
  copyRow(hb, e, before, threadCount);
  copyRow(pending, e, before, threadCount);
  copyRow(fenced, e, before, threadCount);
  hb[e * threadCount + (graph.thread[e] as number)] = (graph.index[e] as number) + 1;
  const order = graph.order[e] as number;
  switch (graph.kind[e] as number) {
    case Kind.read:
      if (rf === INIT || order === Order.plain) return;
      if (js || acquires(order)) joinRow(hb, e, released, rf, threadCount);
      else joinRow(pending, e, released, rf, threadCount);
      return;
    case Kind.write:
      computeReleased(graph, e, before, js);
      return;
    case Kind.fence:
      if (js || order === Order.none) return;
      if (order !== Order.writes) joinRow(hb, e, pending, e, threadCount);
      if (order !== Order.reads) copyRow(fenced, e, hb, threadCount, e);
      break;
    default:
  }
}

/** What a reader of write `e` synchronises with: all before a release, and what the last release fence covered. */
function computeReleased(graph: Graph, e: number, before: number, js: boolean): void {
  const { threadCount, hb, released, fenced } = graph;
  const order = graph.order[e] as number;
  if (order === Order.plain) {
    released.fill(0, e * threadCount, (e + 1) * threadCount);
    return;
  }
  if (js || releases(order)) copyRow(released, e, hb, threadCount, e);
  else copyRow(released, e, fenced, threadCount, e);
  // The write of a read-modify-write goes on with the release sequence that its read is part of.
  if (graph.isUpdate(e) && before !== -1) {
    const from = graph.rf[before] as number;
    if (from !== INIT) joinRow(released, e, released, from, threadCount);
  }
}

/** `table[e] = source[from]`; zeros when there is nothing to copy. */
function copyRow(table: Int32Array, e: number, from: number | Int32Array, width: number, at = -1): void {
  const source = typeof from === 'number' ? table : from;
  const row = typeof from === 'number' ? from : at;
  if (row === -1) table.fill(0, e * width, (e + 1) * width);
  else for (let t = 0; t < width; t++) table[e * width + t] = source[row * width + t] as number;
}

/** `table[e] = max(table[e], source[from])`. */
function joinRow(table: Int32Array, e: number, source: Int32Array, from: number, width: number): void {
  for (let t = 0; t < width; t++) {
    const other = source[from * width + t] as number;
    if (other > (table[e * width + t] as number)) table[e * width + t] = other;
  }
}
