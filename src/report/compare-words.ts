import type { CompareVerdict, Margin } from '../bench/compare.js';
import type { CompareReport, ComparisonReport, SideReport, SubjectReport } from './compare-json.js';
import { formatCount, formatMetric, formatNs, formatShare } from './format.js';

const VERDICTS: readonly CompareVerdict[] = ['slower', 'faster', 'same', 'unclear'];

/** `1 slower, 2 same`. */
export function countsText({ counts }: CompareReport): string {
  const found = VERDICTS.filter((word) => counts[word] > 0);
  return found.map((word) => `${counts[word]} ${word}`).join(', ');
}

/** `10 %`; of runs, unless told: `25 % of operations_per_s, 60 % of latency_p50_ns`. */
export function marginText(margin: Margin): string {
  if (typeof margin === 'number') return formatShare(margin);
  return Object.entries(margin)
    .map(([metric, share]) => `${formatShare(share)} of ${metric}`)
    .join(', ');
}

/** Names each pair and each result that has none. */
export type Labeller = (subject: SubjectReport) => string;

/** The name, the metric, and of the configuration what is not the same everywhere. */
export function labellerOf({ comparisons, only_in_a: onlyA, only_in_b: onlyB }: CompareReport): Labeller {
  const subjects = [...comparisons, ...onlyA, ...onlyB];
  const keys = [...new Set(subjects.flatMap(({ configuration }) => Object.keys(configuration)))];
  const varying = keys.filter(
    (key) => new Set(subjects.map(({ configuration }) => JSON.stringify(configuration[key]))).size > 1,
  );
  return ({ name, metric, configuration }) => {
    const parts = varying.flatMap((key) =>
      configuration[key] === undefined ? [] : [`${key}=${valueText(configuration[key])}`],
    );
    return [name, ...parts, metric].join(' ');
  };
}

function valueText(value: unknown): string {
  return Array.isArray(value) ? value.join('+') || 'none' : String(value);
}

/** In the unit of the metric. */
export function figureText(metric: string, value: number): string {
  const isTime = /(^|_)ns(_per_|$|\.)/.test(metric);
  return isTime ? formatNs(value) : formatMetric(metric, value);
}

/** `100 ns (6, 0.5 %)`: the median, samples, their spread. */
export function sideText(metric: string, { median, spread, samples }: SideReport): string {
  return `${figureText(metric, median)} (${formatCount(samples)}, ${formatShare(spread)})`;
}

export function intervalText({ ratio_low: low, ratio_high: high }: ComparisonReport): string {
  return low === null || high === null ? 'none' : `${low.toFixed(3)} to ${high.toFixed(3)}`;
}

export function pText(p: number): string {
  return p < 0.0001 ? '<0.0001' : p.toFixed(4);
}

/** Why a pair is unclear, and what might decide it; null for every other one. */
export function adviceOf(pair: ComparisonReport): string | null {
  if (pair.more === null) return null;
  const { reason, samples_each: each } = pair.more;
  if (reason === 'busy') return 'other programs had too much of the machine; repeat both';
  const enough = each === null ? 'no number of samples is likely to tell' : `${each} samples each might tell`;
  return `${reasonText(reason, pair)}; ${enough}`;
}

function reasonText(reason: string, { a, b, p_holm: p, margin }: ComparisonReport): string {
  if (reason === 'too-few')
    return `${a.samples} and ${b.samples} samples can show no difference, however large`;
  if (reason === 'chance') return `p is ${pText(p)} among so many comparisons`;
  return `the interval reaches over an end of the margin of ${formatShare(margin)}`;
}
