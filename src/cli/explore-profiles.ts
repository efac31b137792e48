import { timestamp } from '../clock.js';
import type { ProgramRef } from '../explore/load-program.js';
import type { ProfileName } from '../explore/models/model.js';
import type { ProfileReport } from '../explore/profile-report.js';
import type { ExploreJob } from '../explore/job-explorer.js';
import { ProfileSearch, type SearchOptions } from '../explore/profile-search.js';
import { RandomSearch } from '../explore/random-search.js';
import { STUCK_MS } from '../explore/watch.js';
import { WorkerPool } from '../explore/worker-pool.js';
import { readEnvironment } from '../report/environment.js';
import { withFewestBuffers, withFix } from './explore-simplest.js';
import { buildExploreReport, type ExploreReport } from '../report/explore-json.js';

/** What is executed at random. */
export interface RandomChoices {
  readonly runs: number;
  readonly seed: number;
  readonly isSwarm: boolean;
}

export interface ExplorePlan extends Omit<SearchOptions, 'pool'> {
  readonly ref: ProgramRef;
  readonly title: string;
  readonly program: string;
  /** The command that repeats the exploration. */
  readonly replay: string;
  readonly profiles: readonly ProfileName[];
  readonly maxEvents: number;
  /** How long a thread may run without a new access. */
  readonly stuckMs?: number;
  /** Null when every execution is to be built. */
  readonly random: RandomChoices | null;
  readonly workers: number;
  /** After a failure, also look for a change that repairs the program. */
  readonly looksForFix: boolean;
}

/** Explores one profile after the other. A failure in one does not keep the next from being explored. */
export async function exploreProfiles(plan: ExplorePlan): Promise<ExploreReport> {
  const { ref, maxEvents, stuckMs = STUCK_MS, signal } = plan;
  const startedAt = timestamp();
  const environment = readEnvironment();
  const pool = new WorkerPool(plan.workers);
  const found: ProfileReport[] = [];
  try {
    for (const profile of plan.profiles) {
      if (signal.aborted) break;
      const explore = (asked: ProgramRef): Promise<ProfileReport> =>
        searchOf(plan, { ref: asked, profile, maxEvents, stuckMs }, pool).run();
      const report = await explore(ref);
      // At random, a program with fewer buffers that does not fail shows nothing.
      found.push(plan.random === null ? await withFewestBuffers(report, ref, explore) : report);
    }
  } finally {
    await pool.end();
  }
  const looksForFix = plan.looksForFix && plan.random === null && !signal.aborted;
  const profiles = looksForFix ? await withFix(found, plan.profiles) : found;
  return buildExploreReport({
    program: plan.program,
    title: plan.title,
    options: ref.options,
    replay: plan.replay,
    started_at: startedAt,
    environment,
    profiles,
    asked: plan.profiles,
    interrupted: signal.aborted,
  });
}

function searchOf(plan: ExplorePlan, job: ExploreJob, pool: WorkerPool): ProfileSearch | RandomSearch {
  const options = { ...plan, pool };
  if (plan.random === null) return new ProfileSearch(job, options);
  const { runs, ...choices } = plan.random;
  return new RandomSearch({ ...job, ...choices }, runs, options);
}
