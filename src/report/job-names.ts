import type { JobReport } from '../machine/job-report.js';

/** The job of the file: without the values of its matrix cell. */
export function nameWithoutParameters({ name, parameters }: JobReport): string {
  return Object.keys(parameters).length === 0 ? name : name.replace(/\[.*\]$/, '');
}

/** What tells the job from all others, in as few words as there are: `direct, packed, size 64, no EVENT_IDX`. */
export function jobLabel(job: JobReport, jobs: readonly JobReport[]): string {
  const paths = axisPaths(jobs);
  const names = shortNames(paths);
  const base = nameWithoutParameters(job);
  const isTold = jobs.some((other) => nameWithoutParameters(other) !== base);
  const values = paths.flatMap((path, i) => {
    const value = job.parameters[path];
    return value === undefined ? [] : [valueLabel(names[i] ?? path, value)];
  });
  return [...(isTold || values.length === 0 ? [base] : []), ...values].join(', ');
}

/** `EVENT_IDX`, `no EVENT_IDX`, `size 16`, `packed`: a matrix value where its axis is not named beside it. */
export function valueLabel(name: string, value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? name : `no ${name}`;
  return typeof value === 'number' ? `${name} ${value}` : value;
}

/** The paths of all matrix axes, each once. */
export function axisPaths(jobs: readonly JobReport[]): readonly string[] {
  return [...new Set(jobs.flatMap((job) => Object.keys(job.parameters)))];
}

/** The last words of the paths, where that is enough to tell them apart. */
export function shortNames(paths: readonly string[]): readonly string[] {
  const words = paths.map((path) => path.slice(path.lastIndexOf('.') + 1));
  return new Set(words).size === paths.length ? words : paths;
}
