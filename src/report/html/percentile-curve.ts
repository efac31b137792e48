import type { JobData } from './run-data.js';
import { bucketEnd } from '../../stats/buckets.js';

/** Where a share of all requests that were not slower is drawn: each nine takes the same width. */
export interface CurvePoint {
  /** 1 / (1 - share). */
  readonly x: number;
  readonly ns: number;
}

/**
 * How slow the slowest part of the requests was, from all of them to the one. Without a histogram, the percentiles of
 * the report must do.
 */
export function percentileCurve({ job, histogram }: JobData): readonly CurvePoint[] {
  if (histogram === null || histogram.count === 0) {
    const { latency_ns: ns, operations } = job;
    if (ns === null) return [];
    const known = { 1: ns.min, 2: ns.p50, 10: ns.p90, 100: ns.p99, 1000: ns.p99_9 };
    const points = Object.entries(known).map(([x, value]) => ({ x: Number(x), ns: value }));
    return [...points.filter(({ x }) => x < operations), { x: Math.max(1, operations), ns: ns.max }];
  }
  const { count, max } = histogram;
  const points: CurvePoint[] = [{ x: 1, ns: histogram.min ?? 0 }];
  let seen = 0;
  for (const [bucket, inBucket] of histogram.buckets) {
    seen += inBucket;
    const ns = Math.min(bucketEnd(bucket), max ?? Infinity);
    points.push({ x: Math.min(count, count / (count - seen)), ns });
  }
  return thinned(points);
}

/** The latency at `x`: that of the first point that is not to its left. */
export function latencyAt(curve: readonly CurvePoint[], x: number): number | null {
  return (curve.find((point) => point.x >= x) ?? null)?.ns ?? null;
}

/** `99.9 %`, as far as it is worth saying. */
export function shareLabel(x: number): string {
  const nines = Math.max(0, Math.ceil(Math.log10(x) - 1.5));
  return `${Number((100 - 100 / x).toFixed(nines + 1))} %`;
}

/** Nobody can tell points apart that are nearer than this in the logarithm. */
const STEP = 0.004;

function thinned(points: readonly CurvePoint[]): CurvePoint[] {
  const kept: CurvePoint[] = [];
  for (const point of points) {
    const before = kept.at(-1);
    const isNear = before !== undefined && Math.log10(point.x / before.x) < STEP;
    const isFlat = before !== undefined && Math.abs(Math.log10(point.ns / Math.max(1, before.ns))) < STEP * 4;
    if (isNear && isFlat) continue;
    kept.push(point);
  }
  const [last, end] = [kept.at(-1), points.at(-1)];
  return end !== undefined && end !== last ? [...kept, end] : kept;
}
