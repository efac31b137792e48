import type { Comparison, Compared, CompareOptions, CompareVerdict, Pool, Margin } from '../bench/compare.js';
import type { Subject } from '../bench/identity.js';
import type { RecordedResult } from '../bench/read-results.js';
import { ExitCode } from '../exit-code.js';
import { compareWarnings } from './compare-warnings.js';

/** The document that `vring compare --json` prints. Its keys are a contract with scripts. */
export interface CompareReport {
  readonly schemaVersion: 1;
  readonly command: 'compare';
  /** What the samples are of: repetitions of benches, or blocks of intervals of runs. */
  readonly kind: 'bench' | 'run';
  /** `regression` when B is slower than A in anything; `nothing` when no result of one has its like in the other. */
  readonly verdict: 'pass' | 'regression' | 'nothing';
  readonly exitCode: ExitCode;
  readonly a: { readonly file: string; readonly results: number };
  readonly b: { readonly file: string; readonly results: number };
  readonly alpha: number;
  /** By metric where it is not the same for all: of runs, unless it was told. */
  readonly margin: Margin;
  /** Of the intervals: `1 - alpha`. */
  readonly confidence: number;
  readonly counts: Readonly<Record<CompareVerdict, number>>;
  readonly comparisons: readonly ComparisonReport[];
  readonly only_in_a: readonly SubjectReport[];
  readonly only_in_b: readonly SubjectReport[];
  readonly warnings: readonly string[];
}

export interface SubjectReport {
  readonly name: string;
  readonly metric: string;
  readonly better: 'lower' | 'higher';
  readonly configuration: Readonly<Record<string, unknown>>;
}

export interface SideReport {
  readonly samples: number;
  readonly runs: number;
  readonly median: number;
  readonly spread: number;
}

export interface ComparisonReport extends SubjectReport {
  readonly verdict: CompareVerdict;
  readonly a: SideReport;
  readonly b: SideReport;
  /** B divided by A: Hodges and Lehmann's estimate, and the interval; null where there are too few samples for one. */
  readonly ratio: number;
  readonly ratio_low: number | null;
  readonly ratio_high: number | null;
  readonly p: number;
  /** After Holm's correction for all comparisons: what is held against alpha. */
  readonly p_holm: number;
  readonly p_exact: boolean;
  /** The share by which B may differ; above the one asked for where a run is scattered more than that. */
  readonly margin: number;
  /** The verdict in words. */
  readonly sentence: string;
  /** Why it is `unclear`, and how many samples on each side might decide it; null for every other verdict. */
  readonly more: { readonly reason: string; readonly samples_each: number | null } | null;
}

interface Given {
  readonly file: string;
  readonly records: readonly RecordedResult[];
}

export function buildCompareReport(
  a: Given,
  b: Given,
  compared: Compared,
  { alpha, margin, isOfRuns = false }: CompareOptions,
  warnings: readonly string[] = [],
): CompareReport {
  const comparisons = compared.comparisons.map((comparison) => comparisonReport(comparison, alpha));
  const count = (verdict: CompareVerdict): number =>
    comparisons.filter((comparison) => comparison.verdict === verdict).length;
  const counts = {
    faster: count('faster'),
    slower: count('slower'),
    same: count('same'),
    unclear: count('unclear'),
  };
  const [verdict, exitCode] = outcome(comparisons.length, counts.slower);
  return {
    schemaVersion: 1,
    command: 'compare',
    kind: isOfRuns ? 'run' : 'bench',
    verdict,
    exitCode,
    a: { file: a.file, results: a.records.length },
    b: { file: b.file, results: b.records.length },
    alpha,
    margin,
    confidence: 1 - alpha,
    counts,
    comparisons,
    only_in_a: compared.onlyA.map(subjectReport),
    only_in_b: compared.onlyB.map(subjectReport),
    warnings: [...compareWarnings(a.records, b.records, compared.comparisons), ...warnings],
  };
}

function outcome(pairs: number, slower: number): [CompareReport['verdict'], ExitCode] {
  if (pairs === 0) return ['nothing', ExitCode.nothingSelected];
  return slower > 0 ? ['regression', ExitCode.regression] : ['pass', ExitCode.pass];
}

function comparisonReport(comparison: Comparison, alpha: number): ComparisonReport {
  const { subject, verdict, a, b, ratio, interval, p, pHolm, margin, exact, more } = comparison;
  return {
    ...subjectReport(subject),
    verdict,
    a: sideReport(a),
    b: sideReport(b),
    ratio,
    ratio_low: interval?.low ?? null,
    ratio_high: interval?.high ?? null,
    p,
    p_holm: pHolm,
    p_exact: exact,
    margin,
    sentence: sentenceOf(comparison, alpha),
    more: more === null ? null : { reason: more.reason, samples_each: more.samplesEach },
  };
}

function sentenceOf({ verdict, pHolm, more }: Comparison, alpha: number): string {
  if (verdict === 'slower') return 'performance has regressed';
  if (verdict === 'faster') return 'performance has improved';
  if (more?.reason === 'busy') return 'no change can be told from the noise of a busy machine';
  return pHolm >= alpha ? 'no change in performance detected' : 'no change beyond the noise threshold';
}

function subjectReport({ name, metric, better, configuration }: Subject): SubjectReport {
  return { name, metric, better, configuration };
}

function sideReport({ samples, runs, median, spread }: Pool): SideReport {
  return { samples: samples.length, runs, median, spread };
}
