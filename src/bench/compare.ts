import { assert } from '../assert.js';
import { holm, rankTest, ratioOf, smallestP } from '../stats/rank-test.js';
import { median, scatter, spread } from './bench-result.js';
import { type Subject, subjectOf } from './identity.js';
import { type MoreSamples, moreSamples } from './more-samples.js';
import type { RecordedResult } from './read-results.js';

/** The share by which B may differ from A and still be the same; of runs it may depend on the metric. */
export type Margin = number | Readonly<Record<string, number>>;

export interface CompareOptions {
  /** How often a difference may be claimed where there is none; the interval has the confidence `1 - alpha`. */
  readonly alpha: number;
  readonly margin: Margin;
  /** The samples are pieces of one run each: the margin is at least as wide as they are scattered. */
  readonly isOfRuns?: boolean;
}

/** What is said of B. */
export type CompareVerdict = 'faster' | 'slower' | 'same' | 'unclear';

/** All samples of one subject on one side. */
export interface Pool {
  readonly subject: Subject;
  readonly samples: readonly number[];
  /** Runs of the program that they are from. */
  readonly runs: number;
  readonly median: number;
  readonly spread: number;
}

export interface Comparison {
  readonly subject: Subject;
  readonly a: Pool;
  readonly b: Pool;
  /** B divided by A, whichever direction is good. */
  readonly ratio: number;
  readonly interval: { readonly low: number; readonly high: number } | null;
  readonly p: number;
  /** After Holm's correction for all pairs together. */
  readonly pHolm: number;
  /** What the interval was held against. */
  readonly margin: number;
  /** By the distribution of U, and not by the normal one. */
  readonly exact: boolean;
  readonly verdict: CompareVerdict;
  /** What might decide an `unclear`; null for every other verdict. */
  readonly more: MoreSamples | null;
}

export interface Compared {
  readonly comparisons: readonly Comparison[];
  readonly onlyA: readonly Subject[];
  readonly onlyB: readonly Subject[];
}

/** Pairs the results by what they are of, and says of each pair what can be said of it. */
export function compare(
  a: readonly RecordedResult[],
  b: readonly RecordedResult[],
  options: CompareOptions,
): Compared {
  const [poolsA, poolsB] = [pool(a), pool(b)];
  const pairs = poolsA.flatMap((one) => {
    const other = poolsB.find(({ subject }) => subject.identity === one.subject.identity);
    return other === undefined ? [] : [{ a: one, b: other, test: rankTest(one.samples, other.samples) }];
  });
  const ps = holm(pairs.map(({ test }) => test.p));
  const smallest = holm(
    pairs.map(({ a: one, b: other }) => smallestP(one.samples.length, other.samples.length)),
  );
  const comparisons = pairs.map(({ a: one, b: other, test }, index): Comparison => {
    const { estimate: ratio, interval } = ratioOf(one.samples, other.samples, 1 - options.alpha);
    const { p, z, exact } = test;
    const pHolm = ps[index] as number;
    const { subject } = one;
    const bounds = { alpha: options.alpha, margin: marginOf(one, other, options) };
    const verdict = verdictOf({ better: subject.better, interval, p: pHolm }, bounds);
    const [m, n] = [one.samples.length, other.samples.length];
    const known = {
      m,
      n,
      ratio,
      interval,
      p: pHolm,
      z,
      smallestP: smallest[index] as number,
      pairs: pairs.length,
    };
    const more = verdict === 'unclear' ? moreSamples(known, bounds) : null;
    const { margin } = bounds;
    return { subject, a: one, b: other, ratio, interval, p, pHolm, margin, exact, verdict, more };
  });
  return { comparisons, onlyA: without(poolsA, poolsB), onlyB: without(poolsB, poolsA) };
}

/**
 * Pieces of one run share what differs from run to run, so nothing in them tells how large that is. As much as one
 * piece of a run differs from the next is the least that two runs may differ by.
 */
function marginOf(a: Pool, b: Pool, { margin, isOfRuns = false }: CompareOptions): number {
  const told = typeof margin === 'number' ? margin : margin[a.subject.metric];
  assert(told !== undefined, 'there is no margin for %', a.subject.metric);
  return isOfRuns ? Math.max(told, scatter(a.samples), scatter(b.samples)) : told;
}

interface Bounds {
  readonly alpha: number;
  readonly margin: number;
}

interface Evidence {
  readonly better: 'lower' | 'higher';
  readonly interval: Comparison['interval'];
  readonly p: number;
}

/** The margin is as wide in both directions as a factor, so that B against A is the mirror image of A against B. */
function verdictOf({ better, interval, p }: Evidence, { alpha, margin }: Bounds): CompareVerdict {
  if (interval === null) return 'unclear';
  const { low, high } = interval;
  const [above, below] = [1 + margin, 1 / (1 + margin)];
  if (low >= below && high <= above) return 'same';
  if (p >= alpha || (low <= above && high >= below)) return 'unclear';
  return low > above === (better === 'lower') ? 'slower' : 'faster';
}

function pool(records: readonly RecordedResult[]): Pool[] {
  const bySubject = new Map<string, { subject: Subject; records: RecordedResult[] }>();
  for (const record of records) {
    const subject = subjectOf(record.result);
    const group = bySubject.get(subject.identity) ?? { subject, records: [] };
    bySubject.set(subject.identity, group);
    // A line that is there twice, as after copying files together, is no new evidence.
    if (!group.records.some((other) => isSame(record, other))) group.records.push(record);
  }
  return [...bySubject.values()].map(({ subject, records: group }) => {
    const samples = group.flatMap(({ result }) => result.samples);
    const runs = new Set(group.map(({ started_at }) => started_at)).size;
    return { subject, samples, runs, median: median(samples), spread: spread(samples) };
  });
}

function isSame(one: RecordedResult, other: RecordedResult): boolean {
  return (
    one.started_at === other.started_at &&
    JSON.stringify(one.result.samples) === JSON.stringify(other.result.samples)
  );
}

function without(pools: readonly Pool[], others: readonly Pool[]): Subject[] {
  const known = new Set(others.map(({ subject }) => subject.identity));
  return pools.map(({ subject }) => subject).filter(({ identity }) => !known.has(identity));
}
