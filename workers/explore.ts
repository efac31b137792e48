import { type ExploreAnswer, type ExploreTask, exploreTask } from '../src/explore/worker-task.js';

export const explore = (task: ExploreTask): Promise<ExploreAnswer> => exploreTask(task);
