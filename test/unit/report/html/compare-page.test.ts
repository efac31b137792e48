import { describe, expect, it } from 'vitest';
import { compare } from '../../../../src/bench/compare.js';
import type { RecordedEnvironment } from '../../../../src/bench/history.js';
import type { RecordedResult } from '../../../../src/bench/read-results.js';
import { buildCompareReport } from '../../../../src/report/compare-json.js';
import { compareHtml } from '../../../../src/report/html/compare/compare-page.js';
import { climbing, ENVIRONMENT, recorded, ringResult } from '../../../support/bench/results.js';

const OPTIONS = { alpha: 0.05, margin: 0.02 };

function pageOf(
  a: readonly RecordedResult[],
  b: readonly RecordedResult[],
  command = 'vring compare a b',
): string {
  const [sideA, sideB] = [
    { file: 'a.json', records: a, run: null },
    { file: 'b.json', records: b, run: null },
  ];
  const report = buildCompareReport(sideA, sideB, compare(a, b, OPTIONS), OPTIONS);
  return compareHtml({ report, command, a: sideA, b: sideB });
}

/** A result of each batch size, with samples around that many ns. */
function results(
  run: number,
  nsOf: readonly number[],
  environment: Partial<RecordedEnvironment> = {},
): RecordedResult[] {
  return nsOf.map((ns, batch) =>
    recorded(ringResult(climbing(ns, 6), { batch: batch + 1 }), run, { ...ENVIRONMENT, ...environment }),
  );
}

function sentence(page: string): string | undefined {
  return /<p><strong>([^<]*)<\/strong><\/p>/.exec(page)?.[1];
}

describe('the page of a comparison', () => {
  it('says first what can be said of B', () => {
    const against = (...ns: number[]): string | undefined =>
      sentence(
        pageOf(
          results(
            0,
            ns.map(() => 100),
          ),
          results(1, ns),
        ),
      );
    expect(against(150, 100, 60)).toBe(
      'B is slower than A in 1 of 3 comparisons, and faster in 1; of 1 nothing can be said.',
    );
    expect(against(60, 55)).toBe('B is faster than A in 2 of 2 comparisons, and in none slower.');
    expect(against(100.1, 100)).toBe('No difference can be shown, nor that there is none, in 2 comparisons.');
    const steady = (ns: number, run: number): RecordedResult[] => [
      recorded(ringResult([ns, ns + 0.1, ns + 0.2, ns + 0.3, ns + 0.4]), run),
    ];
    expect(sentence(pageOf(steady(100, 0), steady(100.2, 1)))).toBe(
      'B is as fast as A in all of 1 comparison, within 2 %.',
    );
    expect(sentence(pageOf(results(0, [1]), [recorded(ringResult([1], { wait: 'block' }), 1)]))).toBe(
      'Nothing in A has its like in B.',
    );
  });

  it('names what is slower, by how much and how surely', () => {
    const page = pageOf(results(0, [100]), results(1, [150]));
    const change =
      /slower<\/strong> ring ns_per_buffer: 103 ns in A, 154 ns in B, 50 % more \(([\d.]+) % to ([\d.]+) %\)/;
    const [, least, most] = change.exec(page) ?? [];
    expect(Number(least)).toBeGreaterThan(40);
    expect(Number(least)).toBeLessThan(50);
    expect(Number(most)).toBeGreaterThan(50);
    expect(page).toContain('REGRESSION</span> 1 slower');
  });

  it('has for each pair both medians, the ratio, its interval, p and the sentence', () => {
    const page = pageOf(results(0, [100]), results(1, [150]));
    const [row = ''] =
      page.slice(page.indexOf('aria-label="all comparisons"')).match(/<tr><th scope="row">[^]*?<\/tr>/) ?? [];
    const cells = row
      .replaceAll(/<[^>]+>/g, '|')
      .split(/\|+/)
      .filter((cell) => cell.trim() !== '');
    expect(cells).toEqual([
      '✗',
      ' slower',
      'ring ns_per_buffer',
      '103 ns (6, 4.9 %)',
      '154 ns (6, 4.9 %)',
      '1.500',
      expect.stringMatching(/^1\.4\d\d to 1\.5\d\d$/),
      '0.0022',
      'performance has regressed',
    ]);
  });

  it('marks what of the environments differs, and nothing else', () => {
    const page = pageOf(
      results(0, [100]),
      results(1, [100], { node_version: '24.0.0', load_average: [0.2, 0, 0] }),
    );
    const marked = [...page.matchAll(/<tr><th scope="row">([^<]*)<\/th><td><strong class="warn">≠ differs/g)];
    expect(marked.map(([, name]) => name)).toEqual(['Node']);
    const busier = pageOf(results(0, [100]), results(1, [100], { load_average: [1.9, 0, 0] }));
    expect(busier).toMatch(/load before the run<\/th><td><strong class="warn">≠ differs/);
    expect(busier).toContain('! the machine was busier for one');
  });

  it('names results that have no pair', () => {
    const page = pageOf(results(0, [100, 100]), results(1, [100]));
    expect(page).toContain('Only in A: 1 result</h3>\n<ul><li>ring batch=2 ns_per_buffer</li>');
  });

  it('draws of many pairs those that tell most, and folds the table', () => {
    const ns = Array.from({ length: 50 }, (_, i) => (i === 45 ? 200 : 100));
    const page = pageOf(
      results(
        0,
        ns.map(() => 100),
      ),
      results(1, ns),
    );
    const [wide = ''] = page.slice(page.indexOf('<div class="wide">')).split('</svg>');
    expect(wide.match(/class="row /g)).toHaveLength(40);
    expect(wide).toContain('<title>ring batch=46 ns_per_buffer: unclear 2.000');
    expect(page).toContain('Of 50 comparisons, 40 are drawn');
    expect(page).toContain('<summary>all 50</summary>');
  });

  it('lets nothing that a file says become markup', () => {
    const evil = '</script><script>alert(1)</script>';
    const side = (run: number): RecordedResult[] => [
      recorded({ ...ringResult(climbing(100, 6)), name: evil }, run, { ...ENVIRONMENT, cpu_model: evil }),
    ];
    expect(pageOf(side(0), side(1), evil)).not.toContain('<script>alert');
  });
});
