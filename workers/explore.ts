import type { RandomTask } from '../src/explore/random-runs.js';
import {
  type ExploreAnswer,
  type ExploreTask,
  exploreTask,
  type RandomAnswer,
  randomTask,
} from '../src/explore/worker-task.js';

export const explore = (task: ExploreTask): Promise<ExploreAnswer> => exploreTask(task);
export const exploreRandom = (task: RandomTask): Promise<RandomAnswer> => randomTask(task);
