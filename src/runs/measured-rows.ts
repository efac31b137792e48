import type { JobSeries } from '../machine/job-series.js';

/** The intervals from the first one in which an operation counted to the last, in order. */
export function measuredRows({ operations }: JobSeries): number[] {
  const first = operations.findIndex((count) => count > 0);
  const last = operations.findLastIndex((count) => count > 0);
  return first === -1 ? [] : operations.map((_, row) => row).slice(first, last + 1);
}

/** Operations that counted, per second, over intervals that follow each other. */
export function rateOf(series: JobSeries, rows: readonly number[]): number {
  const [first = 0, last = 0] = [rows[0], rows.at(-1)];
  const operations = rows.reduce((sum, row) => sum + (series.operations[row] ?? 0), 0);
  return (operations * 1000) / spanMs(series, first, last);
}

/** From the start of one interval to the end of another. */
export function spanMs({ end_ms: ends }: JobSeries, first: number, last: number): number {
  return (ends[last] ?? 0) - (ends[first - 1] ?? 0);
}
