import { nowMs } from '../../clock.js';
import { findFix } from '../../explore/fix.js';
import { type FixReport, fixReport } from '../../explore/fix-report.js';
import { loadProgram, type ProgramRef, resolveProgram } from '../../explore/load-program.js';
import type { ProfileName } from '../../explore/models/model.js';
import { type FoundFailure, graphsOf, type ProfileReport } from '../../explore/profile-report.js';
import { type ExploreProgress, ProfileSearch } from '../../explore/profile-search.js';
import type { ProgramOptions } from '../../explore/programs/catalogue.js';
import { WorkerPool } from '../../explore/worker-pool.js';
import { every } from '../../machine/ticker.js';
import type { Perturbation } from '../perturbation.js';
import type { RoundPlan } from '../round-plan.js';

/** A program that was explored under one profile. Its keys are a contract with scripts. */
export interface Explored {
  readonly program: string;
  readonly options: ProgramOptions;
  readonly profile: ProfileName;
  readonly verdict: ProfileReport['verdict'];
  readonly exhaustive: boolean;
  readonly graphs: number;
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

const BUFFERS_MAX = 3;
const MAX_EVENTS = 2000;
const STUCK_MS = 5000;
const LOOK_MS = 100;
/** Executions that the search for a repair may build: a second or two. */
const FIX_GRAPHS = 20_000;

/** What can go wrong by interleaving alone comes first: it is the simplest to read. */
const PROFILES_OF: Readonly<Record<Perturbation, readonly ProfileName[]>> = {
  none: ['sc', 'tso'],
  delay: ['sc', 'tso'],
  tso: ['sc', 'tso'],
  weak: ['sc', 'tso', 'rc11', 'armv8'],
};

/**
 * Explores the ring of a round with one buffer, then with more, under the models that allow what the perturbation did,
 * until it finds what a race with this code could have been.
 */
export async function handOver(
  plan: RoundPlan,
  code: string,
  budgetMs: number,
  hooks: HandOverHooks,
): Promise<HandedOver> {
  const endMs = nowMs() + budgetMs;
  const isOver = (): boolean => hooks.signal.aborted || nowMs() >= endMs;
  const over = new AbortController();
  const stopLooking = every(LOOK_MS, () => {
    if (isOver()) over.abort();
  });
  const { signal } = over;
  const pool = new WorkerPool(hooks.workers);
  const explored: Explored[] = [];
  let other: FoundFailure | null = null;
  try {
    for (const ref of programsOf(plan)) {
      for (const profile of PROFILES_OF[plan.perturbation]) {
        if (isOver()) return { explored, failure: other, isOfKind: false };
        const report = await new ProfileSearch(
          { ref, profile, maxEvents: MAX_EVENTS, stuckMs: STUCK_MS },
          { graphsMax: Infinity, allFailures: false, pool, signal, onProgress: hooks.onProgress },
        ).run();
        explored.push(exploredOf(ref, report));
        const found = report.failures.find(({ kind }) => isOfKind(kind, code));
        if (found !== undefined) {
          const fix = isOver() ? null : await fixOf(ref, PROFILES_OF[plan.perturbation]);
          const failure = { ...found, fewest_buffers: fewestBuffers(explored, ref, profile), fix };
          return { explored, failure, isOfKind: true };
        }
        other ??= report.failures[0] ?? null;
      }
    }
  } finally {
    stopLooking();
    await pool.end();
  }
  return { explored, failure: other, isOfKind: false };
}

/** The change of one access that repairs the program, if there is one. */
async function fixOf(ref: ProgramRef, profiles: readonly ProfileName[]): Promise<FixReport> {
  return fixReport(findFix(await loadProgram(ref), profiles, { graphs: FIX_GRAPHS }));
}

/** A notification that was lost, and nothing else, leaves somebody asleep. */
function isOfKind(kind: FoundFailure['kind'], code: string): boolean {
  const isLiveness = ['LOST_KICK', 'LOST_INTERRUPT', 'STALL'].includes(code);
  return isLiveness === (kind === 'lost-wakeup');
}

function* programsOf(plan: RoundPlan): Generator<ProgramRef> {
  const { layout, eventIdx, indirect, inOrder, startIndex, guest, host } = plan;
  for (let buffers = 1; buffers <= BUFFERS_MAX; buffers++) {
    const options = {
      buffers,
      eventIdx,
      indirect,
      inOrder,
      startIndex,
      batch: Math.min(buffers, guest.batch),
      deviceBatch: Math.min(buffers, host.batch),
    };
    yield resolveProgram(layout, options);
    // The same with a ring that is full after one.
    if (buffers > 1) yield resolveProgram(layout, { ...options, ringSize: 2 });
  }
}

function exploredOf({ program, options }: ProgramRef, report: ProfileReport): Explored {
  const { profile, verdict, exhaustive } = report;
  return { program, options, profile, verdict, exhaustive, graphs: graphsOf(report) };
}

/** Null when fewer were not explored to the end. */
function fewestBuffers(explored: readonly Explored[], ref: ProgramRef, profile: ProfileName): number | null {
  const buffers = Number(ref.options['buffers']);
  const smaller = explored.filter(
    (one) => one.profile === profile && Number(one.options['buffers']) < buffers,
  );
  return smaller.every(({ exhaustive }) => exhaustive) ? buffers : null;
}
