import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SharedNumbers } from '../../../src/memory/shared-numbers.js';
import { bucketEnd, bucketOf } from '../../../src/stats/buckets.js';
import { Histogram } from '../../../src/stats/histogram.js';
import { latencyReport } from '../../../src/stats/latency-report.js';

const HOUR_NS = 3600e9;

/** Latencies of every magnitude: uniform draws alone would nearly all be of the largest one. */
const latency = fc
  .tuple(fc.integer({ min: 0, max: 41 }), fc.double({ min: 1, max: 2, noNaN: true, maxExcluded: true }))
  .map(([exponent, mantissa]) => Math.min(HOUR_NS, Math.floor(2 ** exponent * mantissa)));
const latencies = fc.array(latency, { minLength: 1, maxLength: 300 });

function recorded(values: readonly number[], maxNs?: number): Histogram {
  const histogram = Histogram.ofMaxNs(maxNs);
  for (const value of values) histogram.record(value);
  return histogram;
}

function sortedPercentile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil((p * sorted.length) / 100)) - 1] ?? Number.NaN;
}

describe('buckets', () => {
  it('hold every value of their range, and end before the next begins', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        const bucket = bucketOf(value);
        expect(bucketEnd(bucket)).toBeGreaterThanOrEqual(value);
        if (bucket > 0) expect(bucketEnd(bucket - 1)).toBeLessThan(value);
      }),
    );
  });

  it('agree on both sides of each power of two', () => {
    for (let exponent = 0; exponent < 53; exponent++) {
      const power = 2 ** exponent;
      expect(bucketEnd(bucketOf(power) - 1)).toBe(power - 1);
      expect(bucketOf(power - 1)).toBe(bucketOf(power) - 1);
    }
  });
});

describe('Histogram', () => {
  it('has percentiles that are never too small, and too large by 1/256 at most', () => {
    fc.assert(
      fc.property(latencies, fc.double({ min: 0, max: 100, noNaN: true }), (values, p) => {
        const exact = sortedPercentile(values, p);
        const estimate = recorded(values).percentile(p) as number;
        expect(estimate).toBeGreaterThanOrEqual(exact);
        expect(estimate - exact).toBeLessThanOrEqual(exact / 256);
      }),
    );
  });

  it('has an exact count, minimum, mean and maximum', () => {
    fc.assert(
      fc.property(latencies, (values) => {
        const histogram = recorded(values);
        expect(histogram.count).toBe(values.length);
        expect(histogram.min).toBe(Math.min(...values));
        expect(histogram.max).toBe(Math.max(...values));
        expect(histogram.mean).toBe(values.reduce((sum, value) => sum + value, 0) / values.length);
      }),
    );
  });

  it('is exact below 512 ns', () => {
    const values = Array.from({ length: 512 }, (_, value) => value);
    const histogram = recorded(values);
    for (const p of [0, 10, 50, 99, 100]) expect(histogram.percentile(p)).toBe(sortedPercentile(values, p));
  });

  it('has nothing to say while empty', () => {
    const { count, min, max, mean } = Histogram.ofMaxNs();
    expect({ count, min, max, mean }).toEqual({ count: 0, min: null, max: null, mean: null });
    expect(Histogram.ofMaxNs().percentile(50)).toBeNull();
  });

  it('covers an hour', () => {
    const histogram = recorded([1, HOUR_NS - 1e9, HOUR_NS]);
    expect(histogram.percentile(50)).toBeLessThan((HOUR_NS - 1e9) * (1 + 1 / 256));
  });

  it('puts values past its range into the last bucket, and knows the largest', () => {
    const histogram = recorded([100, 200, 1e15], 1e6);
    expect(histogram.max).toBe(1e15);
    expect(histogram.percentile(50)).toBe(200);
    expect(histogram.percentile(99)).toBe(1e15);
  });

  it('rounds to whole nanoseconds', () => {
    expect(recorded([41.0000001]).max).toBe(41);
  });

  it.each([-1, Number.NaN])('refuses the latency %d', (value) => {
    expect(() => Histogram.ofMaxNs().record(value)).toThrow('negative');
  });

  it('is the same through another view of its memory', () => {
    const writer = Histogram.ofMaxNs();
    const reader = Histogram.attach(writer.buffer);
    writer.record(1234);
    expect(reader.count).toBe(1);
    expect(reader.percentile(100)).toBe(1234);
  });

  it('refuses memory that is no histogram', () => {
    expect(() => Histogram.attach(SharedNumbers.ofLength(3).buffer)).toThrow('not a histogram');
    expect(() => Histogram.attach(SharedNumbers.ofLength(300).buffer)).toThrow('not a histogram');
  });
});

describe('Histogram.merge', () => {
  it('is the histogram of all values', () => {
    fc.assert(
      fc.property(fc.array(latencies, { maxLength: 4 }), (parts) => {
        const merged = Histogram.merge(parts.map((part) => recorded(part)));
        const whole = recorded(parts.flat());
        expect(latencyReport([merged])).toEqual(latencyReport([whole]));
        expect(merged.count).toBe(whole.count);
      }),
    );
  });

  it('leaves its parts alone', () => {
    const part = recorded([10]);
    Histogram.merge([part, recorded([20])]);
    expect(part.count).toBe(1);
    expect(part.max).toBe(10);
  });

  it('refuses different ranges', () => {
    expect(() => Histogram.merge([Histogram.ofMaxNs(1e3), Histogram.ofMaxNs(1e9)])).toThrow('do not merge');
  });
});

describe('latencyReport', () => {
  it('is null without a single value', () => {
    expect(latencyReport([])).toBeNull();
    expect(latencyReport([Histogram.ofMaxNs(), Histogram.ofMaxNs()])).toBeNull();
  });

  it('speaks for all histograms together', () => {
    const values = Array.from({ length: 200 }, (_, index) => index + 1);
    const report = latencyReport([recorded(values.slice(0, 50)), recorded(values.slice(50))]);
    expect(report).toEqual({ min: 1, mean: 100.5, p50: 100, p90: 180, p99: 198, p99_9: 200, max: 200 });
  });
});
