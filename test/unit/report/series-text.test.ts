import { describe, expect, it } from 'vitest';
import { seriesLines } from '../../../src/report/series-text.js';
import { sparkline } from '../../../src/report/sparkline.js';
import { jobSeries } from '../runs/fixtures.js';

describe('sparkline', () => {
  it('has eight levels from 0 to the largest', () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7])).toBe('▁▂▃▄▅▆▇█');
  });

  it('shows the little that there is as more than nothing', () => {
    expect(sparkline([0, 1, 1000])).toBe('▁▂█');
  });

  it.each([
    [[], ''],
    [[0, 0], '▁▁'],
    [[null, 5], '·█'],
  ])('%j', (values, text) => {
    expect(sparkline(values)).toBe(text);
  });
});

describe('seriesLines', () => {
  it('shows the rate over time, without what came before the first operation and after the last', () => {
    const operations = [0, 0, 100, 400, 0, 200, 0];
    const [[label, text] = []] = seriesLines(jobSeries(7, { operations }));
    expect(label).toBe('over time');
    expect(text).toBe('▃█▁▅   0 op/s to 4k op/s, each 100 ms');
  });

  it('is at most 40 characters wide', () => {
    const [line] = seriesLines(jobSeries(600));
    expect(line?.[1].split(' ')[0]).toHaveLength(40);
    expect(line?.[1]).toContain('10k op/s to 10k op/s, each 1.5 s');
  });

  it('shows how full the rings were', () => {
    const fill = { outstanding: [0, 10, 20], outstanding_max: [0, 12, 32], operations: [0, 1, 1] };
    expect(seriesLines(jobSeries(3, { ...fill, ring_entries: 100 }))[1]).toEqual([
      'ring fill',
      '15 %: 15 in flight on average, 32 at most, ring 100',
    ]);
  });

  it('says nothing where nothing was measured', () => {
    expect(seriesLines(jobSeries(3, { operations: [0, 0, 0] }))).toEqual([]);
  });
});
