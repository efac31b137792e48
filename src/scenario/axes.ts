import type { Locate } from './file-check.js';
import type { Axis, AxisPoint, Exclusion } from './matrix.js';
import { overlaps } from './matrix.js';
import { pathLayer, withPathsFrom } from './path-layer.js';
import type { Problems, Where } from './problems.js';
import type { Assignment } from './sets.js';
import type { AxisValue, FileSettings } from './settings.js';

/** What is needed to read the matrix of a file. */
export interface MatrixSource {
  readonly settings: FileSettings;
  readonly locate: Locate;
  readonly assignments: readonly Assignment[];
  /** Of the scenario file. */
  readonly directory: string;
}

/** The axes of the matrix; one that a `--set` names has that single value. */
export function readAxes(source: MatrixSource, problems: Problems): Axis[] {
  const { settings, locate, assignments } = source;
  return Object.entries(settings.matrix ?? {}).map(([path, values]) => {
    const where = locate(['matrix', path], 'key');
    const set = assignments.findLast((assignment) => replacesAxis(assignment, path));
    if (set !== undefined) return { path, where, points: pointOfSet(path, set, problems) };
    return {
      path,
      where,
      points: values.flatMap((value, index) => {
        const at = locate(['matrix', path, index], 'value');
        const layer = pathLayer(path.split('.'), value, axisPlace(where, at), problems);
        if (layer === null) return [];
        const settingsHere =
          'position' in at ? withPathsFrom(source.directory, layer.settings) : layer.settings;
        return [{ value, where: at, layer: { ...layer, settings: settingsHere } }];
      }),
    };
  });
}

export function readExclusions({ settings, locate }: MatrixSource): Exclusion[] {
  return (settings.exclude ?? []).map((values, index) => ({
    values,
    where: (path, part) => locate(['exclude', index, path], part),
  }));
}

/** A bare job key that is an axis too: the user picks one of its values, or another. */
export function replacesAxis(assignment: Assignment, axisPath: string): boolean {
  return assignment.target.kind === 'every' && assignment.path.join('.') === axisPath;
}

/** A `--set` that the matrix would overrule, in whole or in part, would be without effect in silence. */
export function checkSetsAgainstAxes(
  assignments: readonly Assignment[],
  axes: readonly Axis[],
  problems: Problems,
): void {
  for (const assignment of assignments) {
    const { argument, target } = assignment;
    const path = assignment.path.join('.');
    const axis = axes.find((candidate) => overlaps(candidate.path, path));
    if (axis === undefined || target.kind === 'file' || replacesAxis(assignment, axis.path)) continue;
    const text = `the matrix sets \`${axis.path}\` in every job; use --set ${axis.path}=VALUE to keep one value`;
    problems.add({ code: 'SCENARIO_SET', where: { argument }, key: path, text });
  }
}

function pointOfSet(path: string, set: Assignment, problems: Problems): AxisPoint[] {
  const where = { argument: set.argument };
  const layer = pathLayer(path.split('.'), set.value, () => where, problems);
  const isSingle = typeof set.value !== 'object' || set.value === null;
  const value = isSingle ? (set.value as AxisValue) : set.text;
  return layer === null ? [] : [{ value, where, layer }];
}

/** A wrong path is wrong where it stands, not at each of its values. */
function axisPlace(axis: Where, point: Where): (path: unknown, part: 'key' | 'value') => Where {
  return (_, part) => (part === 'key' ? axis : point);
}
