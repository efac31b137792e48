import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ratioDomain, ratioFigure } from '../../../../src/report/html/compare/ratio-figure.js';
import { drawRows } from '../../../../src/report/html/plot/draw-rows.js';
import { wrapWords } from '../../../../src/report/html/plot/wrap-words.js';
import type { ComparisonReport } from '../../../../src/report/compare-json.js';

describe('wrapWords', () => {
  it('makes no line longer than it may be, and keeps every letter in its place', () => {
    const words = fc.array(
      fc.string({ unit: fc.constantFrom('a', 'b', '=', ','), minLength: 1, maxLength: 30 }),
      {
        minLength: 1,
      },
    );
    fc.assert(
      fc.property(words, fc.integer({ min: 1, max: 20 }), (given, most) => {
        const lines = wrapWords(given.join(' '), most);
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(most);
        expect(lines.join('').replaceAll(' ', '')).toBe(given.join(''));
      }),
      { seed: 20261123 },
    );
  });

  it('breaks between words where it can', () => {
    expect(wrapWords('size 2, no EVENT_IDX, latency', 10)).toEqual(['size 2, no', 'EVENT_IDX,', 'latency']);
    expect(wrapWords('a queue.size=128', 8)).toEqual(['a', 'queue.si', 'ze=128']);
  });
});

function pair(ratio: number, changes: Partial<ComparisonReport> = {}): ComparisonReport {
  const side = { samples: 6, runs: 2, median: 1, spread: 0 };
  return {
    name: 'ring',
    metric: 'ns_per_buffer',
    better: 'lower',
    configuration: {},
    verdict: 'unclear',
    a: side,
    b: side,
    ratio,
    ratio_low: ratio / 1.05,
    ratio_high: ratio * 1.05,
    p: 0.5,
    p_holm: 0.5,
    p_exact: true,
    margin: 0.1,
    sentence: 'no change in performance detected',
    more: null,
    ...changes,
  };
}

/** The wide drawing, and from ratios to its pixels by what its own axis says. */
function drawn(pairs: readonly ComparisonReport[]): { svg: string; px: (ratio: number) => number } {
  const figure = ratioFigure(pairs, 'lower', ratioDomain(pairs), ({ name }) => name);
  const [svg = ''] = drawRows(figure).text.split('</svg>');
  const ticks = [...svg.matchAll(/class="tick"[^>]* x="([\d.]+)"[^>]*>([^<]+)</g)];
  const at = new Map(ticks.map(([, x, label = '']) => [label, Number(x)]));
  const [one = Number.NaN, two = Number.NaN] = [at.get('1'), at.get('2')];
  return { svg, px: (ratio) => one + Math.log2(ratio) * (two - one) };
}

describe('the ratios of a comparison', () => {
  it('stand where the axis says, with their intervals, over the margin of each', () => {
    const pairs = [pair(1.5), pair(0.5, { margin: 0.3 }), pair(3, { ratio_low: null, ratio_high: null })];
    const { svg, px } = drawn(pairs);
    const numbers = (pattern: RegExp): number[][] =>
      [...svg.matchAll(pattern)].map((found) => found.slice(1).map(Number));
    const near = (values: readonly number[]): unknown[] => values.map((value) => expect.closeTo(value, 0));
    expect(numbers(/class="mark[^"]*" transform="translate\(([\d.]+) /g)).toEqual(
      [1.5, 0.5, 3].map((ratio) => near([px(ratio)])),
    );
    expect(numbers(/class="range" d="M([\d.]+) [\d.]+H([\d.]+)/g)).toEqual([
      near([px(1.5 / 1.05), px(1.5 * 1.05)]),
      near([px(0.5 / 1.05), px(0.5 * 1.05)]),
    ]);
    expect(numbers(/class="noise" x="([\d.]+)" width="([\d.]+)"/g)).toEqual(
      [0.1, 0.3, 0.1].map((margin) => near([px(1 / (1 + margin)), px(1 + margin) - px(1 / (1 + margin))])),
    );
    expect(numbers(/class="middle" x1="([\d.]+)"/g)).toEqual([near([px(1)])]);
  });

  it('have a form, a colour and a word for each verdict', () => {
    const verdicts = ['slower', 'faster', 'same', 'unclear'] as const;
    const { svg } = drawn(verdicts.map((verdict) => pair(2, { verdict })));
    const rows = [
      ...svg.matchAll(
        /class="row (\w+)">[^]*?class="row-text"[^>]*>(\w+)[^]*?class="(mark[^"]*)"[^>]* d="([^"]+)"/g,
      ),
    ];
    expect(rows.map(([, style, word]) => [style, word])).toEqual([
      ['bad', 'slower'],
      ['good', 'faster'],
      ['dim', 'same'],
      ['warn', 'unclear'],
    ]);
    expect(new Set(rows.map(([, , , style, path]) => `${style} ${path}`)).size).toBe(4);
  });

  it('say on which side B is faster, by what is better', () => {
    const sides = (better: 'lower' | 'higher'): unknown => {
      const { middle } = ratioFigure([pair(1)], better, [0.5, 2], ({ name }) => name);
      return [middle?.left, middle?.right];
    };
    expect(sides('lower')).toEqual(['← B is faster', 'B is slower →']);
    expect(sides('higher')).toEqual(['← B is slower', 'B is faster →']);
  });

  it('have 1 in the middle, and room for all that is drawn', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.01, max: 100, noNaN: true }), { minLength: 1 }), (ratios) => {
        const pairs = ratios.map((ratio) => pair(ratio));
        const [low, high] = ratioDomain(pairs);
        expect(low * high).toBeCloseTo(1, 9);
        for (const { ratio_low: from, ratio_high: to, margin } of pairs) {
          expect(Math.min(from ?? 1, 1 / (1 + margin))).toBeGreaterThan(low);
          expect(Math.max(to ?? 1, 1 + margin)).toBeLessThan(high);
        }
      }),
      { seed: 20261123 },
    );
  });
});
