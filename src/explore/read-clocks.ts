import { type Graph, INIT } from './graph.js';
import { acquires, Kind, Order, releases } from './order.js';

/**
 * A clock for each event of which *reads* are before it, where {@link Graph.hb} says so of writes. The two differ where
 * a store-store barrier publishes: it orders no read that came before, so whoever hears of the publication knows
 * nothing of those, and a write of his over what they read races with them (the buffer is reused too early).
 *
 * `threadCount` numbers an event, as the clocks of a graph. Computed from scratch: only programs with such barriers
 * ask for it.
 */
export function readClocks(graph: Graph): Int32Array {
  const width = graph.threadCount;
  const rows = { hb: table(graph), released: table(graph), pending: table(graph), fenced: table(graph) };
  // A read can take its value from an event with a higher number, so once through is not always enough.
  for (let changed = true; changed;) {
    changed = false;
    for (let e = 0; e < graph.size; e++) changed = update(graph, rows, e, width) || changed;
  }
  return rows.hb;
}

interface Rows {
  readonly hb: Int32Array;
  readonly released: Int32Array;
  readonly pending: Int32Array;
  readonly fenced: Int32Array;
}

function update(graph: Graph, rows: Rows, e: number, width: number): boolean {
  const { hb, released, pending, fenced } = rows;
  const thread = graph.thread[e] as number;
  const index = graph.index[e] as number;
  const order = graph.order[e] as number;
  const before = index === 0 ? -1 : ((graph.po[thread] as number[])[index - 1] as number);
  let changed = false;
  const join = (to: Int32Array, from: Int32Array, row: number): void => {
    if (row === -1) return;
    for (let t = 0; t < width; t++) {
      if ((from[row * width + t] as number) <= (to[e * width + t] as number)) continue;
      to[e * width + t] = from[row * width + t] as number;
      changed = true;
    }
  };
  hb[e * width + thread] = index + 1;
  join(hb, hb, before);
  join(pending, pending, before);
  join(fenced, fenced, before);
  if (graph.kind[e] === Kind.read && order !== Order.plain) {
    join(acquires(order) ? hb : pending, released, graph.rf[e] === INIT ? -1 : (graph.rf[e] as number));
  } else if (graph.kind[e] === Kind.write && order !== Order.plain) {
    join(released, releases(order) ? hb : fenced, e);
    const own = graph.isUpdate(e) && before !== -1 ? (graph.rf[before] as number) : INIT;
    if (own !== INIT) join(released, released, own);
  } else if (graph.kind[e] === Kind.fence && (order === Order.full || order === Order.reads)) {
    join(hb, pending, e);
    if (order === Order.full) join(fenced, hb, e);
  }
  return changed;
}

function table(graph: Graph): Int32Array {
  return new Int32Array(graph.size * graph.threadCount);
}
