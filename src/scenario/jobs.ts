import { mix32 } from '../rng.js';
import { checkSetsAgainstAxes, type MatrixSource, readAxes, readExclusions, replacesAxis } from './axes.js';
import { JobContext } from './job-context.js';
import type { Layer } from './layers.js';
import { type Axis, type Cell, cellsOf, checkAxes, checkExclusions } from './matrix.js';
import { pathLayer, withPathsFrom } from './path-layer.js';
import type { JobPlan } from './plan.js';
import type { Problems } from './problems.js';
import { resolveJob } from './resolve.js';
import type { Assignment } from './sets.js';
import type { JobSettings } from './settings.js';

/** A `--set` on job keys, read. */
export interface Override {
  readonly assignment: Assignment;
  readonly layer: Layer;
}

export function readOverrides(assignments: readonly Assignment[], problems: Problems): Override[] {
  return assignments.flatMap((assignment) => {
    if (assignment.target.kind === 'file') return [];
    const where = { argument: assignment.argument };
    const layer = pathLayer(assignment.path, assignment.value, () => where, problems);
    return layer === null ? [] : [{ assignment, layer }];
  });
}

/** Every job of the file in every cell of the matrix, job by job; throws with all that cannot be run. */
export function planJobs(
  source: MatrixSource,
  overrides: readonly Override[],
  seed: number,
  problems: Problems,
): JobPlan[] {
  const { settings, locate } = source;
  const axes = readAxes(source, problems);
  const exclusions = readExclusions(source);
  const names = Object.keys(settings.jobs);
  checkAxes(axes, names.length, problems);
  checkSetsAgainstAxes(source.assignments, axes, problems);
  checkExclusions(exclusions, settings.matrix ?? {}, problems);
  problems.throwIfAny();
  const cells = cellsOf(axes, exclusions);
  if (cells.length === 0) {
    const text = 'every cell of the matrix is excluded';
    problems.add({ code: 'SCENARIO_MATRIX', where: locate(['exclude'], 'key'), key: 'exclude', text });
  }
  const jobs = names.flatMap((name, index) => {
    const layers = layersOf(name, source, overrides, axes);
    const place = locate(['jobs', name], 'key');
    // All cells of a job have its seed: they differ in what the matrix changes, and in nothing else.
    const jobSeed = mix32(seed, index);
    return cells.map((cell: Cell) => {
      const context = new JobContext(name + cell.suffix, [...layers, ...cell.layers], place, problems);
      return resolveJob(context, cell.parameters, jobSeed);
    });
  });
  problems.throwIfAny();
  return jobs;
}

/** From the weakest to the strongest: `defaults`, the job, and `--set` in the order of the command line. */
function layersOf(
  name: string,
  source: MatrixSource,
  overrides: readonly Override[],
  axes: readonly Axis[],
): Layer[] {
  const { settings } = source;
  const forDefaults = overrides.filter(({ assignment }) => assignment.target.kind === 'defaults');
  const forJob = overrides.filter(({ assignment }) => {
    if (assignment.target.kind === 'job') return assignment.target.job === name;
    return assignment.target.kind === 'every' && !axes.some(({ path }) => replacesAxis(assignment, path));
  });
  return [
    fileLayer(['defaults'], settings.defaults, source),
    ...forDefaults.map(({ layer }) => layer),
    fileLayer(['jobs', name], settings.jobs[name], source),
    ...forJob.map(({ layer }) => layer),
  ];
}

function fileLayer(
  prefix: readonly string[],
  settings: JobSettings | null | undefined,
  { locate, directory }: MatrixSource,
): Layer {
  return {
    settings: withPathsFrom(directory, settings ?? {}),
    where: (path, part) => locate([...prefix, ...path], part),
    reachesInside: false,
  };
}
