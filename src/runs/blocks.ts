import type { JobSeries } from '../machine/job-series.js';
import { measuredRows, rateOf } from './measured-rows.js';

/** What is compared of a job: a sample for each block. */
export interface BlockSamples {
  readonly operations_per_s: readonly number[];
  readonly latency_p50_ns: readonly number[];
  readonly latency_p99_ns: readonly number[];
}

/** From many short blocks to a few long ones; fewer would hardly show a difference. */
const BLOCK_COUNTS = [30, 20, 15, 12, 10, 8];
const BLOCKS_MIN = 6;
/** Of neighbouring blocks: less is what chance makes of samples that know nothing of each other. */
const CORRELATION_MAX = 0.2;

/**
 * The samples of a job. Neighbouring intervals resemble each other: as samples of their own they would claim to be more
 * than they are, and a test on them finds a difference between any two runs. So they are put together in blocks of
 * equal length, as many as do not resemble their neighbours in rate. The first and the last interval are measured only
 * in part.
 */
export function blockSamples(series: JobSeries): BlockSamples {
  const rows = measuredRows(series).slice(1, -1);
  const counts = [...BLOCK_COUNTS, BLOCKS_MIN].filter((count) => count <= rows.length);
  const candidates = counts.map((count) => blocksOf(rows, count));
  const rates = (blocks: readonly (readonly number[])[]): number[] =>
    blocks.map((block) => rateOf(series, block));
  const apart = candidates.find((blocks) => neighbourCorrelation(rates(blocks)) < CORRELATION_MAX);
  const blocks = apart ?? candidates.at(-1) ?? rows.map((row) => [row]);
  return {
    operations_per_s: positive(rates(blocks)),
    latency_p50_ns: positive(blocks.map((block) => meanOf(series.p50_ns, block))),
    latency_p99_ns: positive(blocks.map((block) => meanOf(series.p99_ns, block))),
  };
}

/** Equally many intervals each; of the rest, the ones at the start are left out. */
function blocksOf(rows: readonly number[], count: number): number[][] {
  const each = Math.floor(rows.length / count);
  const used = rows.slice(rows.length - each * count);
  return Array.from({ length: count }, (_, index) => used.slice(index * each, (index + 1) * each));
}

/** Of the values with those one place on; 0 where all are the same. */
export function neighbourCorrelation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const off = values.map((value) => value - mean);
  const variance = off.reduce((sum, value) => sum + value * value, 0);
  if (variance === 0) return 0;
  return off.slice(1).reduce((sum, value, index) => sum + value * (off[index] ?? 0), 0) / variance;
}

/** Over the intervals in which anything came back; NaN where there is none. */
function meanOf(column: readonly (number | null)[], rows: readonly number[]): number {
  const values = rows.flatMap((row) => column[row] ?? []);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** A block in which nothing came back has no ratio to any other. */
function positive(values: readonly number[]): number[] {
  return values.filter((value) => value > 0);
}
