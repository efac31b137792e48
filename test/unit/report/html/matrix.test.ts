import { describe, expect, it } from 'vitest';
import type { JobReport } from '../../../../src/machine/job-report.js';
import { matrixLayout } from '../../../../src/report/html/matrix-axes.js';
import { matrixSection } from '../../../../src/report/html/matrix-section.js';
import { jobLabel } from '../../../../src/report/job-names.js';
import { jobReport } from '../fixtures.js';

const cells = ['direct', 'indirect'].flatMap((base) =>
  ['split', 'packed'].flatMap((layout) =>
    [16, 64, 256].flatMap((size) =>
      [false, true].map((eventIdx) =>
        jobReport({
          name: `${base}[...]`,
          parameters: { 'queue.layout': layout, 'queue.size': size, 'queue.features.EVENT_IDX': eventIdx },
          operations_per_s: size * 1000 + (layout === 'packed' ? 1 : 0),
        }),
      ),
    ),
  ),
);

function texts(pattern: RegExp, jobs: readonly JobReport[]): string[] {
  return [...(matrixSection(jobs)?.text ?? '').matchAll(pattern)].map(([, text]) => text ?? '');
}

describe('a matrix', () => {
  it('has its sizes along each plot, split against packed in it, and a plot for each other combination', () => {
    const layout = matrixLayout(cells);
    expect([layout?.x.name, layout?.series?.name]).toEqual(['size', 'layout']);
    expect(layout?.facets.map(({ name }) => name)).toEqual(['job', 'EVENT_IDX']);
    const plots = [
      'direct, no EVENT_IDX',
      'direct, EVENT_IDX',
      'indirect, no EVENT_IDX',
      'indirect, EVENT_IDX',
    ];
    expect(texts(/<figcaption>(.*?)<\/figcaption>/g, cells).slice(0, 4)).toEqual(plots);
  });

  it('has the same numbers along the axis in all plots of a figure', () => {
    const plots = (matrixSection(cells)?.text ?? '').split('<figure').slice(1, 5);
    const ticks = plots.map((plot) =>
      [...plot.matchAll(/text-anchor="end"[^>]*>(.*?)</g)].map(([, text]) => text),
    );
    expect(ticks[0]?.length).toBeGreaterThanOrEqual(2);
    for (const other of ticks) expect(other).toEqual(ticks[0]);
  });

  it('leaves a hole where a cell was not run, and says of each point what it is', () => {
    const some = cells.filter((_, i) => i !== 0);
    expect(texts(/<title>(.*?)<\/title>/g, some)).toHaveLength(
      texts(/<title>(.*?)<\/title>/g, cells).length - 4,
    );
    expect(texts(/<title>(.*?)<\/title>/g, cells)).toContain('packed 64: 64k');
  });

  it('puts names beside each other, and joins only numbers', () => {
    const modes = ['garbage', 'zero', 'fault'].flatMap((mode) =>
      ['split', 'packed'].map((layout) =>
        jobReport({ parameters: { 'queue.layout': layout, 'memory.encryption': mode } }),
      ),
    );
    expect(matrixLayout(modes)).toMatchObject({
      x: { name: 'encryption' },
      series: { name: 'layout' },
      facets: [],
    });
    expect(matrixSection(modes)?.text).not.toContain('class="line');
    expect(matrixSection(cells)?.text).toContain('class="line');
  });

  it('is not made of jobs that have no parameters', () => {
    expect(matrixSection([jobReport(), jobReport({ name: 'other' })])).toBeNull();
  });
});

describe('jobLabel', () => {
  it('says what tells a job from all others', () => {
    const [first] = cells as [JobReport];
    expect(jobLabel(first, cells)).toBe('direct, split, size 16, no EVENT_IDX');
    expect(jobLabel(first, [first])).toBe('split, size 16, no EVENT_IDX');
    expect(jobLabel(jobReport(), [jobReport()])).toBe('randread');
  });
});
