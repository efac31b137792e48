import type { StoredRun } from '../runs/stored-run.js';
import type { BenchReport } from './bench-json.js';
import { benchText } from './bench-text.js';
import type { Paint } from './paint.js';
import type { RunReport } from './run-json.js';
import { runText } from './run-text.js';
import type { StressReport } from './stress-json.js';
import { stressText } from './stress-text.js';

/** What was kept, as what its command prints with `--json`. */
export type StoredReport = RunReport | StressReport | BenchReport;

/** A document is what the command that it names has written. */
export function reportOf({ document }: StoredRun): StoredReport {
  return document as unknown as StoredReport;
}

/** The document of a `vring run`; null when another command wrote it. */
export function runReportOf(run: StoredRun): RunReport | null {
  const report = reportOf(run);
  return report.command === 'run' ? report : null;
}

/** What the command printed when it ran. */
export function storedText(run: StoredRun, paint: Paint): string {
  const report = reportOf(run);
  switch (report.command) {
    case 'run':
      return runText(report, paint, { series: run.series });
    case 'stress':
      return stressText(report, paint, false);
    case 'bench':
      return benchText(report, paint);
  }
}
