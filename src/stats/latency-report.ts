import type { LatencyReport } from '../machine/job-report.js';
import { Histogram } from './histogram.js';

/** The latencies of all threads as one; null when nothing was recorded. */
export function latencyReport(histograms: readonly Histogram[]): LatencyReport | null {
  const all = Histogram.merge(histograms);
  const { min, mean, max } = all;
  if (min === null || mean === null || max === null) return null;
  const at = (p: number): number => all.percentile(p) ?? max;
  return { min, mean, p50: at(50), p90: at(90), p99: at(99), p99_9: at(99.9), max };
}
