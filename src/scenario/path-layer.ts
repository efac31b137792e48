import { isAbsolute, join } from 'node:path';
import type { KeyPath } from './document.js';
import { problemsOf } from './issues.js';
import { jobSchema } from './job-schema.js';
import type { Layer } from './layers.js';
import type { Problems } from './problems.js';
import type { JobSettings } from './settings.js';

/** The layer of one value at one path, such as `--set` and the matrix bring in; null when the schema refuses it. */
export function pathLayer(
  path: KeyPath,
  value: unknown,
  where: Layer['where'],
  problems: Problems,
): Layer | null {
  const settings = path.reduceRight<unknown>((inner, key) => ({ [String(key)]: inner }), value);
  const checked = jobSchema.safeParse(settings, { reportInput: true });
  if (checked.success) return { settings: checked.data, where, reachesInside: path.length > 1 };
  // The keys are as far as the schema goes: every job, and `defaults`, have the same.
  for (const problem of problemsOf(checked.error.issues, { prefix: ['defaults'], where }))
    problems.add(problem);
  return null;
}

/** A file's paths count from where the file is, so that it runs the same from any directory. */
export function withPathsFrom(directory: string, settings: JobSettings): JobSettings {
  const { backend, source } = settings;
  const from = (path: string): string => (isAbsolute(path) ? path : join(directory, path));
  return {
    ...settings,
    ...(backend?.path === undefined ? {} : { backend: { ...backend, path: from(backend.path) } }),
    ...(source?.path === undefined ? {} : { source: { ...source, path: from(source.path) } }),
  };
}
