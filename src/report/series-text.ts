import type { JobSeries } from '../machine/job-series.js';
import { formatCount, formatRate, formatSeconds, formatShare } from './format.js';
import { sparkline } from './sparkline.js';

/** What the time line of a job adds to its block: label and text of each line. */
export type SeriesLine = readonly [label: string, text: string];

const CHARACTERS_MAX = 40;

export function seriesLines(series: JobSeries): SeriesLine[] {
  const rows = measuredRows(series);
  return rows.length === 0
    ? []
    : [
        ['over time', overTime(series, rows)],
        ['ring fill', ringFill(series, rows)],
      ];
}

/** Mean requests in the rings over all intervals that count, in shares of their entries. */
function ringFill(series: JobSeries, rows: readonly number[]): string {
  const mean = rows.reduce((sum, row) => sum + (series.outstanding[row] ?? 0), 0) / rows.length;
  const most = Math.max(...rows.map((row) => series.outstanding_max[row] ?? 0));
  const entries = series.ring_entries;
  const [average, all] = [mean, entries].map(formatCount);
  return `${formatShare(mean / entries)}: ${average} in flight on average, ${formatCount(most)} at most, ring ${all}`;
}

function overTime(series: JobSeries, rows: readonly number[]): string {
  const rates = ratesOf(series, rows);
  const [low, high] = [Math.min(...rates), Math.max(...rates)].map(formatRate);
  const row = rates.length;
  const each = formatSeconds((endOf(series, rows.at(-1)) - startOf(series, rows[0])) / 1000 / row);
  return `${sparkline(rates)}   ${low} to ${high}, each ${each}`;
}

/** Operations per second, in at most so many stretches of equally many intervals. */
function ratesOf(series: JobSeries, rows: readonly number[]): number[] {
  const each = Math.ceil(rows.length / CHARACTERS_MAX);
  return Array.from({ length: Math.ceil(rows.length / each) }, (_, index) => {
    const stretch = rows.slice(index * each, (index + 1) * each);
    const operations = stretch.reduce((sum, row) => sum + (series.operations[row] ?? 0), 0);
    return (operations * 1000) / (endOf(series, stretch.at(-1)) - startOf(series, stretch[0]));
  });
}

/** Those between the first and the last one in which an operation counted. */
function measuredRows({ operations }: JobSeries): number[] {
  const first = operations.findIndex((count) => count > 0);
  const last = operations.findLastIndex((count) => count > 0);
  return first === -1 ? [] : operations.map((_, row) => row).slice(first, last + 1);
}

function startOf({ end_ms: ends }: JobSeries, row: number = 0): number {
  return ends[row - 1] ?? 0;
}

function endOf({ end_ms: ends }: JobSeries, row: number = 0): number {
  return ends[row] ?? 0;
}
