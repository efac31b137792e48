import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countsSince, percentileOfCounts, sumOfCounts } from '../../../src/stats/bucket-counts.js';
import { Histogram } from '../../../src/stats/histogram.js';
import { latencyReport } from '../../../src/stats/latency-report.js';
import { seeded } from '../../support/ring/seeded.js';
import { histogramOf } from '../runs/fixtures.js';

const latencies = fc.array(fc.oneof(fc.nat(2000), fc.nat(4e9), fc.maxSafeNat()), { maxLength: 200 });

function read(data: unknown): Histogram {
  // As it is when it comes back from a file.
  const histogram = Histogram.fromData(JSON.parse(JSON.stringify(data)));
  if (histogram === null) throw new Error('not a histogram');
  return histogram;
}

describe('a histogram as data', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(latencies, (values) => {
        const data = histogramOf(values).toData();
        expect(read(data).toData()).toEqual(data);
        expect(latencyReport([read(data)])).toEqual(latencyReport([histogramOf(values)]));
      }),
      seeded(200),
    );
  });

  it('merges, of two halves, to that of the whole', () => {
    fc.assert(
      fc.property(latencies, fc.nat(200), (values, cut) => {
        const halves = [values.slice(0, cut), values.slice(cut)].map((half) =>
          read(histogramOf(half).toData()),
        );
        const [merged, whole] = [Histogram.merge(halves).toData(), histogramOf(values).toData()];
        // Sums of doubles this large depend on their order.
        expect({ ...merged, sum: 0 }).toEqual({ ...whole, sum: 0 });
        expect(merged.sum / (whole.sum || 1)).toBeCloseTo(whole.sum === 0 ? 0 : 1, 9);
      }),
      seeded(200, 1),
    );
  });

  it('is refused where its counts do not add up, or its buckets are others', () => {
    const data = histogramOf([1, 2, 300]).toData();
    expect(Histogram.fromData({ ...data, count: 2 })).toBeNull();
    expect(Histogram.fromData({ ...data, buckets_per_octave: 2048 })).toBeNull();
    expect(Histogram.fromData({ ...data, bucket_count: 256 })).toBeNull();
    expect(Histogram.fromData({ ...data, bucket_count: 300 })).toBeNull();
  });
});

describe('bucket counts', () => {
  it('are, since some time, those of what came later', () => {
    fc.assert(
      fc.property(latencies, latencies, (before, after) => {
        const [early, all] = [histogramOf(before), histogramOf([...before, ...after])];
        expect(countsSince(all.counts(), early.counts())).toEqual(histogramOf(after).counts());
      }),
      seeded(100, 2),
    );
  });

  it('have the percentiles of a histogram, also added up', () => {
    fc.assert(
      fc.property(latencies, latencies, fc.integer({ min: 0, max: 100 }), (one, other, p) => {
        const whole = histogramOf([...one, ...other]);
        const counts = sumOfCounts([histogramOf(one).counts(), histogramOf(other).counts()]);
        fc.pre((whole.max ?? 0) < 3600e9);
        expect(percentileOfCounts(counts, p, whole.max ?? 0)).toBe(whole.percentile(p));
      }),
      seeded(100, 3),
    );
  });
});
