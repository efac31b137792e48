import type { JobReport } from '../machine/job-report.js';

/**
 * `count` for each operation; null without any. Notifications and orders are counted from the first operation
 * on, so that those of the warm-up belong to the divisor.
 */
export function perOperation(count: number, job: JobReport): number | null {
  const operations = job.operations + job.warmup_operations;
  return operations === 0 ? null : count / operations;
}
