import { errorToWire, type WireError } from '../errors.js';
import { type ExploreJob, JobExplorer, type Stretch } from './job-explorer.js';
import { type RandomStretch, type RandomTask, runRandom } from './random-runs.js';
import type { Subtree } from './subtree.js';

/** Work for another thread: plain data. */
export interface ExploreTask {
  readonly job: ExploreJob;
  readonly subtrees: readonly Subtree[];
  readonly budgetMs: number;
  readonly graphsMax: number;
}

/** What the thread answers: what it found, and what it did not come to. */
export type ExploreAnswer =
  | { readonly stretch: Stretch; readonly left: readonly Subtree[]; readonly error?: undefined }
  | { readonly error: WireError };

/** The last job's explorer: the tasks of a job come one after the other. */
let current: { readonly key: string; readonly explorer: JobExplorer } | null = null;

/** Carries out a task. An error is part of the answer, since it would lose its class on the way. */
export async function exploreTask(task: ExploreTask): Promise<ExploreAnswer> {
  try {
    const key = JSON.stringify(task.job);
    if (current?.key !== key) current = { key, explorer: await JobExplorer.open(task.job) };
    const { explorer } = current;
    explorer.takeOver(task.subtrees);
    const stretch = explorer.explore(task.budgetMs, task.graphsMax);
    return { stretch, left: explorer.handOut() };
  } catch (error) {
    // Whatever it was in the middle of is no good for another task.
    current = null;
    return { error: errorToWire(error) };
  }
}

export type RandomAnswer =
  { readonly stretch: RandomStretch; readonly error?: undefined } | { readonly error: WireError };

export async function randomTask(task: RandomTask): Promise<RandomAnswer> {
  try {
    return { stretch: await runRandom(task) };
  } catch (error) {
    return { error: errorToWire(error) };
  }
}
