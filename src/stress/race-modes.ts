import { nowMs } from '../clock.js';
import { raceInChild } from './child-race.js';
import { runStress, type StressHooks, type StressPlan, type StressResult } from './run-stress.js';
import type { V8Mode } from './v8-mode.js';

export interface ModesResult extends StressResult {
  /** Of the mode that has done most: so many of each are at least what was raced. */
  readonly roundsOfOneMode: number;
}

/**
 * Races in one mode of the engine after the other, all with the rounds of the plan, or an equal share of what is left
 * of its time. A failure and an interrupt end all.
 */
export async function raceModes(
  plan: StressPlan,
  modes: readonly V8Mode[],
  hooks: StressHooks,
): Promise<ModesResult> {
  const startMs = nowMs();
  const results: StressResult[] = [];
  for (const [index, mode] of modes.entries()) {
    const { rounds, buffers } = sumOf(results);
    const elapsedMs = nowMs() - startMs;
    const left = plan.durationMs === null ? null : Math.max(1, plan.durationMs - elapsedMs);
    const own: StressPlan = {
      ...plan,
      v8: mode,
      choices: { ...plan.choices, v8: mode },
      durationMs: left === null ? null : left / (modes.length - index),
    };
    const { onProgress } = hooks;
    const result = await race(own, mode, {
      signal: hooks.signal,
      onProgress: (now) =>
        onProgress?.({
          rounds: rounds + now.rounds,
          buffers: buffers + now.buffers,
          elapsedMs: elapsedMs + now.elapsedMs,
        }),
    });
    results.push(result);
    if (result.interrupted || hooks.signal.aborted || result.failures.length > 0) break;
  }
  return {
    ...sumOf(results),
    elapsedMs: nowMs() - startMs,
    outcomes: results.flatMap(({ outcomes }) => outcomes),
    failures: results.flatMap(({ failures }) => failures),
    interrupted: hooks.signal.aborted,
    roundsOfOneMode: Math.max(...results.map(({ rounds, failures }) => rounds + failures.length)),
  };
}

function race(plan: StressPlan, mode: V8Mode, hooks: StressHooks): Promise<StressResult> {
  return mode === 'as-is' ? runStress(plan, hooks) : raceInChild(plan, mode, hooks);
}

function sumOf(results: readonly StressResult[]): Pick<StressResult, 'rounds' | 'buffers' | 'executions'> {
  const sum = (of: (result: StressResult) => number): number =>
    results.reduce((total, result) => total + of(result), 0);
  return {
    rounds: sum(({ rounds }) => rounds),
    buffers: sum(({ buffers }) => buffers),
    executions: sum(({ executions }) => executions),
  };
}
