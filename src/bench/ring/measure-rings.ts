import { tuneEngine } from '../../machine/engine.js';
import { MovementWatch } from '../../machine/movement-watch.js';
import type { RingResult } from '../bench-result.js';
import type { RingPlan } from './ring-result.js';
import { RingThreads } from './ring-threads.js';

export interface MeasureOptions {
  /** Of each plan. */
  readonly repetitions: number;
  /** Ends it; what was measured of all plans until then counts. */
  readonly signal: AbortSignal;
  /** All plans have warmed up, and been measured so many times. */
  readonly onRound: (rounds: number) => void;
}

/**
 * Measures several ways to use a ring, in turn: all are warmed up, then each is measured once, then each again. What
 * else the machine does, and its slow phases, fall on all of them, and their figures may be compared.
 *
 * The threads of the others sleep meanwhile.
 */
export async function measureRings(
  plans: readonly RingPlan[],
  { repetitions, signal, onRound }: MeasureOptions,
): Promise<RingResult[]> {
  tuneEngine();
  const all: RingThreads[] = [];
  const watch = new MovementWatch(() => all.reduce((sum, threads) => sum + threads.movedCount, 0), signal);
  let rounds = 0;
  try {
    for (const plan of plans) {
      const threads = new RingThreads(plan);
      all.push(threads);
      await Promise.race([threads.warmUp(), watch.ended]);
    }
    onRound(0);
    while (rounds < repetitions) {
      for (const threads of all) await Promise.race([threads.repeat(), watch.ended]);
      rounds += 1;
      onRound(rounds);
    }
    for (const threads of all) threads.end();
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    watch.stop();
    await Promise.all(all.map((threads) => threads.terminate()));
  }
  return rounds === 0 ? [] : all.map((threads) => threads.result(rounds));
}
