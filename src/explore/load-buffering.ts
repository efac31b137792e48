import { canBeEarly, EarlyReads } from './early-reads.js';
import type { Finding } from './failure.js';
import { type Graph, INIT } from './graph.js';
import type { Locations } from './locations.js';
import { OrderedBefore } from './models/armv8-axioms.js';
import { Kind } from './order.js';
import type { Program } from './program.js';

/**
 * ARMv8 lets a read wait until writes behind it are visible, so a read can take its value from a write that comes of
 * it through program order and reads-from. The exploration never builds such graphs; here they are made of those it
 * has built, by {@link EarlyReads}. The reads of read-modify-writes are left as they are.
 */
export class LoadBuffering {
  /** Executions found. */
  count = 0;
  private readonly early: EarlyReads;
  private readonly onFinding: (finding: Finding) => void;
  /** One graph is reached from several. */
  private readonly seen = new Set<string>();

  constructor(program: Program, locations: Locations, onFinding: (finding: Finding) => void) {
    this.early = new EarlyReads(program, locations);
    this.onFinding = onFinding;
  }

  /** Looks for executions in which the reads of a complete graph are given other writes, and judges those. */
  examine(graph: Graph): void {
    for (const [read, write] of candidates(graph)) {
      if (this.early.give(graph, read, write)) this.judge(graph);
      this.early.takeBack(graph);
    }
  }

  private judge(graph: Graph): void {
    const key = keyOf(graph);
    if (this.seen.has(key)) return;
    const rerun = this.early.rerun(graph);
    if (rerun.kind === 'other') return;
    const isWhole = rerun.kind === 'same';
    if (isWhole) {
      this.seen.add(key);
      this.count += 1;
    }
    const finding = this.early.findingOf(graph, isWhole ? null : rerun);
    if (finding !== null) this.onFinding(finding);
    if (isWhole) this.examine(graph);
  }
}

/** Reads, and the writes that come of them and are not bound to come after them. */
function candidates(graph: Graph): [number, number][] {
  const found: [number, number][] = [];
  let order: OrderedBefore | null = null;
  for (let read = 0; read < graph.size; read++) {
    if (graph.kind[read] !== Kind.read || graph.isUpdate(read)) continue;
    const co = graph.co[graph.location[read] as number] as number[];
    const writes = co.filter((write) => canBeEarly(graph, read, write));
    if (writes.length === 0) continue;
    order ??= new OrderedBefore(graph);
    for (const write of order.notAfter(read, writes)) found.push([read, write]);
  }
  return found;
}

/** A graph's reads-from and coherence, in numbers that do not depend on how it was built. */
function keyOf(graph: Graph): string {
  const nameOf = (e: number): string => (e === INIT ? '' : `${graph.thread[e]}.${graph.index[e]}`);
  const reads = graph.po
    .flat()
    .map((e) => (graph.kind[e] === Kind.read ? nameOf(graph.rf[e] as number) : '-'));
  return `${reads.join(' ')}|${graph.co.map((writes) => writes.map(nameOf).join(' ')).join('|')}`;
}
