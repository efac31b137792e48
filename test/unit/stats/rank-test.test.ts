import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalAbove, normalQuantile } from '../../../src/stats/normal.js';
import { holm, rankTest, ratioOf, smallestP } from '../../../src/stats/rank-test.js';
import { uAtMost, uDistribution } from '../../../src/stats/u-distribution.js';
import { seeded } from '../../support/ring/seeded.js';

// Hollander and Wolfe, Nonparametric Statistical Methods (1973), p. 69: permeability of the human chorioamnion at
// term, and between the 12th and the 26th week. R's help page of `wilcox.test` has it as its second example.
const TERM = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
const EARLY = [1.15, 0.88, 0.9, 0.74, 1.21];

// Ozone in New York in May and August 1973, R's data set `airquality`, without the days that have none: the example
// with ties on that page, `wilcox.test(Ozone ~ Month, subset = Month %in% c(5, 8))`.
const MAY = [
  41, 36, 12, 18, 28, 23, 19, 8, 7, 16, 11, 14, 18, 14, 34, 6, 30, 11, 1, 11, 4, 32, 23, 45, 115, 37,
];
const AUGUST = [
  39, 9, 16, 78, 35, 66, 122, 89, 110, 44, 28, 65, 22, 59, 23, 31, 44, 21, 9, 45, 168, 73, 76, 118, 84, 85,
];

/** Every way to choose `count` of the numbers below `of`. */
function choices(of: number, count: number): number[][] {
  if (count === 0) return [[]];
  if (of < count) return [];
  return [...choices(of - 1, count), ...choices(of - 1, count - 1).map((chosen) => [...chosen, of - 1])];
}

/** Every order of m and n samples without ties: the values of the first side, and those of the other. */
function orders(m: number, n: number): [number[], number[]][] {
  const all = Array.from({ length: m + n }, (_, index) => index);
  return choices(m + n, m).map((first) => [first, all.filter((value) => !first.includes(value))]);
}

const positive = fc.double({ min: 0.01, max: 1e6, noNaN: true });
const samples = fc.array(positive, { minLength: 1, maxLength: 12 });

describe('uDistribution', () => {
  // Table I of Mann and Whitney, Annals of Mathematical Statistics 18 (1947), n = 5, m = 5: out of 252.
  it('has the published probabilities of 5 and 5', () => {
    const cumulative = [1, 2, 4, 7, 12, 19, 28, 39, 53, 69, 87, 106, 126];
    for (const [u, count] of cumulative.entries()) expect(uAtMost(u, 5, 5)).toBeCloseTo(count / 252, 14);
  });

  // The table of critical values that textbooks print, two-sided, 5 %: for example Siegel, Nonparametric Statistics
  // for the Behavioral Sciences (1956), table K.
  it.each([
    [3, 5, 0],
    [4, 4, 0],
    [5, 5, 2],
    [6, 6, 5],
    [7, 7, 8],
    [8, 8, 13],
    [9, 9, 17],
    [10, 10, 23],
    [10, 20, 55],
    [20, 20, 127],
  ])('%i and %i samples: U of %i is the largest that is significant', (m, n, critical) => {
    expect(2 * uAtMost(critical, m, n)).toBeLessThanOrEqual(0.05);
    expect(2 * uAtMost(critical + 1, m, n)).toBeGreaterThan(0.05);
  });

  it('counts every order once', () => {
    for (const [m, n] of [
      [1, 1],
      [1, 6],
      [3, 3],
      [4, 6],
      [6, 2],
    ] as const) {
      const all = orders(m, n);
      const counts = Array.from({ length: m * n + 1 }, () => 0);
      for (const [first, other] of all) {
        const u = first.reduce((sum, value) => sum + other.filter((less) => less < value).length, 0);
        counts[u] = (counts[u] ?? 0) + 1;
      }
      for (const [u, share] of uDistribution(m, n).entries()) {
        expect(share).toBeCloseTo((counts[u] ?? 0) / all.length, 14);
      }
    }
  });

  it('adds up to 1 and is symmetric where counts would have left the exact integers', () => {
    const shares = uDistribution(49, 40);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    for (const [u, share] of shares.entries()) expect(share).toBeCloseTo(shares.at(-1 - u) as number, 14);
  });
});

