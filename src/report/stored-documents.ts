import type { BenchResult, ExploreResult, RingResult } from '../bench/bench-result.js';
import type { StoredRun } from '../runs/stored-run.js';
import { exploreBenchText, ringBenchText } from './bench-text.js';
import type { Environment } from './environment.js';
import type { Paint } from './paint.js';
import type { RunReport } from './run-json.js';
import { runText } from './run-text.js';
import type { StressReport } from './stress-json.js';
import { stressText } from './stress-text.js';

/** The document of a `vring run`; null when another command wrote it. */
export function runReportOf({ document }: StoredRun): RunReport | null {
  return document.command === 'run' ? (document as unknown as RunReport) : null;
}

/** What the command printed when it ran. */
export function storedText(run: StoredRun, paint: Paint): string {
  const { document } = run;
  switch (document.command) {
    case 'run':
      return runText(document as unknown as RunReport, paint, { series: run.series });
    case 'stress':
      return stressText(document as unknown as StressReport, paint, false);
    case 'bench':
      return benchText(document as unknown as BenchDocument, paint);
  }
}

interface BenchDocument {
  readonly environment: Environment;
  readonly results: readonly BenchResult[];
}

function benchText({ environment, results }: BenchDocument, paint: Paint): string {
  const isExplore = results.some((result) => 'profile' in result);
  return isExplore
    ? exploreBenchText(results as readonly ExploreResult[], environment, paint)
    : ringBenchText(results as readonly RingResult[], environment, paint);
}
