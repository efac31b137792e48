import type { JobReport } from '../../machine/job-report.js';
import type { JobSeries } from '../../machine/job-series.js';
import type { Recording } from '../../recording/recording.js';
import type { HistogramData } from '../../stats/histogram.js';
import { jobLabel } from '../job-names.js';
import type { RunReport } from '../run-json.js';

/** What a page shows: the document of `vring run --json`, and what a run store keeps beside it. */
export interface RunData {
  readonly report: RunReport;
  /** By job. Empty where only the document was kept: then there are no plots over time, and coarse percentiles. */
  readonly histograms: ReadonlyMap<string, HistogramData>;
  readonly series: ReadonlyMap<string, JobSeries>;
  /** Of the jobs that were recorded. */
  readonly recordings?: readonly Recording[];
}

/** A job, and what was kept of it. */
export interface JobData {
  readonly job: JobReport;
  /** Short, and of this job alone. */
  readonly label: string;
  readonly histogram: HistogramData | null;
  readonly series: JobSeries | null;
}

export function jobsOf({ report, histograms, series }: RunData): readonly JobData[] {
  return report.jobs.map((job) => {
    const { name } = job;
    return {
      job,
      label: jobLabel(job, report.jobs),
      histogram: histograms.get(name) ?? null,
      series: series.get(name) ?? null,
    };
  });
}

/** The id of a job's section: names have all kinds of characters in them. */
export function jobAnchor(index: number): string {
  return `job-${index + 1}`;
}