describe('the normal distribution', () => {
  // By SciPy 1.17, `norm.sf`; 3 is where one way to compute it takes over from the other.
  it.each([
    [0, 0.5],
    [1, 0.15865525393145705],
    [1.959963984540054, 0.025],
    [2.999999, 0.0013499024634851552],
    [3, 0.0013498980316300946],
    [5, 2.866515718791939e-7],
    [8, 6.220960574271785e-16],
  ])('is above %f with probability %f', (z, p) => {
    expect(normalAbove(z) / p).toBeCloseTo(1, 6);
    expect(normalAbove(-z)).toBeCloseTo(1 - p, 12);
    expect(normalQuantile(p)).toBeCloseTo(z, 6);
  });
});

describe('rankTest', () => {
  it('is the published one without ties', () => {
    // R says W = 35, p = 0.1272 for the one side; the distribution is symmetric.
    const { u, p, exact } = rankTest(TERM, EARLY);
    expect({ u, exact }).toEqual({ u: 35, exact: true });
    expect(p).toBeCloseTo(2 * 0.1272061272061272, 12);
  });

  it('is the published one with ties', () => {
    // R says W = 127.5, p-value = 0.0001208.
    const { u, p, exact } = rankTest(MAY, AUGUST);
    expect({ u, exact }).toEqual({ u: 127.5, exact: false });
    expect(p).toBeCloseTo(0.00012080783076877, 12);
  });

  it('takes the normal distribution for many samples', () => {
    const many = Array.from({ length: 60 }, (_, index) => index);
    const others = Array.from({ length: 55 }, (_, index) => index * 1.1 + 3.05);
    // SciPy 1.17: mannwhitneyu(many, others, method='asymptotic').
    const { u, p, exact } = rankTest(many, others);
    expect({ u, exact }).toEqual({ u: 1476, exact: false });
    expect(p).toBeCloseTo(0.3313424053413414, 10);
  });

  it('changes little where it changes from one way to the other', () => {
    const of = (count: number, by: number): number[] => Array.from({ length: count }, (_, at) => at * 7 + by);
    const few = rankTest(of(49, 0), of(49, 60.5));
    const many = rankTest(of(50, 0), of(50, 60.5));
    expect([few.exact, many.exact]).toEqual([true, false]);
    expect(Math.abs(few.p - many.p)).toBeLessThan(0.01);
  });

  it('sees no difference where there is none', () => {
    expect(rankTest([5, 5, 5], [5, 5]).p).toBe(1);
    expect(rankTest([1, 4], [2, 3]).p).toBe(1);
  });

  it('does not care which side comes first, nor for the unit', () => {
    fc.assert(
      fc.property(samples, samples, (a, b) => {
        const { u, p } = rankTest(a, b);
        const swapped = rankTest(b, a);
        expect(swapped.u).toBe(a.length * b.length - u);
        expect(swapped.p).toBeCloseTo(p, 12);
        const halves = rankTest(
          a.map((value) => value / 2),
          b.map((value) => value / 2),
        );
        expect(halves).toEqual(rankTest(a, b));
      }),
      seeded(300),
    );
  });

  it('raises a false alarm no more often than it says', () => {
    for (const [m, n] of [
      [4, 4],
      [5, 4],
      [3, 6],
    ] as const) {
      const all = orders(m, n);
      for (const alpha of [0.05, 0.1, 0.3]) {
        const alarms = all.filter(([first, other]) => rankTest(first, other).p <= alpha);
        expect(alarms.length / all.length).toBeLessThanOrEqual(alpha);
      }
    }
  });
});

describe('smallestP', () => {
  it('is the p of samples that do not overlap', () => {
    expect(smallestP(3, 3)).toBeCloseTo(0.1, 12);
    expect(smallestP(4, 4)).toBeCloseTo(2 / 70, 12);
    expect(smallestP(1, 5)).toBeCloseTo(1 / 3, 12);
    const low = Array.from({ length: 60 }, (_, index) => index + 1);
    expect(smallestP(60, 60)).toBeCloseTo(
      rankTest(
        low,
        low.map((value) => value + 100),
      ).p,
      30,
    );
  });
});

