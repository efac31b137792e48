import { describe, expect, it } from 'vitest';
import type { BenchResult, ExploreResult } from '../../../../src/bench/bench-result.js';
import type { BenchReport } from '../../../../src/report/bench-json.js';
import { benchHtml } from '../../../../src/report/html/bench-page.js';
import { ringResult } from '../../../support/bench/results.js';
import { environment } from '../fixtures.js';

function pageOf(results: readonly BenchResult[], changes: Partial<BenchReport> = {}): string {
  return benchHtml({
    schemaVersion: 1,
    command: 'bench',
    what: 'ring',
    exitCode: 0,
    started_at: '2026-11-22T12:00:00.000Z',
    environment,
    results,
    ...changes,
  });
}

/** Of the wide drawing of the first plot: places of dots and marks in pixels, and of ticks by their labels. */
function drawn(page: string): { dots: number[]; marks: number[]; ticks: Map<string, number> } {
  const [wide = ''] = page.slice(page.indexOf('<div class="wide">')).split('</svg>');
  const numbers = (pattern: RegExp): number[] => [...wide.matchAll(pattern)].map(([, at]) => Number(at));
  const ticks = [...wide.matchAll(/class="tick"[^>]* x="([\d.]+)"[^>]*>([^<]+)</g)];
  return {
    dots: numbers(/class="sample" cx="([\d.]+)"/g),
    marks: numbers(/class="mark" transform="translate\(([\d.]+) /g),
    ticks: new Map(ticks.map(([, at, label = '']) => [label, Number(at)])),
  };
}

describe('the page of a bench', () => {
  it('has a dot where each repetition was, and a mark at their median, from 0', () => {
    const { dots, marks, ticks } = drawn(
      pageOf([ringResult([40, 50, 90]), ringResult([80, 80], { batch: 8 })]),
    );
    const [zero = Number.NaN, twenty = Number.NaN] = [ticks.get('0 ns'), ticks.get('20 ns')];
    const nsAt = (px: number): number => Math.round(((px - zero) * 20) / (twenty - zero));
    expect(dots.map(nsAt)).toEqual([40, 50, 90, 80, 80]);
    expect(marks.map(nsAt)).toEqual([50, 80]);
  });

  it('takes a log scale for results that are far apart', () => {
    const { marks, ticks } = drawn(pageOf([ringResult([100]), ringResult([10_000], { wait: 'block' })]));
    const [low = Number.NaN, high = Number.NaN] = [ticks.get('100 ns'), ticks.get('10 us')];
    expect(marks).toEqual([low, high]);
    expect((ticks.get('1 us') ?? 0) - low).toBeCloseTo((high - low) / 2, 0);
  });

  it('says first what the fastest and the slowest were', () => {
    expect(pageOf([ringResult([40, 50, 90])])).toContain(
      '50 ns, median of 3 repetitions: ring, split 256, poll, batch 1.',
    );
    const both = pageOf([ringResult([1000]), ringResult([20], { batch: 8 })]);
    expect(both).toContain(
      '2 results, each the median of 1 repetition: from 20 ns (ring, split 256, poll, batch 8) to 1 us (ring,',
    );
  });

  it('shows what the explorer builds, where more is better', () => {
    const result: ExploreResult = {
      ...ringResult([60_000, 62_000]),
      name: 'split-2',
      metric: 'graphs_per_s',
      better: 'higher',
      profile: 'tso',
      graphs: 100,
      graphs_per_s: 61_000,
      elapsed_s: 2,
      workers: 1,
    };
    const page = pageOf([result, { ...result, workers: 2, graphs_per_s: 122_000 }], { what: 'explore' });
    expect(page).toContain('graphs_per_s: more is better');
    expect(page).toContain('2 workers build graphs 2.00 times as fast as one');
    expect(page).toMatch(/<th scope="row">split-2<\/th><td>tso<\/td><td class="n">2</);
  });

  it('tells an interrupted one, also without a sample', () => {
    const page = pageOf([], { exitCode: 130 });
    expect(page).toContain('INTERRUPTED</span> bench ring');
    expect(page).toContain('Nothing was measured.');
    expect(page).not.toContain('<svg');
  });
});
