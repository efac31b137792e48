import { type Graph, INIT } from '../graph.js';
import { Kind, Order } from '../order.js';

/**
 * RC11's psc axiom in full, for graphs with sequentially consistent accesses: as it is written down, over all pairs.
 * Such graphs are small: the ring code has fences and no such accesses.
 *
 *     scb      = po | po≠loc ; hb ; po≠loc | hb=loc | co | fr
 *     psc_base = ([SC] | [F] ; hb?) ; scb ; ([SC] | hb? ; [F])
 *     psc_F    = [F] ; (hb | hb ; eco ; hb) ; [F]
 */
export function isPscAcyclic(graph: Graph): boolean {
  const nodes: number[] = [];
  for (let e = 0; e < graph.size; e++) if (isSequential(graph, e)) nodes.push(e);
  const edges = new Map(nodes.map((a) => [a, nodes.filter((b) => a !== b && isPscBefore(graph, a, b))]));
  return !hasCycle(nodes, edges);
}

function isSequential(graph: Graph, e: number): boolean {
  const { sequential, full } = Order;
  return graph.kind[e] === Kind.fence ? graph.order[e] === full : graph.order[e] === sequential;
}

function isPscBefore(graph: Graph, a: number, b: number): boolean {
  const starts = isFence(graph, a) ? [a, ...all(graph).filter((x) => graph.happensBefore(a, x))] : [a];
  const ends = isFence(graph, b) ? [b, ...all(graph).filter((x) => graph.happensBefore(x, b))] : [b];
  if (starts.some((x) => ends.some((y) => x !== y && isScBefore(graph, x, y)))) return true;
  if (!isFence(graph, a) || !isFence(graph, b)) return false;
  if (graph.happensBefore(a, b)) return true;
  return starts.some((x) => x !== a && ends.some((y) => y !== b && isEcoBefore(graph, x, y)));
}

function isScBefore(graph: Graph, x: number, y: number): boolean {
  if (graph.thread[x] === graph.thread[y] && (graph.index[x] as number) < (graph.index[y] as number))
    return true;
  if (isAccess(graph, x) && isAccess(graph, y) && graph.location[x] === graph.location[y]) {
    if (graph.happensBefore(x, y) || isOverwrittenBy(graph, x, y)) return true;
  }
  return all(graph).some(
    (u) =>
      isPoElsewhere(graph, x, u) &&
      all(graph).some((v) => graph.happensBefore(u, v) && isPoElsewhere(graph, v, y)),
  );
}

function isPoElsewhere(graph: Graph, x: number, y: number): boolean {
  if (graph.thread[x] !== graph.thread[y] || (graph.index[x] as number) >= (graph.index[y] as number))
    return false;
  return !isAccess(graph, x) || !isAccess(graph, y) || graph.location[x] !== graph.location[y];
}

/** co or fr. */
function isOverwrittenBy(graph: Graph, x: number, y: number): boolean {
  return graph.kind[y] === Kind.write && x !== y && position(graph, x) < (graph.coPosition[y] as number);
}

/** eco = (rf | co | fr)+: what is later at one location, in the value it has or leaves. */
function isEcoBefore(graph: Graph, x: number, y: number): boolean {
  if (!isAccess(graph, x) || !isAccess(graph, y) || graph.location[x] !== graph.location[y] || x === y)
    return false;
  if (isOverwrittenBy(graph, x, y)) return true;
  if (graph.kind[y] !== Kind.read) return false;
  const write = graph.rf[y] as number;
  return write !== INIT && (write === x || isOverwrittenBy(graph, x, write));
}

function position(graph: Graph, e: number): number {
  return graph.kind[e] === Kind.write ? (graph.coPosition[e] as number) : graph.rfPosition(e);
}

function isFence(graph: Graph, e: number): boolean {
  return graph.kind[e] === Kind.fence;
}

function isAccess(graph: Graph, e: number): boolean {
  return graph.kind[e] === Kind.read || graph.kind[e] === Kind.write;
}

function all(graph: Graph): number[] {
  return Array.from({ length: graph.size }, (_, e) => e);
}

function hasCycle(nodes: readonly number[], edges: ReadonlyMap<number, readonly number[]>): boolean {
  const done = new Set<number>();
  const open = new Set<number>();
  const visit = (node: number): boolean => {
    if (done.has(node)) return false;
    if (open.has(node)) return true;
    open.add(node);
    const found = (edges.get(node) ?? []).some(visit);
    done.add(node);
    return found;
  };
  return nodes.some(visit);
}
