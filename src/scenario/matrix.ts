import type { Layer } from './layers.js';
import { JOBS_MAX } from './limits.js';
import type { JobPlan } from './plan.js';
import type { Problems, Where } from './problems.js';
import type { AxisValue } from './settings.js';
import { didYouMean } from './suggest.js';

/** One line of the matrix: a job key, and the values that it takes in turn. */
export interface Axis {
  /** Dotted. */
  readonly path: string;
  readonly where: Where;
  readonly points: readonly AxisPoint[];
}

export interface AxisPoint {
  readonly value: AxisValue;
  readonly where: Where;
  readonly layer: Layer;
}

/** One combination. */
export interface Cell {
  /** `[queue.size=64,depth=1]`, or nothing without a matrix. */
  readonly suffix: string;
  readonly parameters: JobPlan['parameters'];
  readonly layers: readonly Layer[];
}

/** A combination to leave out: every cell that has all of these values. */
export interface Exclusion {
  readonly values: Readonly<Record<string, AxisValue>>;
  readonly where: (path: string, part: 'key' | 'value') => Where;
}

/** All combinations but the excluded ones; the last axis changes fastest. */
export function cellsOf(axes: readonly Axis[], exclusions: readonly Exclusion[]): Cell[] {
  const all = axes.reduce<AxisPoint[][]>(
    (cells, axis) => cells.flatMap((cell) => axis.points.map((point) => [...cell, point])),
    [[]],
  );
  return all
    .map((points) => cellOf(axes, points))
    .filter(({ parameters }) => !exclusions.some(({ values }) => matches(values, parameters)));
}

/** Whether two dotted paths name the same key, or one of them a part of the other. */
export function overlaps(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);
}

export function checkAxes(axes: readonly Axis[], jobCount: number, problems: Problems): void {
  for (const [index, { path, where, points }] of axes.entries()) {
    const other = axes.slice(0, index).find((earlier) => overlaps(earlier.path, path));
    if (other !== undefined) {
      refuse(problems, where, path, `the axes \`${other.path}\` and \`${path}\` set the same key`);
    }
    const seen = new Set<string>();
    for (const point of points) {
      const name = String(point.value);
      if (seen.has(name)) refuse(problems, point.where, path, `the axis \`${path}\` has \`${name}\` twice`);
      seen.add(name);
    }
  }
  const cellCount = axes.reduce((product, { points }) => product * points.length, jobCount);
  const last = axes.at(-1);
  if (cellCount > JOBS_MAX && last !== undefined) {
    refuse(problems, last.where, 'matrix', `the matrix makes ${cellCount} jobs; ${JOBS_MAX} is the most`);
  }
}

/** An exclusion that can never match is a slip. `written` are the axes as in the file, before any `--set`. */
export function checkExclusions(
  exclusions: readonly Exclusion[],
  written: Readonly<Record<string, readonly AxisValue[]>>,
  problems: Problems,
): void {
  const paths = Object.keys(written);
  for (const { values, where } of exclusions) {
    for (const [path, value] of Object.entries(values)) {
      const points = Object.hasOwn(written, path) ? written[path] : undefined;
      if (points === undefined) {
        const hint = didYouMean(path, paths) ?? `the axes are ${paths.join(', ') || 'none'}`;
        refuse(problems, where(path, 'key'), path, `\`${path}\` is no axis of the matrix; ${hint}`);
      } else if (!points.includes(value)) {
        const text = `\`${String(value)}\` is no value of the axis \`${path}\`: ${points.map(String).join(', ')}`;
        refuse(problems, where(path, 'value'), path, text);
      }
    }
  }
}

function cellOf(axes: readonly Axis[], points: readonly AxisPoint[]): Cell {
  const entries = points.map(({ value }, index): [string, string | number | boolean] => [
    axes[index]?.path ?? '',
    value ?? 'null',
  ]);
  return {
    suffix: entries.length === 0 ? '' : `[${entries.map(([path, value]) => `${path}=${value}`).join(',')}]`,
    parameters: Object.fromEntries(entries),
    layers: points.map(({ layer }) => layer),
  };
}

function matches(values: Exclusion['values'], parameters: JobPlan['parameters']): boolean {
  return Object.entries(values).every(([path, value]) => parameters[path] === (value ?? 'null'));
}

function refuse(problems: Problems, where: Where, key: string, text: string): void {
  problems.add({ code: 'SCENARIO_MATRIX', where, key, text });
}
