import type { CompareVerdict } from '../../../bench/compare.js';
import type { ComparisonReport } from '../../compare-json.js';
import { intervalText, type Labeller } from '../../compare-words.js';
import type { Axis } from '../plot/axis.js';
import type { MarkShape, Row, RowFigure, RowStyle } from '../plot/row-figure.js';

type Better = ComparisonReport['better'];

interface Look {
  readonly style: RowStyle;
  readonly shape: MarkShape;
  readonly isHollow: boolean;
}

/** Told by its form and its word, and not by its colour alone. */
const LOOKS: Readonly<Record<CompareVerdict, Look>> = {
  slower: { style: 'bad', shape: 'triangle', isHollow: false },
  faster: { style: 'good', shape: 'diamond', isHollow: false },
  same: { style: 'dim', shape: 'square', isHollow: false },
  unclear: { style: 'warn', shape: 'circle', isHollow: true },
};

/** Each ratio with its interval, over a shade as wide as the noise; all pairs have the same direction that is good. */
export function ratioFigure(
  pairs: readonly ComparisonReport[],
  better: Better,
  domain: readonly [number, number],
  label: Labeller,
): RowFigure {
  const [left, right] = better === 'lower' ? ['faster', 'slower'] : ['slower', 'faster'];
  return {
    label: `B divided by A where ${better} is better: ${pairs.map((pair) => label(pair)).join(', ')}`,
    x: ratioAxis(domain),
    rows: pairs.map((pair) => rowOf(pair, label(pair))),
    middle: { at: 1, left: `\u2190 B is ${left}`, right: `B is ${right} \u2192` },
  };
}

function rowOf(pair: ComparisonReport, name: string): Row {
  const { verdict, ratio, ratio_low: low, ratio_high: high, margin } = pair;
  const interval = low === null || high === null ? 'no interval' : intervalText(pair);
  return {
    name,
    text: `${verdict} ${ratio.toFixed(3)} (${interval})`,
    style: LOOKS[verdict].style,
    band: [1 / (1 + margin), 1 + margin],
    range: low === null || high === null ? null : [low, high],
    dots: [],
    mark: { at: ratio, shape: LOOKS[verdict].shape, isHollow: LOOKS[verdict].isHollow },
  };
}

/** Around 1, as far to one side as to the other, and so wide that everything has its place. */
export function ratioDomain(pairs: readonly ComparisonReport[]): readonly [number, number] {
  const values = pairs.flatMap(({ ratio, ratio_low: low, ratio_high: high, margin }) => [
    ratio,
    low ?? ratio,
    high ?? ratio,
    (1 + margin) ** 2,
  ]);
  const farthest = values.reduce((most, value) => Math.max(most, Math.abs(Math.log(value))), 0);
  const factor = Math.exp(farthest * 1.08);
  return [1 / factor, factor];
}

/** Steps away from 1, the coarse ones first; both directions have ticks at the same distance. */
const STEPS = [1000, 100, 10, 5, 2, 1.5, 1.2, 1.1, 1.05, 1.02, 1.01, 1.005, 1.002, 1.001];

function ratioAxis(domain: readonly [number, number]): Axis {
  const inside = STEPS.filter((step) => step <= domain[1]);
  return {
    title: 'B / A (log scale), with its interval',
    scale: 'log',
    domain,
    format: (value) => String(Number(value.toPrecision(3))),
    ticks: [1, ...inside.flatMap((step) => [step, 1 / step])],
  };
}
