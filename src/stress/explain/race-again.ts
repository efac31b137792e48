import { nowMs } from '../../clock.js';
import { errorToWire, type WireError } from '../../errors.js';
import { every } from '../../machine/ticker.js';
import type { Flight } from '../flight.js';
import { Pair } from '../pair.js';
import type { RoundPlan } from '../round-plan.js';
import { STRESS_ENTRY, type StressPlan } from '../run-stress.js';
import { LOOK_MS, StallWatch } from '../stall-watch.js';

/** How a configuration came to fail. */
export interface Failed {
  readonly error: WireError;
  /** The one that failed is counted. */
  readonly rounds: number;
  readonly elapsedMs: number;
  readonly flight: Flight;
}

export interface RaceLimits {
  readonly rounds: number;
  readonly durationMs: number;
}

/** A smaller configuration is only a guess until it fails: what is asleep for good need not be watched for seconds. */
const PATIENCE = { asleepForGood: 2, asleep: 30, awake: 30 } as const;
/** For a round that is not over when the time is: it ends, or stalls. */
const GRACE_MS = 4000;

/** Races one configuration with one pair of threads, which is gone afterwards. Null when it did not fail. */
export async function raceAgain(
  { choices, entry = STRESS_ENTRY, module = null }: StressPlan,
  fixed: RoundPlan,
  { rounds, durationMs }: RaceLimits,
  signal: AbortSignal,
): Promise<Failed | null> {
  if (durationMs <= 0 || signal.aborted) return null;
  const startMs = nowMs();
  const pair = new Pair(0, { choices, first: fixed.round, step: 0, count: rounds, fixed }, entry, module);
  const watch = new StallWatch(pair, PATIENCE);
  const raced = pair.run().then(
    () => null,
    (error: unknown) => ({ error }),
  );
  let stopLooking = (): void => undefined;
  const watched = new Promise<{ error: unknown } | null>((resolve) => {
    stopLooking = every(LOOK_MS, () => {
      const elapsedMs = nowMs() - startMs;
      const error = watch.check();
      if (error !== null) resolve({ error });
      else if (signal.aborted || elapsedMs >= durationMs + GRACE_MS) resolve(null);
      else if (elapsedMs >= durationMs) pair.stop();
    });
  });
  try {
    const ended = await Promise.race([raced, watched]);
    if (ended === null) return null;
    const finished = pair.guest.board.finishedRounds;
    const error = errorToWire(ended.error);
    return { error, rounds: finished + 1, elapsedMs: nowMs() - startMs, flight: pair.flight() };
  } finally {
    stopLooking();
    await pair.terminate();
  }
}
