import { nowMs } from '../../clock.js';
import { ExitCode } from '../../exit-code.js';
import type { ExploreProgress } from '../../explore/profile-search.js';
import type { StressFailure, StressPlan } from '../run-stress.js';
import { beyondPrograms } from './beyond.js';
import { type HandedOver, handOver } from './hand-over.js';
import { shrink, type Shrunk } from './shrink.js';

/** What is known of a failure besides that it happened. */
export interface Explanation {
  /** Null when the round did not fail again. */
  readonly shrunk: Shrunk | null;
  readonly handedOver: HandedOver;
  /** What the configuration has and an explored program has not. */
  readonly beyond: readonly string[];
}

export interface ExplainOptions {
  /** For all of it. Half of it at most is spent on making the configuration smaller, and half is left to explore. */
  readonly budgetMs: number;
  /** Threads that explore. */
  readonly workers: number;
  readonly signal: AbortSignal;
  readonly onAttempt: (attempts: number, leftOut: number) => void;
  readonly onExplore: (progress: ExploreProgress) => void;
}

/**
 * Makes the configuration that failed as small as it can, and looks for the same in all executions of a program of that
 * size: a race says that something is wrong, an execution says what. Null for what is not a fault of the ring.
 */
export async function explainFailure(
  stress: StressPlan,
  failure: StressFailure,
  options: ExplainOptions,
): Promise<Explanation | null> {
  const { code, exitCode } = failure.error;
  if (exitCode !== ExitCode.safety && exitCode !== ExitCode.liveness) return null;
  const { budgetMs, signal, onAttempt, workers, onExplore } = options;
  const endMs = nowMs() + budgetMs;
  const shrunk = await shrink(stress, failure, budgetMs / 2, { signal, onAttempt });
  const plan = shrunk?.plan ?? failure.plan;
  // The last race may have taken a little longer.
  const leftMs = Math.max(endMs - nowMs(), budgetMs / 2);
  const hooks = { workers, signal, onProgress: onExplore };
  const handedOver = await handOver(plan, stress.module ?? null, code, leftMs, hooks);
  return { shrunk, handedOver, beyond: beyondPrograms(plan, handedOver.explored) };
}
