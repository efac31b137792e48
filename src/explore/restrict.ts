import { type Graph, INIT } from './graph.js';
import { Kind } from './order.js';

/**
 * Whether event `x` is before the write `e` in program order and reads-from. `e` may have been cut off the graph: its
 * columns and clocks last until another event is added.
 */
function isBeforeWrite(graph: Graph, x: number, e: number): boolean {
  return x !== e && graph.isInPrefix(x, e);
}

/**
 * Makes `target` what is left of `source` when `read` is to take its value from a write that came later: everything
 * up to the read, and what the write depends on. The write itself has been cut off the source, and is added to the
 * target without a place. Returns the read's number there; it is linked to nothing.
 */
export function restrict(source: Graph, target: Graph, read: number, write: number): number {
  if (numbers.length <= write) numbers = new Int32Array(2 * write);
  let size = 0;
  for (let x = 0; x < write; x++) numbers[x] = x <= read || isBeforeWrite(source, x, write) ? size++ : -1;
  numbers[write] = size++;
  target.copyPart(source, numbers, size, read, write);
  for (let t = 0; t < source.threadCount; t++) {
    if (t === source.thread[read] || t === source.thread[write]) continue;
    if ((source.po[t] as number[]).length !== (target.po[t] as number[]).length) continue;
    target.state[t] = source.state[t] as number;
    target.results[t] = source.results[t];
  }
  return numbers[read] as number;
}

/** By event of the source: its number in the target, or -1. Kept, since it is needed all the time. */
let numbers: Int32Array = new Int32Array(128);

/**
 * Whether everything that a revisit of `read` would drop, and the read itself, was added in the one way that counts:
 * reading the newest write, and written at the end, of what was there then or what the new write depends on. Of all
 * explorations that end in one graph, exactly one passes (TruSt, POPL 2022).
 */
export function isRevisitable(graph: Graph, read: number, write: number): boolean {
  if (!isMaximal(graph, read, write)) return false;
  for (let x = read + 1; x < graph.size; x++) {
    if (x === write || isBeforeWrite(graph, x, write)) continue;
    if (!isMaximal(graph, x, write)) return false;
  }
  return true;
}

function isMaximal(graph: Graph, x: number, write: number): boolean {
  const kind = graph.kind[x];
  if (kind !== Kind.read && kind !== Kind.write) return true;
  if (kind === Kind.write) {
    for (let r = graph.firstReader[x] as number; r !== -1; r = graph.nextReader[r] as number)
      if (r <= x || isBeforeWrite(graph, r, write)) return false;
  }
  const from = kind === Kind.read ? (graph.rf[x] as number) : x;
  if (from > x && !isBeforeWrite(graph, from, write)) return false;
  const co = graph.co[graph.location[x] as number] as number[];
  for (let at = from === INIT ? 0 : (graph.coPosition[from] as number) + 1; at < co.length; at++) {
    const later = co[at] as number;
    if (later !== write && (later <= x || isBeforeWrite(graph, later, write))) return false;
  }
  return true;
}
