import type { WireError } from '../errors.js';
import type { ExplorerCounts } from './explorer.js';
import type { FailureReport } from './failure-report.js';
import type { ProfileName } from './models/model.js';

/** Why not every graph was looked at. */
export type Bound = 'random' | 'first-failure' | 'max-events' | 'limit' | 'interrupted';

/**
 * `pass`: every execution was built, and nothing is wrong in any. `bounded`: nothing was found, and not everything was
 * looked at. `error`: the program cannot be explored, or a thread of vring died.
 */
export type ProfileVerdict = 'pass' | 'fail' | 'bounded' | 'error';

/** A failure, and how many graphs show it. */
export interface FoundFailure extends FailureReport {
  readonly graphs: number;
  /** With fewer buffers than that the program was explored to the end and does not fail; null where nobody looked. */
  readonly fewest_buffers: number | null;
}

/** How far a search at random came. */
export interface RandomFigures {
  readonly seed: number;
  /** Executions; their numbers with the seed give them again. */
  readonly runs: number;
  /** Different options that were drawn; 1 when none were. */
  readonly combinations: number;
}

/** What came of one profile. The keys are a contract with scripts, and part of `vring explore --json`. */
export interface ProfileReport {
  readonly profile: ProfileName;
  readonly verdict: ProfileVerdict;
  /** Every execution that the profile allows was built. */
  readonly exhaustive: boolean;
  readonly bounded_by: readonly Bound[];
  readonly graphs_complete: number;
  /** Prefixes in which a thread sleeps whom the rest of another graph wakes; at random, what the model refused. */
  readonly graphs_blocked: number;
  /** Cut off at the limit of events. */
  readonly graphs_bounded: number;
  /** Ended by a throw or a race in the middle. */
  readonly graphs_failed: number;
  readonly failures: readonly FoundFailure[];
  readonly error: WireError | null;
  /** Null when all executions were to be built. */
  readonly random: RandomFigures | null;
  readonly workers: number;
  readonly elapsed_s: number;
}

/** All graphs that were built. */
export function totalOf({ complete, blocked, bounded, failed }: ExplorerCounts): number {
  return complete + blocked + bounded + failed;
}

export function graphsOf(report: ProfileReport): number {
  const { graphs_complete, graphs_blocked, graphs_bounded, graphs_failed } = report;
  return graphs_complete + graphs_blocked + graphs_bounded + graphs_failed;
}
