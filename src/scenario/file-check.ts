import type { KeyPath, SourceDocument } from './document.js';
import { problemsOf } from './issues.js';
import type { Problems, Where } from './problems.js';
import { fileSchema } from './schema.js';
import type { Assignment } from './sets.js';
import type { FileSettings } from './settings.js';

export type Locate = (path: KeyPath, part: 'key' | 'value') => Where;

/** Where things stand in a file, some of whose keys came from `--set`. */
export function locator(document: SourceDocument, assignments: readonly Assignment[]): Locate {
  return (path, part) => {
    const set = assignments.findLast(
      (assignment) =>
        assignment.target.kind === 'file' && assignment.path.every((key, depth) => path[depth] === key),
    );
    if (set !== undefined) return { argument: set.argument };
    return { position: part === 'key' ? document.keyAt(path) : document.valueAt(path) };
  };
}

/** The data of the file with what `--set` changes at its top. */
export function withAssignments(value: unknown, assignments: readonly Assignment[]): unknown {
  if (!isMap(value)) return value;
  const root: Record<string, unknown> = { ...value };
  for (const { target, path, value: assigned } of assignments) {
    const [key = '', inner] = path;
    if (target.kind !== 'file') continue;
    const under = root[key];
    root[key] = inner === undefined ? assigned : { ...(isMap(under) ? under : {}), [inner]: assigned };
  }
  return root;
}

/** The file's settings, or null when the schema refuses them. */
export function checkFile(root: unknown, locate: Locate, problems: Problems): FileSettings | null {
  const version = isMap(root) ? root['version'] : undefined;
  if (version !== undefined && version !== 1) {
    const text = `\`version\`: ${JSON.stringify(version)} is not known here; this vring reads version 1`;
    problems.add({ code: 'SCENARIO_VERSION', where: locate(['version'], 'value'), key: 'version', text });
    // What another version means by the rest is anybody's guess.
    problems.throwIfAny();
  }
  const checked = fileSchema.safeParse(root, { reportInput: true });
  if (checked.success) return checked.data;
  for (const problem of problemsOf(checked.error.issues, { prefix: [], where: locate }))
    problems.add(problem);
  return null;
}

/** Names of the jobs, as far as the file can be understood. */
export function jobNames(root: unknown): string[] {
  const jobs = isMap(root) ? root['jobs'] : undefined;
  return isMap(jobs) ? Object.keys(jobs) : [];
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
