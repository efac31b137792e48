import { assert } from '../assert.js';

/** Samples of each side up to which the distribution of U is computed; above, the normal one is as good. */
export const EXACT_MAX = 49;

/**
 * How likely each value of Mann and Whitney's U is when both sides are drawn from one distribution without ties: the
 * share of the orders of `m` and `n` samples in which exactly `u` pairs have the larger sample on the first side.
 *
 * The largest of all is on the first side in m of m + n orders, and then above all n of the other. Probabilities and
 * not counts of orders: those leave the exact range of a double at 29 and 29 samples.
 */
export function uDistribution(m: number, n: number): Float64Array {
  assert(m >= 1 && n >= 1 && m <= EXACT_MAX && n <= EXACT_MAX, 'no exact distribution for % and %', m, n);
  // One per number of samples on the other side, of 0 samples on the first: U is 0.
  let fewer: Float64Array[] = Array.from({ length: n + 1 }, () => Float64Array.of(1));
  for (let i = 1; i <= m; i++) {
    const row: Float64Array[] = [Float64Array.of(1)];
    for (let j = 1; j <= n; j++) row.push(mixed(i, j, fewer[j] as Float64Array, row[j - 1] as Float64Array));
    fewer = row;
  }
  return fewer[n] as Float64Array;
}

/** Of `i` and `j` samples, from what is known of one fewer on either side. */
function mixed(i: number, j: number, fewerFirst: Float64Array, fewerOther: Float64Array): Float64Array {
  const shares = new Float64Array(i * j + 1);
  const first = i / (i + j);
  for (let u = 0; u < fewerFirst.length; u++) shares[u + j] = first * (fewerFirst[u] as number);
  for (let u = 0; u < fewerOther.length; u++) {
    shares[u] = (shares[u] as number) + (1 - first) * (fewerOther[u] as number);
  }
  return shares;
}

/** The probability of U up to `u`, without ties. */
export function uAtMost(u: number, m: number, n: number): number {
  const shares = uDistribution(m, n);
  let sum = 0;
  // From the small ones on: those in the tail are what a p-value is made of.
  for (let at = 0; at <= Math.min(u, shares.length - 1); at++) sum += shares[at] as number;
  return Math.min(1, sum);
}

/** The standard deviation of U; `tied` has the size of each group of equal samples. */
export function uDeviation(m: number, n: number, tied: readonly number[] = []): number {
  const all = m + n;
  const lost = tied.reduce((sum, size) => sum + size ** 3 - size, 0) / (all * (all - 1));
  return Math.sqrt(((m * n) / 12) * (all + 1 - lost));
}
