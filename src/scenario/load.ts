import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { freshSeed } from '../clock.js';
import { ScenarioError } from '../errors.js';
import { readDocument } from './read-document.js';
import { checkFile, jobNames, locator, withAssignments } from './file-check.js';
import { planJobs, readOverrides } from './jobs.js';
import { FILE_MAX_BYTES } from './limits.js';
import type { JobPlan, ScenarioPlan } from './plan.js';
import { Problems } from './problems.js';
import { readSets } from './sets.js';
import { didYouMean, nearest } from './suggest.js';

export interface ScenarioOptions {
  /** `path=value`, each. */
  readonly sets: readonly string[];
  /** Instead of the file's. */
  readonly seed?: number;
  /** Names of the jobs to keep, with or without the matrix values of a cell. */
  readonly only?: readonly string[];
}

/** Reads a scenario file; throws a {@link ScenarioError} that names everything that is wrong with it. */
export function loadScenario(file: string, options: ScenarioOptions): ScenarioPlan {
  return parseScenario(readText(file), file, options);
}

/** The same for text that stands in `file`. */
export function parseScenario(text: string, file: string, options: ScenarioOptions): ScenarioPlan {
  const problems = new Problems();
  const document = readDocument(text, file);
  const assignments = readSets(options.sets, jobNames(document.value), problems);
  const locate = locator(document, assignments);
  const settings = checkFile(withAssignments(document.value, assignments), locate, problems);
  const overrides = readOverrides(assignments, problems);
  if (settings === null) return problems.throwAll();
  const seed = options.seed ?? settings.seed ?? freshSeed();
  const source = { settings, locate, assignments, directory: dirname(file) };
  const jobs = planJobs(source, overrides, seed, problems);
  return {
    name: settings.name,
    description: settings.description ?? '',
    file,
    seed,
    jobs: selectJobs(jobs, Object.keys(settings.jobs), options.only ?? []),
    thresholds: Object.values(settings.thresholds ?? {}).flatMap((list) => list ?? []),
  };
}

/** Name and description of a scenario, also of one that needs a `--set` to be run. */
export function describeScenario(file: string): { readonly name: string; readonly description: string } {
  const problems = new Problems();
  const document = readDocument(readText(file), file);
  const settings = checkFile(document.value, locator(document, []), problems);
  if (settings === null) return problems.throwAll();
  return { name: settings.name, description: settings.description ?? '' };
}

function selectJobs(jobs: readonly JobPlan[], names: readonly string[], only: readonly string[]): JobPlan[] {
  const known = [...new Set([...names, ...jobs.map(({ name }) => name)])];
  for (const wanted of only) {
    if (known.includes(wanted)) continue;
    const hint = didYouMean(wanted, known) ?? `the jobs are ${names.join(', ')}`;
    throw new ScenarioError('SCENARIO_JOB', `unknown job \`${wanted}\`; ${hint}`, { job: wanted });
  }
  if (only.length === 0) return [...jobs];
  return jobs.filter(({ name }) => only.includes(name) || only.includes(name.replace(/\[.*$/, '')));
}

function readText(file: string): string {
  try {
    const { size } = statSync(file);
    if (size > FILE_MAX_BYTES) throw unreadable(file, 'is larger than 1MiB; this is no scenario');
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof ScenarioError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EISDIR') throw unreadable(file, 'is a directory; name a file in it');
    if (code === 'EACCES') throw unreadable(file, 'may not be read');
    if (code !== 'ENOENT' && code !== 'ENOTDIR') {
      throw unreadable(file, `cannot be read (${code ?? String(error)})`);
    }
    const hint = neighbour(file);
    throw unreadable(file, `no such file${hint === null ? '' : `; did you mean \`${hint}\`?`}`);
  }
}

function unreadable(file: string, text: string): ScenarioError {
  return new ScenarioError('SCENARIO_FILE', `${file}: ${text}`, { file });
}

/** The file of the same directory with the nearest name. */
function neighbour(file: string): string | null {
  const directory = dirname(file);
  try {
    const found = nearest(basename(file), readdirSync(directory));
    return found === null ? null : join(directory, found);
  } catch {
    return null;
  }
}
