import type { JobSeries } from '../machine/job-series.js';
import { measuredRows, rateOf, spanMs } from '../runs/measured-rows.js';
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
  const each = formatSeconds(spanMs(series, rows[0] ?? 0, rows.at(-1) ?? 0) / 1000 / rates.length);
  return `${sparkline(rates)}   ${low} to ${high}, each ${each}`;
}

/** Operations per second, in at most so many stretches of equally many intervals. */
function ratesOf(series: JobSeries, rows: readonly number[]): number[] {
  const each = Math.ceil(rows.length / CHARACTERS_MAX);
  return Array.from({ length: Math.ceil(rows.length / each) }, (_, index) => {
    return rateOf(series, rows.slice(index * each, (index + 1) * each));
  });
}
