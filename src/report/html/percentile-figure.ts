import { formatNs } from '../format.js';
import { type CurvePoint, latencyAt, percentileCurve, shareLabel } from './percentile-curve.js';
import { aroundLog, type Axis } from './plot/axis.js';
import type { Colour, Figure } from './plot/figure.js';
import type { JobData } from './run-data.js';

/** More lines than colours cannot be told apart. */
export const CURVES_MAX = 6;

/** A curve for each job, at most {@link CURVES_MAX}; null where no request was measured. */
export function percentileFigure(jobs: readonly JobData[], heightPx: number): Figure | null {
  const curves = jobs
    .map((data) => ({ name: data.label, points: percentileCurve(data) }))
    .filter(({ points }) => points.length > 1);
  const all = curves.flatMap(({ points }) => points);
  if (all.length === 0) return null;
  const xMax = Math.max(10, ...all.map(({ x }) => x));
  const x = shareAxis(xMax);
  const isAlone = curves.length === 1;
  return {
    label: `latency by percentile: ${curves.map(({ name }) => name).join(', ')}`,
    x,
    panels: [
      {
        y: latencyAxis(all.map(({ ns }) => ns)),
        heightPx,
        level: null,
        lines: curves.map(({ name, points }, i) => ({
          name: isAlone ? 'max' : name,
          colour: (i + 1) as Colour,
          shape: 'line',
          points: points.map((point) => [point.x, Math.max(1, point.ns)]),
        })),
      },
    ],
    bands: [],
    lanes: [],
    readout: readoutOf(curves, xMax),
  };
}

/** For latencies in nanoseconds, each number with its unit. */
export function latencyAxis(ns: readonly number[], title = 'latency (log scale)'): Axis {
  return { title, scale: 'log', domain: aroundLog(ns), format: formatNs };
}

interface Curve {
  readonly name: string;
  readonly points: readonly CurvePoint[];
}

function shareAxis(xMax: number): Axis {
  const ticks = [1, 2];
  for (let x = 10; x <= xMax * 1.0001; x *= 10) ticks.push(x);
  return {
    title: 'percentile (log scale of 1/(1-p))',
    scale: 'log',
    domain: [1, xMax],
    format: shareLabel,
    ticks,
  };
}

/** Places for the pointer in each decade. */
const PER_DECADE = 24;

function readoutOf(curves: readonly Curve[], xMax: number): Figure['readout'] {
  const count = Math.ceil(Math.log10(xMax) * PER_DECADE);
  const x = Array.from({ length: count + 1 }, (_, i) => Math.min(xMax, 10 ** (i / PER_DECADE)));
  return {
    x,
    heading: x.map(shareLabel),
    rows: curves.map(({ name, points }, i) => ({
      name,
      colour: (i + 1) as Colour,
      text: x.map((at) => {
        const ns = latencyAt(points, at);
        return ns === null ? '-' : formatNs(ns);
      }),
    })),
  };
}
