import { timestamp } from '../clock.js';
import type { resolveProgram } from '../explore/load-program.js';
import type { ProfileName } from '../explore/models/model.js';
import type { ProfileReport } from '../explore/profile-report.js';
import { ProfileSearch, type SearchOptions } from '../explore/profile-search.js';
import { WorkerPool } from '../explore/worker-pool.js';
import { readEnvironment } from '../report/environment.js';
import { withFewestBuffers, withFix } from './explore-simplest.js';
import { buildExploreReport, type ExploreReport } from '../report/explore-json.js';

export interface ExplorePlan extends Omit<SearchOptions, 'pool'> {
  readonly ref: ReturnType<typeof resolveProgram>;
  readonly title: string;
  readonly program: string;
  /** The command that repeats the exploration. */
  readonly replay: string;
  readonly profiles: readonly ProfileName[];
  readonly maxEvents: number;
  readonly workers: number;
  /** After a failure, also look for a change that repairs the program. */
  readonly looksForFix: boolean;
}

/** Explores one profile after the other. A failure in one does not keep the next from being explored. */
export async function exploreProfiles(plan: ExplorePlan): Promise<ExploreReport> {
  const { ref, maxEvents, signal } = plan;
  const startedAt = timestamp();
  const environment = readEnvironment();
  const pool = new WorkerPool(plan.workers);
  const found: ProfileReport[] = [];
  try {
    for (const profile of plan.profiles) {
      if (signal.aborted) break;
      const explore = (asked: typeof ref): Promise<ProfileReport> =>
        new ProfileSearch({ ref: asked, profile, maxEvents }, { ...plan, pool }).run();
      found.push(await withFewestBuffers(await explore(ref), ref, explore));
    }
  } finally {
    await pool.end();
  }
  const profiles = plan.looksForFix && !signal.aborted ? await withFix(found, plan.profiles) : found;
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