describe('ratioOf', () => {
  it('is the published estimate and interval', () => {
    // Hollander and Wolfe, p. 76 and 79: 0.305, and from -0.15 to 0.76 with 96 %. That is a difference, and a
    // ratio of the exponentials; R prints it with conf.int = TRUE, as 95 %.
    const { estimate, interval } = ratioOf(EARLY.map(Math.exp), TERM.map(Math.exp), 0.95);
    expect(Math.log(estimate)).toBeCloseTo(0.305, 12);
    expect(Math.log(interval?.low ?? Number.NaN)).toBeCloseTo(-0.15, 12);
    expect(Math.log(interval?.high ?? Number.NaN)).toBeCloseTo(0.76, 12);
  });

  it('says so when there are too few samples for any interval', () => {
    expect(ratioOf([1, 2, 3], [11, 12, 13], 0.95).interval).toBeNull();
    expect(ratioOf([1, 2, 3], [11, 12, 13], 0.9).interval).not.toBeNull();
    expect(ratioOf([1, 2, 3, 4], [11, 12, 13, 14], 0.95).interval).toEqual({ low: 11 / 4, high: 14 });
  });

  it('turns with the sides, and follows a factor', () => {
    fc.assert(
      fc.property(samples, samples, fc.double({ min: 0.1, max: 10, noNaN: true }), (a, b, factor) => {
        const { estimate, interval } = ratioOf(a, b, 0.9);
        const swapped = ratioOf(b, a, 0.9);
        expect(swapped.estimate * estimate).toBeCloseTo(1, 9);
        const scaled = ratioOf(
          a,
          b.map((value) => value * factor),
          0.9,
        );
        expect(scaled.estimate / (estimate * factor)).toBeCloseTo(1, 9);
        if (interval === null) return;
        expect((swapped.interval?.low ?? Number.NaN) * interval.high).toBeCloseTo(1, 9);
        expect(interval.low).toBeLessThanOrEqual(estimate * (1 + 1e-12));
        expect(interval.high).toBeGreaterThanOrEqual(estimate * (1 - 1e-12));
      }),
      seeded(300),
    );
  });

  it('has an interval without 1 exactly where the test rejects', () => {
    for (const [m, n] of [
      [4, 4],
      [5, 4],
      [3, 6],
    ] as const) {
      for (const [first, other] of orders(m, n)) {
        const { interval } = ratioOf(first.map(Math.exp), other.map(Math.exp), 0.9);
        const outside = interval !== null && (interval.low > 1 || interval.high < 1);
        expect(outside).toBe(rankTest(first, other).p <= 0.1);
      }
    }
  });

  it('goes on in the same way with many samples', () => {
    const of = (count: number, by: number): number[] => Array.from({ length: count }, (_, at) => at + by);
    const few = ratioOf(of(49, 100), of(49, 110), 0.95);
    const many = ratioOf(of(50, 100), of(50, 110), 0.95);
    expect(many.interval?.low).toBeCloseTo(few.interval?.low ?? Number.NaN, 2);
    expect(many.interval?.high).toBeCloseTo(few.interval?.high ?? Number.NaN, 2);
  });

  it.each([[[0]], [[-1]], [[Infinity]]])('refuses %j', (wrong) => {
    expect(() => ratioOf(wrong, [1], 0.95)).toThrow('positive');
    expect(() => ratioOf([1], wrong, 0.95)).toThrow('positive');
  });
});

describe('holm', () => {
  // The example of R's `p.adjust(c(0.01, 0.02, 0.03, 0.04), 'holm')` by hand: 0.04, 0.06, 0.06, 0.06.
  it('multiplies the smallest by all, the next by one fewer, and never lets one overtake', () => {
    const corrected = holm([0.04, 0.01, 0.03, 0.02]);
    for (const [index, p] of [0.06, 0.04, 0.06, 0.06].entries()) expect(corrected[index]).toBeCloseTo(p, 12);
  });

  it('leaves one alone, and ends at 1', () => {
    expect(holm([0.03])).toEqual([0.03]);
    expect(holm([0.6, 0.7])).toEqual([1, 1]);
    expect(holm([])).toEqual([]);
  });
});
