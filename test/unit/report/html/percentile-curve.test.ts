import { describe, expect, it } from 'vitest';
import { latencyAt, percentileCurve, shareLabel } from '../../../../src/report/html/percentile-curve.js';
import { histogramOf } from '../../runs/fixtures.js';
import { jobReport } from '../fixtures.js';

describe('percentileCurve', () => {
  const values = Array.from({ length: 5000 }, (_, i) => 1000 + i * i);
  const histogram = histogramOf(values);
  const job = jobReport({ operations: values.length });
  const curve = percentileCurve({ job, label: 'job', histogram: histogram.toData(), series: null });

  it('goes up, from the first request to the one that is slowest', () => {
    expect(curve.at(0)).toEqual({ x: 1, ns: 1000 });
    expect(curve.at(-1)).toEqual({ x: 5000, ns: 1000 + 4999 * 4999 });
    for (const [i, point] of curve.slice(1).entries()) {
      expect(point.x).toBeGreaterThanOrEqual(curve[i]?.x ?? 0);
      expect(point.ns).toBeGreaterThanOrEqual(curve[i]?.ns ?? 0);
    }
  });

  it.each([
    [50, 2],
    [90, 10],
    [99, 100],
    [99.9, 1000],
  ])('has the percentile %d of the histogram at its place, to the width of a point', (p, x) => {
    const exact = histogram.percentile(p) ?? 0;
    expect(Math.abs((latencyAt(curve, x) ?? 0) / exact - 1)).toBeLessThan(0.02);
  });

  it('is drawn from the report where no histogram was kept', () => {
    const points = percentileCurve({ job, label: 'job', histogram: null, series: null });
    const ns = job.latency_ns;
    expect(points).toEqual([
      { x: 1, ns: ns?.min },
      { x: 2, ns: ns?.p50 },
      { x: 10, ns: ns?.p90 },
      { x: 100, ns: ns?.p99 },
      { x: 1000, ns: ns?.p99_9 },
      { x: 5000, ns: ns?.max },
    ]);
  });

  it('names shares as they are said', () => {
    expect([1, 2, 10, 100, 1000, 100_000].map(shareLabel)).toEqual([
      '0 %',
      '50 %',
      '90 %',
      '99 %',
      '99.9 %',
      '99.999 %',
    ]);
  });
});
