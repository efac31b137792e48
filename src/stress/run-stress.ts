import { nowMs } from '../clock.js';
import { errorToWire, type WireError } from '../errors.js';
import { ExitCode } from '../exit-code.js';
import { tuneEngine } from '../machine/engine.js';
import { every } from '../machine/ticker.js';
import { describePlan } from './describe-stall.js';
import type { Flight } from './flight.js';
import { outcomeRows, type OutcomeRow, sumOf } from './outcome-rows.js';
import { outcomeOfCode } from './outcomes.js';
import { Pair } from './pair.js';
import type { RoundChoices, RoundPlan } from './round-plan.js';
import { LOOK_MS, StallWatch } from './stall-watch.js';
import { Tally } from './tally.js';
import type { V8Mode } from './v8-mode.js';

export interface StressPlan {
  readonly choices: RoundChoices;
  /** Null: until the time is over. */
  readonly rounds: number | null;
  readonly durationMs: number | null;
  /** Only this one, again and again; null: one after the other. */
  readonly onlyRound: number | null;
  readonly pairs: number;
  /** Not drawn but given: this configuration again and again. */
  readonly fixed?: RoundPlan;
  /** How the engine of this process was started; as it is, unless told. */
  readonly v8?: V8Mode;
  /** The file of a module with ends of the user's own; vring's, unless told. */
  readonly module?: string | null;
  /** What the threads run. */
  readonly entry?: URL;
}

export interface StressHooks {
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: StressProgress) => void;
}

export interface StressProgress {
  readonly rounds: number;
  readonly buffers: number;
  readonly elapsedMs: number;
}

/** What ended a round that should not have ended so. */
export interface StressFailure {
  readonly error: WireError;
  readonly v8: V8Mode;
  readonly round: number;
  readonly ring: number;
  readonly configuration: string;
  readonly plan: RoundPlan;
  /** What both sides did last. */
  readonly flight: Flight;
}

/** A line of the table, and how the engine worked meanwhile. */
export type ModeRow = OutcomeRow & { readonly v8: V8Mode };

export interface StressResult extends StressProgress {
  /** Rings that were raced to their end. */
  readonly executions: number;
  readonly outcomes: readonly ModeRow[];
  readonly failures: readonly StressFailure[];
  readonly interrupted: boolean;
}

/** What the threads run, unless told. */
export const STRESS_ENTRY: URL = new URL('../../workers/stress.js', import.meta.url);

/** Races rings until the time is over, the rounds are done, somebody interrupts or something fails. */
export async function runStress(plan: StressPlan, hooks: StressHooks): Promise<StressResult> {
  tuneEngine();
  const { signal } = hooks;
  const { v8 = 'as-is' } = plan;
  const startMs = nowMs();
  const pairs = Array.from({ length: plan.pairs }, (_, index) => newPair(plan, index));
  const stop = (): void => {
    for (const pair of pairs) pair.stop();
  };
  signal.addEventListener('abort', stop);
  let raceStartMs: number | null = null;
  const ended = race(pairs, (now) => {
    // Threads take their time to start, on a busy machine seconds: that is not of what was asked for.
    if (raceStartMs === null && pairs.every(hasBegun)) raceStartMs = now;
    if (plan.durationMs !== null && raceStartMs !== null && now - raceStartMs >= plan.durationMs) stop();
    hooks.onProgress?.(progressOf(pairs, now - startMs));
  });
  try {
    const failed = await ended;
    const tallies = pairs.flatMap(({ guest, host }) => [guest.tally, host.tally]);
    const failures = failed === null ? [] : [failureOf(failed, plan)];
    if (failed !== null) tallies.push(tallyOf(failed, plan));
    return {
      ...progressOf(pairs, nowMs() - startMs),
      executions: sumOf(tallies, (tally, index) => tally.rings(index)),
      outcomes: outcomeRows(tallies).map((row) => ({ ...row, v8 })),
      failures,
      interrupted: signal.aborted,
    };
  } finally {
    signal.removeEventListener('abort', stop);
    await Promise.all(pairs.map((pair) => pair.terminate()));
  }
}

/** A pair that did not end well. */
interface FailedPair {
  readonly pair: Pair;
  readonly error: unknown;
}

/** Null: all pairs have ended well. `tick` is called now and then. */
function race(pairs: readonly Pair[], tick: (nowMs: number) => void): Promise<FailedPair | null> {
  const watches = pairs.map((pair) => new StallWatch(pair));
  let stopTicking = (): void => undefined;
  const stalled = new Promise<FailedPair>((resolve) => {
    stopTicking = every(LOOK_MS, () => {
      for (const watch of watches) {
        const error = watch.check();
        if (error !== null) resolve({ pair: watch.pair, error });
      }
      tick(nowMs());
    });
  });
  const failed = pairs.map(async (pair): Promise<FailedPair | null> => {
    try {
      await pair.run();
      return null;
    } catch (error) {
      return { pair, error };
    }
  });
  // A pair that failed ends the others, a pair that is done does not.
  const firstFailure = Promise.race([stalled, ...failed.map(onlyFailures)]);
  const allDone = Promise.all(failed).then(() => null);
  return Promise.race([firstFailure, allDone]).finally(stopTicking);
}

function hasBegun({ guest, isDone }: Pair): boolean {
  return isDone || guest.board.moved > 0;
}

async function onlyFailures(ended: Promise<FailedPair | null>): Promise<FailedPair> {
  return (await ended) ?? new Promise<never>(() => undefined);
}

function newPair(plan: StressPlan, index: number): Pair {
  const { choices, pairs, rounds, onlyRound, fixed, entry = STRESS_ENTRY, module = null } = plan;
  const count = rounds === null ? null : Math.ceil((rounds - index) / pairs);
  if (fixed !== undefined)
    return new Pair(index, { choices, first: fixed.round, step: 0, count, fixed }, entry, module);
  const range =
    onlyRound === null
      ? { choices, first: index, step: pairs, count }
      : { choices, first: onlyRound, step: 0, count };
  return new Pair(index, range, entry, module);
}

function progressOf(pairs: readonly Pair[], elapsedMs: number): StressProgress {
  const rounds = pairs.reduce((sum, { guest }) => sum + guest.board.finishedRounds, 0);
  const buffers = sumOf(
    pairs.map(({ guest }) => guest.tally),
    (tally, index) => tally.buffers(index),
  );
  return { rounds, buffers, elapsedMs };
}

/** An exception of the user's own end is a finding about that, and not a bug in vring. */
function wireOf(error: unknown, { module = null }: StressPlan): WireError {
  const wire = errorToWire(error);
  if (module === null || wire.code !== 'UNEXPECTED') return wire;
  return { ...wire, code: 'END_THREW', exitCode: ExitCode.safety };
}

function failureOf({ pair, error }: FailedPair, plan: StressPlan): StressFailure {
  const { board } = pair.guest;
  const round = pair.planAt(board.turn);
  return {
    error: wireOf(error, plan),
    v8: plan.v8 ?? 'as-is',
    round: round.round,
    ring: board.ring,
    configuration: describePlan(round),
    plan: round,
    flight: pair.flight(),
  };
}

/** What happened, as one sample of the class of rounds that it happened in. */
function tallyOf({ pair, error }: FailedPair, plan: StressPlan): Tally {
  const tally = Tally.create();
  const { code, exitCode } = wireOf(error, plan);
  if (exitCode !== ExitCode.safety && exitCode !== ExitCode.liveness) return tally;
  tally.enter(pair.planAt(pair.guest.board.turn));
  tally.add(outcomeOfCode(code), 1);
  return tally;
}
