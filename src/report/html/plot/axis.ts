import { scaleLinear, scaleLog } from 'd3-scale';

/** What the numbers along an edge of a plot mean. */
export interface Axis {
  /** With the unit, unless `format` writes it to each number. */
  readonly title: string;
  readonly scale: 'linear' | 'log';
  readonly domain: readonly [number, number];
  readonly format: (value: number) => string;
  /** Where ticks may stand, the important ones first; unless given, at round numbers. */
  readonly ticks?: readonly number[];
}

export interface Tick {
  readonly at: number;
  readonly label: string;
}

/** From a value to pixels. */
export function projection(
  { scale, domain }: Axis,
  range: readonly [number, number],
): (value: number) => number {
  const project = (scale === 'log' ? scaleLog() : scaleLinear()).domain(domain).range(range);
  return (value) => Math.round(project(value) * 10) / 10;
}

/** As many ticks as fit on the range, if one takes about `eachPx`. Of two whose labels would touch, the first stays. */
export function ticksOf(
  axis: Axis,
  range: readonly [number, number],
  eachPx: number,
  labelPx: (label: string) => number = () => eachPx,
): readonly Tick[] {
  const project = projection(axis, range);
  const countMax = Math.max(2, Math.floor(Math.abs(range[1] - range[0]) / eachPx));
  const kept: Tick[] = [];
  for (const value of axis.ticks ?? roundValues(axis, countMax)) {
    const [at, label] = [project(value), axis.format(value)];
    const touches = (tick: Tick): boolean =>
      Math.abs(tick.at - at) < (labelPx(tick.label) + labelPx(label)) / 2;
    if (!kept.some((tick) => touches(tick) || tick.label === label)) kept.push({ at, label });
  }
  return kept.toSorted((one, other) => one.at - other.at);
}

/** From 0, and to a round number. */
export function fromZero(max: number): readonly [number, number] {
  const [low = 0, high = 1] = scaleLinear()
    .domain([0, max > 0 ? max : 1])
    .nice(4)
    .domain();
  return [low, high];
}

/** A little more than all values; they must be positive. */
export function aroundLog(values: readonly number[]): readonly [number, number] {
  const positive = values.filter((value) => value > 0);
  if (positive.length === 0) return [1, 10];
  const low = positive.reduce((least, value) => Math.min(least, value));
  const high = positive.reduce((most, value) => Math.max(most, value));
  return [low / 1.15, high * 1.15];
}

function roundValues(axis: Axis, countMax: number): readonly number[] {
  const [low, high] = axis.domain;
  const linear = scaleLinear().domain(axis.domain);
  if (axis.scale === 'linear') return linear.ticks(countMax);
  for (const steps of [[1, 2, 5], [1, 3], [1]]) {
    const values = inDecades(low, high, steps);
    if (values.length < 2) break;
    if (values.length <= countMax || steps.length === 1) return values;
  }
  return linear.ticks(Math.min(4, countMax)).filter((value) => value > 0);
}

function inDecades(low: number, high: number, steps: readonly number[]): number[] {
  const values: number[] = [];
  for (let decade = Math.floor(Math.log10(low)); decade <= Math.ceil(Math.log10(high)); decade++)
    values.push(...steps.map((step) => step * 10 ** decade));
  return values.filter((value) => value >= low && value <= high);
}
