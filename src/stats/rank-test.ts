import { assert } from '../assert.js';
import { normalAbove, normalQuantile } from './normal.js';
import { EXACT_MAX, uAtMost, uDeviation, uDistribution } from './u-distribution.js';

export interface RankTest {
  /** Pairs in which the first side has the larger sample; a tie is half a pair. */
  readonly u: number;
  /** Two-sided: how likely a U at least as far from the middle is when both sides are the same. */
  readonly p: number;
  /** How far from the middle U is, in standard deviations. */
  readonly z: number;
  /** By the distribution of U itself, and not by the normal one. */
  readonly exact: boolean;
}

/** Mann and Whitney's test of whether one side tends to be larger; the figures are those of R's `wilcox.test`. */
export function rankTest(a: readonly number[], b: readonly number[]): RankTest {
  assert(a.length > 0 && b.length > 0, 'a rank test needs samples on both sides');
  const [m, n] = [a.length, b.length];
  const { ranks, tied } = ranksOf([...a, ...b]);
  const u = ranks.slice(0, m).reduce((sum, rank) => sum + rank, 0) - (m * (m + 1)) / 2;
  const deviation = uDeviation(m, n, tied);
  const off = Math.abs(u - (m * n) / 2);
  const z = deviation === 0 ? 0 : off / deviation;
  const exact = tied.length === 0 && isExact(m, n);
  if (exact) return { u, p: Math.min(1, 2 * uAtMost(Math.min(u, m * n - u), m, n)), z, exact };
  // Half a step towards the middle: U goes in steps, the normal distribution does not.
  const p = deviation === 0 ? 1 : Math.min(1, 2 * normalAbove((off - 0.5) / deviation));
  return { u, p, z, exact };
}

/** The smallest p that so many samples can show, however far apart the two sides are. */
export function smallestP(m: number, n: number): number {
  if (isExact(m, n)) return Math.min(1, 2 * uAtMost(0, m, n));
  return 2 * normalAbove(((m * n) / 2 - 0.5) / uDeviation(m, n));
}

export interface Ratio {
  /** Hodges and Lehmann's estimate: the median of all quotients of a sample of b and one of a. */
  readonly estimate: number;
  /** Null where so few samples bound no interval with that confidence. */
  readonly interval: { readonly low: number; readonly high: number } | null;
}

/**
 * How many times as large as a b is. The interval is the one that belongs to the rank test: it holds every ratio by
 * which a could be multiplied without the test telling it from b at `1 - confidence`.
 */
export function ratioOf(a: readonly number[], b: readonly number[], confidence: number): Ratio {
  assert(a.length > 0 && b.length > 0, 'a ratio needs samples on both sides');
  assert(
    [...a, ...b].every((value) => value > 0 && value < Infinity),
    'only positive samples have a ratio',
  );
  // The estimate is one of a shift, and between logarithms a shift is a ratio: quotients are in the same order.
  const ratios = b.flatMap((over) => a.map((under) => over / under)).sort((one, other) => one - other);
  const at = (index: number): number => ratios[index] as number;
  const half = ratios.length >> 1;
  const estimate = ratios.length % 2 === 1 ? at(half) : Math.sqrt(at(half - 1) * at(half));
  const outside = ratiosOutside(a.length, b.length, 1 - confidence);
  if (outside === 0) return { estimate, interval: null };
  return { estimate, interval: { low: at(outside - 1), high: at(ratios.length - outside) } };
}

/**
 * Holm's correction of several tests' p-values, in their order: each is what it must be below so that the chance of
 * any false alarm among all of them stays what it is for one.
 */
export function holm(ps: readonly number[]): number[] {
  const order = ps.map((_, index) => index).sort((one, other) => (ps[one] as number) - (ps[other] as number));
  const corrected = ps.map(() => 1);
  let largest = 0;
  for (const [rank, index] of order.entries()) {
    largest = Math.max(largest, Math.min(1, (ps.length - rank) * (ps[index] as number)));
    corrected[index] = largest;
  }
  return corrected;
}

function isExact(m: number, n: number): boolean {
  return m <= EXACT_MAX && n <= EXACT_MAX;
}

/** By how much a probability may be above alpha for the rounding of its sum alone. */
const ROUNDING = 1 + 1e-9;

/** The rank of the end of the interval among the ratios, from either side and counted from 1; 0 if there is none. */
function ratiosOutside(m: number, n: number, alpha: number): number {
  if (!isExact(m, n))
    return Math.max(0, Math.floor((m * n) / 2 - normalQuantile(alpha / 2) * uDeviation(m, n)));
  const shares = uDistribution(m, n);
  let sum = 0;
  // The interval from the k-th to the k-th last ratio leaves out what has a U below k.
  for (let k = 0; ; k++) {
    sum += shares[k] as number;
    if (sum > (alpha / 2) * ROUNDING) return k;
  }
}

function ranksOf(values: readonly number[]): { readonly ranks: number[]; readonly tied: number[] } {
  const order = values.map((_, index) => index);
  order.sort((one, other) => (values[one] as number) - (values[other] as number));
  const ranks = values.map(() => 0);
  const tied: number[] = [];
  for (let start = 0, end = 0; start < order.length; start = end) {
    const value = values[order[start] as number];
    while (end < order.length && values[order[end] as number] === value) end++;
    if (end - start > 1) tied.push(end - start);
    // Equal samples share the middle of their ranks, which count from 1.
    for (const index of order.slice(start, end)) ranks[index] = (start + 1 + end) / 2;
  }
  return { ranks, tied };
}
