import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatNs } from '../../../../src/report/format.js';
import {
  aroundLog,
  type Axis,
  fromZero,
  projection,
  ticksOf,
} from '../../../../src/report/html/plot/axis.js';
import { drawFigure } from '../../../../src/report/html/plot/draw-figure.js';
import { spread } from '../../../../src/report/html/plot/spread.js';

describe('spread', () => {
  it('leaves alone what is far enough apart', () => {
    expect(spread([10, 50, 30], 14, 0, 100)).toEqual([10, 50, 30]);
  });

  it('keeps order, distance and bounds, as far as there is room', () => {
    const places = fc.array(fc.integer({ min: -20, max: 220 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(places, (wanted) => {
        const placed = spread(wanted, 14, 0, 200);
        const inOrder = wanted
          .map((want, i) => ({ want, at: placed[i] ?? Number.NaN }))
          .toSorted((one, other) => one.want - other.want || one.at - other.at);
        for (const [i, { at }] of inOrder.entries()) {
          expect(at).toBeGreaterThanOrEqual(0);
          expect(at).toBeLessThanOrEqual(200);
          if (i > 0) expect(at - (inOrder[i - 1]?.at ?? 0)).toBeGreaterThanOrEqual(14);
        }
      }),
      { seed: 20261123 },
    );
  });
});

function logAxis(low: number, high: number): Axis {
  return { title: 'latency', scale: 'log', domain: [low, high], format: formatNs };
}

describe('ticksOf', () => {
  it('takes 1, 2 and 5 of each decade where they fit, else whole decades', () => {
    const labels = (axis: Axis, lengthPx: number): string[] =>
      ticksOf(axis, [lengthPx, 0], 26, () => 15).map(({ label }) => label);
    expect(labels(logAxis(900, 12_000), 200)).toEqual(['10 us', '5 us', '2 us', '1 us']);
    expect(labels(logAxis(900, 1.2e8), 130)).toEqual(['100 ms', '10 ms', '1 ms', '100 us', '10 us', '1 us']);
  });

  it('finds ticks within less than a decade too', () => {
    expect(ticksOf(logAxis(1.2e9, 1.9e9), [120, 0], 26).length).toBeGreaterThanOrEqual(2);
  });

  it('keeps the first of two labels that would touch', () => {
    const axis: Axis = { ...logAxis(1, 1e6), ticks: [1, 2, 10, 1000], format: String };
    const labels = ticksOf(axis, [0, 300], 60, () => 30).map(({ label }) => label);
    expect(labels).toEqual(['1', '10', '1000']);
  });
});

describe('domains', () => {
  it('start at 0 and end at a round number, also where all is 0', () => {
    expect(fromZero(38_200)).toEqual([0, 40_000]);
    expect(fromZero(0)).toEqual([0, 1]);
  });

  it('of a log scale hold all values, and a 0 does not break them', () => {
    const domain = aroundLog([0, 500, 90_000]);
    const project = projection(logAxis(...domain), [100, 0]);
    expect([project(500), project(90_000)].every((at) => at > 0 && at < 100)).toBe(true);
    expect(aroundLog([0])).toEqual([1, 10]);
  });
});

describe('drawFigure', () => {
  it('ends the plot where the label of the last tick is still seen, wherever that tick is', () => {
    const line = { name: 'max', colour: 1, shape: 'line', points: [[1, 1]] } as const;
    const panel = { y: logAxis(1, 10), heightPx: 100, level: null, lines: [line] };
    fc.assert(
      fc.property(fc.double({ min: 1, max: 6, noNaN: true }), (decades) => {
        const ticks = Array.from({ length: Math.floor(decades) + 1 }, (_, i) => 10 ** i);
        const format = (value: number) => `${(100 - 100 / value).toPrecision(7)} %`;
        const x: Axis = { title: 'p', scale: 'log', domain: [1, 10 ** decades], format, ticks };
        const readout = { x: [], heading: [], rows: [] };
        const drawn = String(drawFigure({ label: 'f', x, panels: [panel], bands: [], lanes: [], readout }));
        const svgs = drawn.split('<svg').slice(1);
        expect(svgs).toHaveLength(2);
        for (const svg of svgs) {
          const widthPx = Number(/ width="(\d+)"/.exec(svg)?.[1]);
          const labels = [...svg.matchAll(/"tick" text-anchor="middle" x="([\d.]+)" y="[\d.]+">([^<]+)</g)];
          expect(labels.length).toBeGreaterThan(0);
          for (const [, at = '', label = ''] of labels)
            expect(Number(at) + (7.4 * label.length) / 2).toBeLessThanOrEqual(widthPx);
        }
      }),
      { seed: 20261123 },
    );
  });
});
