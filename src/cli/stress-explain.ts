import os from 'node:os';
import { exploreProgressLine } from '../report/explore-matrix.js';
import type { Progress } from '../report/progress.js';
import { type Explanation, explainFailure } from '../stress/explain/explain-failure.js';
import type { StressPlan, StressResult } from '../stress/run-stress.js';

/** Null when nothing failed, or what failed is no ring's fault. */
export async function explainStress(
  plan: StressPlan,
  { failures }: StressResult,
  budgetMs: number,
  progress: Progress,
  signal: AbortSignal,
): Promise<Explanation | null> {
  const [failure] = failures;
  if (failure === undefined || signal.aborted) return null;
  return explainFailure(plan, failure, {
    budgetMs,
    workers: os.availableParallelism(),
    signal,
    onAttempt: (attempts, leftOut) =>
      progress.show(() => `failed: making it smaller, configuration ${attempts}, ${leftOut} things left out`),
    onExplore: (now) => progress.show(() => exploreProgressLine('failed: exploring it,', now)),
  });
}
