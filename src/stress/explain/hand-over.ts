import { nowMs } from '../../clock.js';
import { findFix } from '../../explore/fix.js';
import { fixReport } from '../../explore/fix-report.js';
import { loadProgram, type ProgramRef } from '../../explore/load-program.js';
import type { ProfileName } from '../../explore/models/model.js';
import { type FoundFailure, graphsOf, type ProfileReport } from '../../explore/profile-report.js';
import { type ExploreProgress, ProfileSearch } from '../../explore/profile-search.js';
import type { ProgramOptions } from '../../explore/programs/catalogue.js';
import { WorkerPool } from '../../explore/worker-pool.js';
import { every } from '../../machine/ticker.js';
import type { RoundPlan } from '../round-plan.js';
import { profilesFor, programsFor } from './programs-of.js';

/** A program that was explored under one profile. Its keys are a contract with scripts. */
export interface Explored {
  readonly program: string;
  readonly options: ProgramOptions;
  readonly profile: ProfileName;
  readonly verdict: ProfileReport['verdict'];
  readonly exhaustive: boolean;
  readonly graphs: number;
  /** Why it could not be explored; null: it could. */
  readonly error: string | null;
}

export interface HandedOver {
  readonly explored: readonly Explored[];
  /** The first one that was found; one of the kind that was looked for, if there was any. */
  readonly failure: FoundFailure | null;
  readonly isOfKind: boolean;
}

export interface HandOverHooks {
  readonly workers: number;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ExploreProgress) => void;
}

const MAX_EVENTS = 2000;
const STUCK_MS = 5000;
const LOOK_MS = 100;
/** Executions that the search for a repair may build: a second or two. */
const FIX_GRAPHS = 20_000;
const LIVENESS = ['LOST_KICK', 'LOST_INTERRUPT', 'STALL'];

/**
 * Explores the ring of a round with one buffer, then with more, under the models that allow what the perturbation did,
 * until it finds what a race with this code could have been.
 */
export async function handOver(
  plan: RoundPlan,
  module: string | null,
  code: string,
  budgetMs: number,
  hooks: HandOverHooks,
): Promise<HandedOver> {
  const endMs = nowMs() + budgetMs;
  const over = new AbortController();
  const look = (): void => {
    if (hooks.signal.aborted || nowMs() >= endMs) over.abort();
  };
  const stopLooking = every(LOOK_MS, look);
  const pool = new WorkerPool(hooks.workers);
  const explored: Explored[] = [];
  let other: FoundFailure | null = null;
  try {
    for (const { ref, profile } of searchesFor(plan, module)) {
      look();
      if (over.signal.aborted) break;
      const report = await new ProfileSearch(
        { ref, profile, maxEvents: MAX_EVENTS, stuckMs: STUCK_MS },
        { graphsMax: Infinity, allFailures: false, pool, signal: over.signal, onProgress: hooks.onProgress },
      ).run();
      explored.push(exploredOf(ref, report));
      const marked = report.failures.map((failure) => {
        return { ...failure, fewest_buffers: fewestBuffers(explored, ref, profile) };
      });
      const found = marked.find(({ kind }) => isOfKind(kind, code));
      if (found !== undefined)
        return { explored, failure: await withFix(found, plan, over.signal), isOfKind: true };
      other ??= marked[0] ?? null;
    }
  } finally {
    stopLooking();
    await pool.end();
  }
  const failure = other === null ? null : await withFix(other, plan, over.signal);
  return { explored, failure, isOfKind: false };
}

function* searchesFor(
  plan: RoundPlan,
  module: string | null,
): Generator<{ readonly ref: ProgramRef; readonly profile: ProfileName }> {
  for (const ref of programsFor(plan, module))
    for (const profile of profilesFor(plan)) yield { ref, profile };
}

/** With the change of one access that repairs the program, if there is one and there is time to find it. */
async function withFix(found: FoundFailure, plan: RoundPlan, signal: AbortSignal): Promise<FoundFailure> {
  if (signal.aborted) return found;
  const program = await loadProgram(found.program);
  return { ...found, fix: fixReport(findFix(program, profilesFor(plan), { graphs: FIX_GRAPHS })) };
}

/** A notification that was lost, and nothing else, leaves somebody asleep. */
function isOfKind(kind: FoundFailure['kind'], code: string): boolean {
  return LIVENESS.includes(code) === (kind === 'lost-wakeup');
}

function exploredOf({ program, options }: ProgramRef, report: ProfileReport): Explored {
  const { profile, verdict, exhaustive, error } = report;
  const graphs = graphsOf(report);
  return { program, options, profile, verdict, exhaustive, graphs, error: error?.message ?? null };
}

/** Null when fewer were not explored to the end. */
function fewestBuffers(explored: readonly Explored[], ref: ProgramRef, profile: ProfileName): number | null {
  const buffers = Number(ref.options['buffers']);
  const smaller = explored.filter(
    (one) => one.profile === profile && Number(one.options['buffers']) < buffers,
  );
  return smaller.every(({ exhaustive }) => exhaustive) ? buffers : null;
}
