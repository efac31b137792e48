import { isDeepStrictEqual } from 'node:util';
import { nowMs } from '../../clock.js';
import { ExitCode } from '../../exit-code.js';
import type { WireError } from '../../errors.js';
import type { RoundPlan } from '../round-plan.js';
import type { StressPlan } from '../run-stress.js';
import { type Failed, raceAgain, type RaceLimits } from './race-again.js';
import { leaveOut, needed, stepsFor } from './simpler.js';

/** A configuration that fails, and nothing that could be left out of it in the time there was. */
export interface Shrunk {
  readonly plan: RoundPlan;
  /** What was left out; `vring stress --without` takes the names. */
  readonly leftOut: readonly string[];
  /** Configurations that were raced for it. */
  readonly attempts: number;
  /** How the last one failed. */
  readonly failed: Failed;
}

export interface ShrinkHooks {
  readonly signal: AbortSignal;
  readonly onAttempt: (attempts: number, leftOut: number) => void;
}

/** What failed once. */
interface Start {
  readonly plan: RoundPlan;
  readonly error: WireError;
}

/** What is simpler may fail more rarely. */
const PATIENCE = 4;
const ROUNDS_MIN = 10;
const RACE_MS_MAX = 3000;
/** A race that failed in another way says nothing about this one. */
const RACES = 3;

/**
 * Leaves much at once out of the configuration that failed, and then one thing after the other, for as long as it fails
 * in the same way. Null when it did not fail again, with all of it or with less.
 */
export async function shrink(
  stress: StressPlan,
  start: Start,
  budgetMs: number,
  { signal, onAttempt }: ShrinkHooks,
): Promise<Shrunk | null> {
  const endMs = nowMs() + budgetMs;
  let best: Shrunk | null = null;
  let attempts = 0;
  for (const step of stepsFor(start.plan.perturbation, start.error.exitCode === ExitCode.liveness)) {
    const without = needed(start.plan, [...(best?.leftOut ?? []), ...step]);
    const plan = leaveOut(start.plan, without);
    if (best !== null && isDeepStrictEqual(plan, best.plan)) continue;
    const leftMs = endMs - nowMs();
    if (signal.aborted || leftMs <= 0) break;
    attempts += 1;
    onAttempt(attempts, best?.leftOut.length ?? 0);
    const rounds = best === null ? Infinity : ROUNDS_MIN + PATIENCE * best.failed.rounds;
    const limits = { rounds, durationMs: Math.min(RACE_MS_MAX, leftMs) };
    const failed = await failsAgain(stress, { ...start, plan }, limits, signal);
    if (failed !== null) best = { plan, leftOut: without, attempts, failed };
  }
  return best === null ? null : { ...best, attempts };
}

async function failsAgain(
  stress: StressPlan,
  { plan, error }: Start,
  { rounds, durationMs }: RaceLimits,
  signal: AbortSignal,
): Promise<Failed | null> {
  const endMs = nowMs() + durationMs;
  for (let races = 0; races < RACES; races++) {
    const failed = await raceAgain(stress, plan, { rounds, durationMs: endMs - nowMs() }, signal);
    if (failed === null || isSame(failed.error, error)) return failed;
  }
  return null;
}

/**
 * Who was not told tells two bugs apart. What an old or early access makes of the data does not: it is now a wrong
 * word, now a wrong index.
 */
function isSame(one: WireError, other: WireError): boolean {
  return one.exitCode === other.exitCode && (one.exitCode !== ExitCode.liveness || one.code === other.code);
}
