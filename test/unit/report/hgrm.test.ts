import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hgrmOf, readHgrm } from '../../../src/report/hgrm.js';
import { Histogram } from '../../../src/stats/histogram.js';
import { seeded } from '../../support/ring/seeded.js';
import { histogramOf } from '../runs/fixtures.js';

function readBack(histogram: Histogram): Histogram {
  const data = readHgrm(hgrmOf(histogram.toData()));
  const read = data === null ? null : Histogram.fromData(data);
  if (read === null) throw new Error('not read');
  return read;
}

describe('hgrm', () => {
  it('reads back with every percentile as it was', () => {
    const latencies = fc.array(fc.oneof(fc.nat(2000), fc.nat(4e9), fc.maxSafeNat()), { maxLength: 200 });
    fc.assert(
      fc.property(latencies, fc.double({ min: 0, max: 100, noNaN: true }), (values, p) => {
        const histogram = histogramOf(values);
        const read = readBack(histogram);
        expect(read.percentile(p)).toBe(histogram.percentile(p));
        expect(read.toData()).toEqual(histogram.toData());
      }),
      seeded(200),
    );
  });

  it('merges, read back in halves, to the whole', () => {
    const values = Array.from({ length: 300 }, (_, i) => i * i);
    const halves = [values.slice(0, 100), values.slice(100)].map((half) => readBack(histogramOf(half)));
    expect(Histogram.merge(halves).toData()).toEqual(histogramOf(values).toData());
  });

  it('looks as plotters expect it', () => {
    const lines = hgrmOf(histogramOf([100, 100, 100, 200]).toData()).split('\n');
    expect(lines.slice(0, 4)).toEqual([
      '       Value     Percentile TotalCount 1/(1-Percentile)',
      '',
      '     100.000 0.750000000000          3           4.00',
      '     200.000 1.000000000000          4',
    ]);
    expect(lines[4]).toBe('#[Mean    =      125.000, StdDeviation   =       43.301]');
    expect(lines[5]).toBe('#[Max     =      200.000, Total count    =            4]');
  });

  it('does not read other things', () => {
    expect(readHgrm('Value Percentile\n1 2 3\n')).toBeNull();
  });
});
