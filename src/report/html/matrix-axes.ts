import type { JobReport } from '../../machine/job-report.js';
import { axisPaths, nameWithoutParameters, shortNames } from '../job-names.js';

type Value = string | number | boolean;

/** One dimension of a matrix, with all its values. The jobs of the file are one too, if there are several. */
export interface MatrixAxis {
  readonly name: string;
  readonly values: readonly Value[];
  readonly valueOf: (job: JobReport) => Value | undefined;
}

/** Who is drawn where. */
export interface MatrixLayout {
  /** Along the plots. */
  readonly x: MatrixAxis;
  /** Side by side in each plot; null where there is but one axis. */
  readonly series: MatrixAxis | null;
  /** A plot for each combination of these. */
  readonly facets: readonly MatrixAxis[];
}

const SERIES_MAX = 4;

/** Null for jobs that are not a matrix. */
export function matrixLayout(jobs: readonly JobReport[]): MatrixLayout | null {
  const axes = axesOf(jobs);
  if (axisPaths(jobs).length === 0) return null;
  // What is compared stands in one plot: the layouts of the ring, before anything else.
  const x =
    longest(axes.filter(isNumeric)) ?? longest(axes.filter(({ name }) => name !== 'layout')) ?? axes[0];
  if (x === undefined) return null;
  const rest = axes.filter((axis) => axis !== x);
  const candidates = rest.filter(({ values }) => values.length <= SERIES_MAX);
  const series = candidates.find(({ name }) => name === 'layout') ?? candidates.at(0) ?? null;
  return { x, series, facets: rest.filter((axis) => axis !== series) };
}

export function isNumeric({ values }: MatrixAxis): boolean {
  return values.length > 1 && values.every((value) => typeof value === 'number' && value > 0);
}

function axesOf(jobs: readonly JobReport[]): readonly MatrixAxis[] {
  const paths = axisPaths(jobs);
  const names = shortNames(paths);
  const all = [
    axisOf('job', jobs, nameWithoutParameters),
    ...paths.map((path, i) => axisOf(names[i] ?? path, jobs, (job) => job.parameters[path])),
  ];
  return all.filter(({ values }) => values.length > 1);
}

function axisOf(name: string, jobs: readonly JobReport[], valueOf: MatrixAxis['valueOf']): MatrixAxis {
  const values = new Set(jobs.flatMap((job) => valueOf(job) ?? []));
  return { name, values: [...values], valueOf };
}

function longest(axes: readonly MatrixAxis[]): MatrixAxis | undefined {
  return axes.toSorted((one, other) => other.values.length - one.values.length)[0];
}
