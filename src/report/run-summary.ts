import type { JobReport } from '../machine/job-report.js';
import { formatBytes, formatCount, plural } from './format.js';
import type { RunReport } from './run-json.js';

const SKIPPED_NAMES_MAX = 5;

/** `2 jobs, 301k operations, 2.34 GiB verified`. */
export function runTotals(jobs: readonly JobReport[]): string {
  const sum = (value: (job: JobReport) => number): number =>
    jobs.reduce((total, job) => total + value(job), 0);
  const operations = sum((job) => job.operations);
  const verified = sum((job) => job.verified_bytes);
  const errors = sum((job) => job.errors);
  return [
    plural(jobs.length, 'job'),
    plural(operations, 'operation'),
    `${formatBytes(verified)} verified`,
    ...(errors === 0 ? [] : [`${formatCount(errors)} answered with an error`]),
  ].join(', ');
}

/** Why the run did not get to the end of its plan, and how far it was. */
export function cutShortTexts({ jobs_skipped: skipped, aborted_by: breached }: RunReport): string[] {
  const reason = breached === null ? [] : [`stopped early: abort_on_fail of ${breached}`];
  if (skipped.length === 0) return reason;
  const named = skipped.length > SKIPPED_NAMES_MAX ? plural(skipped.length, 'job') : skipped.join(', ');
  return [...reason, `not run: ${named}`];
}
