import { nowMs } from '../../clock.js';
import type { ExitCode } from '../../exit-code.js';
import type { RoundPlan } from '../round-plan.js';
import { runStress, type StressPlan } from '../run-stress.js';
import { simplerThan } from './simpler.js';

/** A configuration that fails, and nothing that could be left out of it. */
export interface Shrunk {
  readonly plan: RoundPlan;
  /** What was left out. */
  readonly leftOut: readonly string[];
  /** Configurations that were raced for it. */
  readonly attempts: number;
  /** How long the last one took to fail. */
  readonly failedAfterMs: number;
}

export interface ShrinkHooks {
  readonly signal: AbortSignal;
  readonly onAttempt: (attempts: number, leftOut: number) => void;
}

/** A pair that sleeps on both sides sleeps for good: to be told so a second sooner is worth more than to be sure. */
const STALL_LOOKS = 5;
const RACE_MS_MIN = 1000;
const RACE_MS_MAX = 3000;
/** What is simpler may fail more rarely. */
const PATIENCE = 4;

/**
 * Leaves one thing after the other out of the configuration that failed, for as long as it fails in the same way:
 * something is wrong, or nobody goes on. What exactly is wrong is chance. Null when it did not fail again.
 */
export async function shrink(
  stress: StressPlan,
  failed: RoundPlan,
  exitCode: ExitCode,
  budgetMs: number,
  hooks: ShrinkHooks,
): Promise<Shrunk | null> {
  const endMs = nowMs() + budgetMs;
  const race = (plan: RoundPlan, durationMs: number): Promise<number | null> =>
    failsAfterMs(stress, plan, exitCode, Math.min(durationMs, endMs - nowMs()), hooks.signal);
  const isOver = (): boolean => hooks.signal.aborted || nowMs() >= endMs;
  let attempts = 1;
  hooks.onAttempt(attempts, 0);
  const again = await race(failed, budgetMs / 2);
  if (again === null) return null;
  let failedAfterMs = again;
  let plan = failed;
  const leftOut: string[] = [];
  const tried = new Set<string>();
  for (let [next] = simplerThan(plan, tried); next !== undefined; [next] = simplerThan(plan, tried)) {
    if (isOver()) break;
    tried.add(next.name);
    attempts += 1;
    hooks.onAttempt(attempts, leftOut.length);
    const simpler = next.apply(plan);
    const patienceMs = Math.min(RACE_MS_MAX, Math.max(RACE_MS_MIN, PATIENCE * failedAfterMs));
    const afterMs = await race(simpler, patienceMs);
    if (afterMs === null) continue;
    plan = simpler;
    failedAfterMs = afterMs;
    leftOut.push(next.name);
  }
  return { plan, leftOut, attempts, failedAfterMs };
}

/** Null when it did not fail in that time, or in another way. */
async function failsAfterMs(
  stress: StressPlan,
  fixed: RoundPlan,
  exitCode: ExitCode,
  durationMs: number,
  signal: AbortSignal,
): Promise<number | null> {
  if (durationMs <= 0 || signal.aborted) return null;
  const plan = {
    ...stress,
    fixed,
    durationMs,
    rounds: null,
    onlyRound: null,
    pairs: 1,
    stallLooks: STALL_LOOKS,
  };
  const { failures, elapsedMs } = await runStress(plan, { signal });
  return failures[0]?.error.exitCode === exitCode ? elapsedMs : null;
}
