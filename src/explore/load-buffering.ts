import { findingAtEnd } from './end.js';
import { ExploreError } from './errors.js';
import { describeThrown, Execution, type Grower, type RunOutcome } from './execution.js';
import type { Finding } from './failure.js';
import { type Graph, INIT, ThreadState } from './graph.js';
import type { Locations } from './locations.js';
import { isArmv8Consistent, OrderedBefore } from './models/armv8-axioms.js';
import { Kind } from './order.js';
import type { Program } from './program.js';

/** A thread that comes to an access of its own here depends on what it read. */
const NOTHING_NEW: Grower = {
  addRead: () => 'infeasible',
  addWrite: () => 'infeasible',
  addOther: () => 'infeasible',
};

const NOTE = 'a read takes its value from a write that comes of it (load buffering)';

/**
 * ARMv8 lets a read wait until writes behind it are visible, so a read can take its value from a write that comes of
 * it through program order and reads-from. The exploration never builds such graphs; here they are made of those it
 * has built. A read is given a later write, and its thread is run again with the new value. When the thread makes the
 * very accesses it made before, with the values it wrote before, none of them depends on the read, and the axioms say
 * whether the graph is an execution. The reads of read-modify-writes are left as they are.
 */
export class LoadBuffering {
  /** Executions found. */
  count = 0;
  readonly #program: Program;
  readonly #execution: Execution;
  readonly #onFinding: (finding: Finding) => void;
  /** One graph is reached from several. */
  readonly #seen = new Set<string>();

  constructor(program: Program, locations: Locations, onFinding: (finding: Finding) => void) {
    this.#program = program;
    this.#execution = new Execution(program, locations, NOTHING_NEW);
    this.#onFinding = onFinding;
  }

  /** Looks for executions in which the reads of a complete graph are given other writes, and judges those. */
  examine(graph: Graph): void {
    for (const [read, write] of candidates(graph)) this.#try(graph, read, write);
  }

  /** The graph is changed in place, without its lists of readers and its clocks, and changed back. */
  #try(graph: Graph, read: number, write: number): void {
    const thread = graph.thread[read] as number;
    const [rf, value, result] = [
      graph.rf[read] as number,
      graph.value[read] as number,
      graph.results[thread],
    ];
    graph.rf[read] = write;
    graph.value[read] = graph.value[write] as number;
    if (isArmv8Consistent(graph)) this.#judge(graph, read, write);
    graph.rf[read] = rf;
    graph.value[read] = value;
    graph.results[thread] = result;
    graph.state[thread] = ThreadState.finished;
  }

  #judge(graph: Graph, read: number, write: number): void {
    const key = keyOf(graph);
    if (this.#seen.has(key)) return;
    const outcome = this.#runAgain(graph, graph.thread[read] as number);
    if (typeof outcome === 'object') {
      // What the thread did not get to any more must not be what the write comes of.
      if (this.#execution.accessCount < indexBehind(graph, graph.thread[read] as number, write)) return;
      this.#report(graph, read, write, describeThrown(outcome.error), outcome.error);
      return;
    }
    if (outcome !== 'go-on' || graph.state[graph.thread[read] as number] !== ThreadState.finished) return;
    this.#seen.add(key);
    this.count += 1;
    const finding = findingAtEnd(this.#program, graph);
    if (finding !== null)
      this.#onFinding({ ...finding, message: `${finding.message}; ${NOTE}`, isCircular: true });
    for (const [other, its] of candidates(graph)) this.#try(graph, other, its);
  }

  #runAgain(graph: Graph, thread: number): RunOutcome {
    graph.state[thread] = ThreadState.unknown;
    try {
      return this.#execution.runThread(graph, thread);
    } catch (error) {
      if (error instanceof ExploreError && error.code === 'EXPLORE_NONDETERMINISM') return 'infeasible';
      throw error;
    }
  }

  #report(graph: Graph, read: number, write: number, message: string, error: unknown): void {
    const thread = graph.thread[read] as number;
    this.#onFinding({
      kind: 'assertion',
      message: `${message}; ${NOTE}`,
      isCircular: true,
      error,
      thread,
      events: [read, write],
    });
  }
}

/** Reads, and the writes that come of them and are not bound to come after them. */
function candidates(graph: Graph): [number, number][] {
  const found: [number, number][] = [];
  let order: OrderedBefore | null = null;
  for (let read = 0; read < graph.size; read++) {
    if (graph.kind[read] !== Kind.read || graph.isUpdate(read)) continue;
    const writes = laterWrites(graph, read);
    if (writes.length === 0) continue;
    order ??= new OrderedBefore(graph);
    for (const write of order.notAfter(read, writes)) found.push([read, write]);
  }
  return found;
}

function laterWrites(graph: Graph, read: number): number[] {
  return (graph.co[graph.location[read] as number] as number[]).filter(
    (write) =>
      write !== graph.rf[read] && graph.thread[write] !== graph.thread[read] && graph.isInPrefix(read, write),
  );
}

/** How many accesses of a thread a write comes of. */
function indexBehind(graph: Graph, thread: number, write: number): number {
  return graph.porf[write * graph.threadCount + thread] as number;
}

/** A graph's reads-from and coherence, in numbers that do not depend on how it was built. */
function keyOf(graph: Graph): string {
  const nameOf = (e: number): string => (e === INIT ? '' : `${graph.thread[e]}.${graph.index[e]}`);
  const reads = graph.po
    .flat()
    .map((e) => (graph.kind[e] === Kind.read ? nameOf(graph.rf[e] as number) : '-'));
  return `${reads.join(' ')}|${graph.co.map((writes) => writes.map(nameOf).join(' ')).join('|')}`;
}
