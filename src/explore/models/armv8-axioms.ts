import { type Graph, INIT } from '../graph.js';
import { Kind, Order } from '../order.js';
import { Between } from './armv8.js';

/**
 * The ARMv8 model over a whole graph, for those in which program order and reads-from form a cycle: nothing about them
 * can be concluded from how they grew. Lists of readers and clocks are not looked at, so `rf` may be changed in place.
 */
export function isArmv8Consistent(graph: Graph): boolean {
  return isCoherentEverywhere(graph) && new OrderedBefore(graph).isAcyclic();
}

/** Sequentially consistent at each location, and nothing is written between the halves of a read-modify-write. */
function isCoherentEverywhere(graph: Graph): boolean {
  for (let e = 0; e < graph.size; e++) {
    const kind = graph.kind[e];
    const before = graph.previousSame[e] as number;
    if ((kind !== Kind.read && kind !== Kind.write) || before === -1) continue;
    const step = positionOf(graph, e) - positionOf(graph, before);
    if (step < 0 || (step === 0 && kind === Kind.write)) return false;
    if (kind === Kind.write && graph.isUpdate(e) && step !== 1) return false;
  }
  return true;
}

const State = { unknown: 0, open: 1, done: 2 } as const;

/** Which events of a graph are ordered before which, as rows of bits. */
export class OrderedBefore {
  private readonly graph: Graph;
  private readonly words: number;
  private readonly rows: Int32Array;
  private readonly state: Uint8Array;
  /** Readers of each write, as lists. */
  private readonly firstReader: Int32Array;
  private readonly nextReader: Int32Array;
  private hasCycle = false;

  constructor(graph: Graph) {
    const { size } = graph;
    this.graph = graph;
    this.words = Math.ceil(size / 32);
    this.rows = new Int32Array((size + 1) * this.words);
    this.state = new Uint8Array(size);
    this.firstReader = new Int32Array(size).fill(-1);
    this.nextReader = new Int32Array(size);
    for (let e = 0; e < size; e++) {
      const write = graph.rf[e] as number;
      if (graph.kind[e] !== Kind.read || write === INIT) continue;
      this.nextReader[e] = this.firstReader[write] as number;
      this.firstReader[write] = e;
    }
  }

  isAcyclic(): boolean {
    for (let e = 0; e < this.graph.size && !this.hasCycle; e++) this.complete(e);
    return !this.hasCycle;
  }

  /** Which of `writes` are not ordered after a read, if one does not look at what it reads. The order has no cycle. */
  notAfter(read: number, writes: readonly number[]): number[] {
    const spare = this.graph.size;
    this.rows.fill(0, spare * this.words);
    this.addLocal(read, spare);
    return writes.filter((write) => !this.has(spare, write));
  }

  private has(row: number, e: number): boolean {
    return (((this.rows[row * this.words + (e >> 5)] as number) >> (e & 31)) & 1) === 1;
  }

  /** Fills the row of `e` and of all that are behind it. */
  private complete(e: number): void {
    if (this.state[e] !== State.unknown) {
      this.hasCycle ||= this.state[e] === State.open;
      return;
    }
    this.state[e] = State.open;
    this.addLocal(e, e);
    const kind = this.graph.kind[e];
    if (kind === Kind.read || kind === Kind.write) this.addExternal(e);
    this.state[e] = State.done;
  }

  private add(row: number, later: number): void {
    if (this.hasCycle || this.has(row, later)) return;
    this.complete(later);
    const [rows, words] = [this.rows, this.words];
    for (let w = 0; w < words; w++)
      rows[row * words + w] = (rows[row * words + w] as number) | (rows[later * words + w] as number);
    const at = row * words + (later >> 5);
    rows[at] = (rows[at] as number) | (1 << (later & 31));
  }

  private addLocal(e: number, row: number): void {
    const graph = this.graph;
    const po = graph.po[graph.thread[e] as number] as number[];
    const between = new Between(graph, e);
    for (let at = (graph.index[e] as number) + 1; at < po.length; at++) {
      const later = po[at] as number;
      if (between.orders(later)) this.add(row, later);
      // A full fence is ordered before all that is behind it.
      if (graph.kind[later] === Kind.fence && graph.order[later] === Order.full) return;
      between.pass(later);
    }
  }

  private addExternal(e: number): void {
    const graph = this.graph;
    const thread = graph.thread[e];
    if (graph.kind[e] === Kind.write) {
      for (let r = this.firstReader[e] as number; r !== -1; r = this.nextReader[r] as number)
        if (graph.thread[r] !== thread) this.add(e, r);
    }
    const co = graph.co[graph.location[e] as number] as number[];
    for (let at = positionOf(graph, e) + 1; at < co.length; at++)
      if (graph.thread[co[at] as number] !== thread) this.add(e, co[at] as number);
  }
}

function positionOf(graph: Graph, e: number): number {
  return graph.kind[e] === Kind.write ? (graph.coPosition[e] as number) : graph.rfPosition(e);
}
