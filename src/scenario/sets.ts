import { fileKeys, jobKeys } from './key-names.js';
import { unplain } from './plain-yaml.js';
import type { Problems } from './problems.js';
import { didYouMean } from './suggest.js';
import { parseYaml } from './yaml-text.js';

/** A `--set path=value`, and which part of the scenario it changes. */
export interface Assignment {
  /** As the user wrote it, in one line: `--set queue.size=64`. */
  readonly argument: string;
  readonly target:
    /** A key at the top of the file. */
    | { readonly kind: 'file' }
    | { readonly kind: 'defaults' }
    | { readonly kind: 'job'; readonly job: string }
    /** A bare job key: every job has it then, whatever it says itself. */
    | { readonly kind: 'every' };
  /** From the target on. */
  readonly path: readonly string[];
  readonly value: unknown;
  /** The value as the user wrote it. */
  readonly text: string;
}

const ARGUMENT_SHOWN_MAX = 80;

/** Reads the arguments of `--set`. Whether keys below the first exist, and values are right, is the schema's to say. */
export function readSets(sets: readonly string[], jobs: readonly string[], problems: Problems): Assignment[] {
  return sets.flatMap((text) => {
    const argument = `--set ${inOneLine(text)}`;
    const refuse = (key: string, message: string): [] => {
      problems.add({ code: 'SCENARIO_SET', where: { argument }, key, text: message });
      return [];
    };
    const equals = text.indexOf('=');
    const keys = text.slice(0, Math.max(equals, 0)).trim().split('.');
    if (equals < 1 || keys.includes('')) {
      return refuse(text, 'expected a path, = and a value, as in queue.size=64');
    }
    const given = text.slice(equals + 1);
    // As a number, 40 hex digits would not survive.
    const value = keys.join('.') === 'seed' ? { value: given.trim() } : readValue(given);
    if ('error' in value) return refuse(keys.join('.'), `the value cannot be read: ${value.error}`);
    const target = targetOf(keys, jobs);
    if (typeof target === 'string') return refuse(keys.join('.'), target);
    return [{ argument, ...target, value: value.value, text: given.trim() }];
  });
}

function inOneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > ARGUMENT_SHOWN_MAX ? `${line.slice(0, ARGUMENT_SHOWN_MAX)}...` : line;
}

/** A flow map or list, or a scalar, as it could stand in the file. */
function readValue(text: string): { readonly value: unknown } | { readonly error: string } {
  const yaml = parseYaml(text);
  if ('tooDeepAt' in yaml) return { error: 'it is nested too deeply' };
  if (yaml.secondAt !== null) return { error: 'it is more than one document' };
  const [error] = [...yaml.document.errors, ...yaml.document.warnings];
  if (error !== undefined) return { error: `${error.message.split('\n')[0]} (quotes make it text)` };
  const [other] = unplain(yaml.document);
  return other === undefined ? { value: yaml.document.toJS() } : { error: other.text };
}

/** The part of the scenario that a path names, or what is wrong with the path. */
function targetOf(
  keys: readonly string[],
  jobs: readonly string[],
): Pick<Assignment, 'target' | 'path'> | string {
  const [first = '', ...rest] = keys;
  if (jobKeys().includes(first)) return { target: { kind: 'every' }, path: keys };
  if (first === 'jobs') return jobTarget(rest, jobs);
  if (first === 'defaults') {
    return rest.length === 0
      ? 'name a key, as in defaults.depth=1'
      : { target: { kind: 'defaults' }, path: rest };
  }
  if (first === 'matrix' || first === 'thresholds') {
    const path = first === 'matrix' ? rest.join('.') : rest[0];
    const isWhole = rest.length === 0 || (first === 'thresholds' && rest.length > 1);
    if (!isWhole) return { target: { kind: 'file' }, path: [first, path as string] };
    return first === 'matrix'
      ? 'name an axis, as in matrix.depth=[1, 8]'
      : 'name a metric, as in thresholds.errors=[value == 0]';
  }
  const known = fileKeys();
  if (known.includes(first) && rest.length === 0) return { target: { kind: 'file' }, path: keys };
  if (known.includes(first)) return `\`${first}\` has no keys below it`;
  const hint = didYouMean(first, [...jobKeys(), ...known]);
  return `unknown key \`${first}\`; ${hint ?? `known here: ${jobKeys().join(', ')}`}`;
}

function jobTarget(
  rest: readonly string[],
  jobs: readonly string[],
): Pick<Assignment, 'target' | 'path'> | string {
  const [job, ...path] = rest;
  if (job === undefined || path.length === 0) return 'name a job and a key, as in jobs.NAME.depth=1';
  if (jobs.includes(job)) return { target: { kind: 'job', job }, path };
  return `unknown job \`${job}\`; ${didYouMean(job, jobs) ?? `the jobs are ${jobs.join(', ')}`}`;
}
