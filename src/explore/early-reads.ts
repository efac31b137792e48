import { findingAtEnd } from './end.js';
import { ExploreError } from './errors.js';
import { describeThrown, Execution, type Grower, type ThrownByThread } from './execution.js';
import type { EarlyRead, Finding } from './failure.js';
import { type Graph, ThreadState } from './graph.js';
import type { Locations } from './locations.js';
import { isArmv8Consistent } from './models/armv8-axioms.js';
import { Kind } from './order.js';
import type { Program } from './program.js';

/** A graph has all accesses that its threads make, or it was cut: then a thread goes on behind what it has. */
const NOTHING_NEW: Grower = {
  addRead: () => 'bounded',
  addWrite: () => 'bounded',
  addOther: () => 'bounded',
};

const NOTE = 'a read takes its value from a write that comes of it (load buffering)';

/** What the thread of an early read does with its new value. */
export type Rerun =
  /** The very accesses it made before. */
  | { readonly kind: 'same' }
  | ({ readonly kind: 'thrown' } & ThrownByThread)
  /** Its access `at` is the first that is another one: it depends on the read. */
  | { readonly kind: 'other'; readonly at: number };

interface Given extends EarlyRead {
  readonly state: number;
  readonly result: unknown;
}

/**
 * Gives reads of a graph, one after the other, writes that come of them. When the thread of such a read, run again,
 * makes the accesses that it made before, with the values that it wrote before, none of them depends on the read, and
 * the axioms say whether the graph is an execution. The graph is changed in place, without its lists of readers and its
 * clocks.
 */
export class EarlyReads {
  private readonly program: Program;
  private readonly execution: Execution;
  private readonly given: Given[] = [];

  constructor(program: Program, locations: Locations) {
    this.program = program;
    this.execution = new Execution(program, locations, NOTHING_NEW);
  }

  /** Lets a read take its value from a write for which {@link canBeEarly} says so; whether the axioms allow that. */
  give(graph: Graph, read: number, write: number): boolean {
    const thread = graph.thread[read] as number;
    this.given.push({
      read,
      write,
      first: graph.rf[read] as number,
      firstValue: graph.value[read] as number,
      state: graph.state[thread] as number,
      result: graph.results[thread],
    });
    graph.rf[read] = write;
    graph.value[read] = graph.value[write] as number;
    return isArmv8Consistent(graph);
  }

  /** Undoes what was given last. */
  takeBack(graph: Graph): void {
    const { read, first, firstValue, state, result } = this.given.pop() as Given;
    const thread = graph.thread[read] as number;
    graph.rf[read] = first;
    graph.value[read] = firstValue;
    graph.state[thread] = state;
    graph.results[thread] = result;
  }

  /** Runs the thread of the newest early read again; `isCut` when the graph has only the first of its accesses. */
  rerun(graph: Graph, isCut: boolean = false): Rerun {
    const thread = graph.thread[(this.given.at(-1) as Given).read] as number;
    graph.state[thread] = ThreadState.unknown;
    try {
      const outcome = this.execution.runThread(graph, thread);
      const made = this.execution.accessCount;
      if (typeof outcome === 'object') {
        const isReached = !this.comesOfLater(graph, thread, made);
        return isReached ? { kind: 'thrown', ...outcome } : { kind: 'other', at: made };
      }
      const isSame = outcome === 'bounded' ? isCut : graph.state[thread] === ThreadState.finished;
      return isSame ? { kind: 'same' } : { kind: 'other', at: made - 1 };
    } catch (error) {
      if (error instanceof ExploreError && error.code === 'EXPLORE_NONDETERMINISM')
        return { kind: 'other', at: Number(error.fields['access']) };
      throw error;
    }
  }

  /** What is wrong with the graph as it is now, after {@link rerun}; null when nothing is. */
  findingOf(graph: Graph, rerun: ThrownByThread | null): Finding | null {
    const earlyReads = [...this.given];
    if (rerun === null) {
      const finding = findingAtEnd(this.program, graph);
      return finding && { ...finding, message: `${finding.message}; ${NOTE}`, earlyReads };
    }
    const { thread, error } = rerun;
    const { read, write } = this.given.at(-1) as Given;
    return {
      kind: 'assertion',
      message: `${describeThrown(error)}; ${NOTE}`,
      error,
      thread,
      events: [read, write],
      earlyReads,
      thrownAfter: this.execution.accessCount,
    };
  }

  /** Whether what a thread threw comes of an access of its own that it did not get to any more. */
  private comesOfLater(graph: Graph, thread: number, made: number): boolean {
    const po = graph.po[thread] as number[];
    const [last, next] = [po[Math.min(made, po.length) - 1] as number, po[made]];
    return next !== undefined && prefixOf(graph, [last], this.given)[next] === true;
  }
}

/** Whether a write comes of a read and may be what the read takes its value from, for all that is local to the two. */
export function canBeEarly(graph: Graph, read: number, write: number): boolean {
  return (
    graph.kind[read] === Kind.read &&
    graph.kind[write] === Kind.write &&
    !graph.isUpdate(read) &&
    graph.location[read] === graph.location[write] &&
    graph.thread[read] !== graph.thread[write] &&
    graph.rf[read] !== write &&
    graph.isInPrefix(read, write)
  );
}

/** By event: whether some of `ends` come of it, or are it; by what early reads took at first, and by what they take. */
export function prefixOf(
  graph: Graph,
  ends: readonly number[],
  earlyReads: readonly EarlyRead[],
): readonly boolean[] {
  const all = [...ends];
  // The list grows while it is gone through.
  for (const end of all) {
    for (const { read, write } of earlyReads)
      if (graph.isInPrefix(read, end) && !all.includes(write)) all.push(write);
  }
  return Array.from({ length: graph.size }, (_, e) => all.some((end) => graph.isInPrefix(e, end)));
}

/** Calls a function while the early reads take what they took at first, as far as reads-from says. */
export function asAtFirst<T>(graph: Graph, earlyReads: readonly EarlyRead[], call: () => T): T {
  for (const { read, first } of earlyReads.toReversed()) graph.rf[read] = first;
  const result = call();
  for (const { read, write } of earlyReads) graph.rf[read] = write;
  return result;
}
