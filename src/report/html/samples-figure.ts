import type { BenchResult } from '../../bench/bench-result.js';
import { median } from '../../bench/bench-result.js';
import { resultName } from '../bench-table.js';
import { figureText } from '../compare-words.js';
import { formatShare } from '../format.js';
import { aroundLog, type Axis, fromZero } from './plot/axis.js';
import type { Row, RowFigure } from './plot/row-figure.js';

/** Farther apart than this, the small ones would all be at 0. */
const LINEAR_MAX = 12;

/** Every repetition of each result and their median, from 0 or on a log scale; all results have one metric. */
export function samplesFigure(metric: string, results: readonly BenchResult[]): RowFigure {
  return {
    label: `${metric} of each repetition: ${results.map(resultName).join('; ')}`,
    x: axisOf(metric, results),
    rows: results.map(rowOf),
    middle: null,
  };
}

function rowOf(result: BenchResult): Row {
  const { samples, metric, spread } = result;
  const middle = median(samples);
  return {
    name: resultName(result),
    text: `${figureText(metric, middle)}, spread ${formatShare(spread)}`,
    style: 'first',
    band: null,
    range: [Math.min(...samples), Math.max(...samples)],
    dots: samples,
    mark: { at: middle, shape: 'diamond', isHollow: false },
  };
}

function axisOf(metric: string, results: readonly BenchResult[]): Axis {
  const all = results.flatMap(({ samples }) => samples);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const isLog = high > LINEAR_MAX * low;
  const better = results[0]?.better === 'higher' ? 'more is better' : 'less is better';
  return {
    title: `${metric}${isLog ? ' (log scale)' : ''}: ${better}`,
    scale: isLog ? 'log' : 'linear',
    domain: isLog ? aroundLog(all) : fromZero(high),
    format: (value) => figureText(metric, value),
  };
}
