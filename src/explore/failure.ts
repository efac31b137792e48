import type { Graph } from './graph.js';

export type FailureKind =
  /** A thread threw, or the program's check did. */
  | 'assertion'
  /** Threads sleep, and nobody is left who could wake them. */
  | 'lost-wakeup'
  /** Two accesses that are ordered by nothing, one of them plain and one a write. */
  | 'race';

/** What is wrong with an execution. */
export interface Finding {
  readonly kind: FailureKind;
  readonly message: string;
  /** What was thrown, of an assertion. */
  readonly error?: unknown;
  /** The thread that it shows in; -1 when it is about all of them. */
  readonly thread: number;
  /** The events it is about: the two of a race, the sleeps of a lost wakeup. */
  readonly events: readonly number[];
  /** In the order in which they became early. With any, there is no sequence of the execution. */
  readonly earlyReads?: readonly EarlyRead[];
  /** Of a thread that threw over an early read: the accesses that it had made. The graph has all it makes without. */
  readonly thrownAfter?: number;
}

/** A read of a complete execution that was given, afterwards, a write that comes of it. */
export interface EarlyRead {
  readonly read: number;
  readonly write: number;
  /** The write that it took its value from before, and that value. */
  readonly first: number;
  readonly firstValue: number;
}

/** Gets every finding with the graph it is in, which goes on changing afterwards. Returns whether to stop. */
export type OnFinding = (finding: Finding, graph: Graph) => boolean;
