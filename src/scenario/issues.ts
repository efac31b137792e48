import type { z } from 'zod';
import type { KeyPath } from './document.js';
import { fileKeys, jobKeyPaths, jobKeys, keysAt } from './key-names.js';
import { expectedOf, type Issue, shown, valueHint } from './issue-text.js';
import type { Problem, Where } from './problems.js';
import type { IssueParams } from './schema-values.js';
import { didYouMean, nearest } from './suggest.js';

/** How the issues of a checked value lead back to what the user wrote. */
export interface Source {
  /** What the keys of an issue's path come below, from the root of a file. */
  readonly prefix: KeyPath;
  readonly where: (path: KeyPath, part: 'key' | 'value') => Where;
}

/** What the schema found, as problems with a place. */
export function problemsOf(issues: readonly Issue[], source: Source): Problem[] {
  const simple = issues.flatMap(simplest);
  return simple.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => unknownKey(issue.path, key, source));
    }
    if (issue.code === 'invalid_key') return [wrongKey(issue, source)];
    if (issue.input !== undefined) return [wrongValue(issue, source)];
    return simple.some((other) => isMistyped(issue, other, source)) ? [] : [missing(issue, source)];
  });
}

/** Whether what is missing stands there under a wrong name: then that is the problem, and the only one. */
function isMistyped(absent: Issue, other: Issue, source: Source): boolean {
  if (other.code !== 'unrecognized_keys' || dotted(other.path) !== dotted(absent.path.slice(0, -1))) {
    return false;
  }
  const known = keysAt([...source.prefix, ...other.path]);
  return other.keys.some((key) => nearest(key, known) === absent.path.at(-1));
}

function unknownKey(path: KeyPath, key: string, source: Source): Problem {
  const hint = keyHint([...source.prefix, ...path], key);
  const inside = path.length === 0 ? '' : ` in \`${dotted(path)}\``;
  return {
    code: 'SCENARIO_KEY',
    where: source.where([...path, key], 'key'),
    key: dotted([...path, key]),
    text: `unknown key \`${key}\`${inside}${hint}`,
  };
}

/** A key that is right elsewhere was put in the wrong place; one that is right nowhere was mistyped. */
function keyHint(path: KeyPath, key: string): string {
  const jobDepth = path[0] === 'jobs' ? 2 : 1;
  const isInJob = (path[0] === 'jobs' || path[0] === 'defaults') && path.length >= jobDepth;
  if (path.length === 0 && jobKeys().includes(key)) return `; did you mean \`defaults.${key}\`?`;
  const elsewhere = isInJob ? jobKeyPaths().filter((other) => other.split('.').at(-1) === key) : [];
  if (elsewhere.includes(key)) return '; it belongs in the job itself';
  if (elsewhere.length > 0) {
    return `; did you mean ${elsewhere.map((other) => `\`${other}\``).join(' or ')}?`;
  }
  if (isInJob && path.length === jobDepth && fileKeys().includes(key)) {
    return '; it belongs at the top of the file';
  }
  const siblings = keysAt(path);
  const hint = didYouMean(key, siblings);
  if (hint !== null) return `; ${hint}`;
  return siblings.length === 0 ? '' : `; known here: ${siblings.join(', ')}`;
}

function wrongKey(issue: z.core.$ZodIssueInvalidKey, source: Source): Problem {
  const expected = issue.issues[0]?.message ?? 'another key';
  return {
    code: 'SCENARIO_KEY',
    where: source.where(issue.path, 'key'),
    key: dotted(issue.path),
    text: `\`${dotted(issue.path)}\`: expected ${expected}, got \`${String(issue.path.at(-1))}\``,
  };
}

function missing(issue: Issue, source: Source): Problem {
  const parent = issue.path.slice(0, -1);
  return {
    code: 'SCENARIO_MISSING',
    where: source.where(parent, 'key'),
    key: dotted(issue.path),
    text: `\`${dotted(issue.path)}\` is missing: expected ${expectedOf(issue)}`,
  };
}

function wrongValue(issue: Issue, source: Source): Problem {
  const { hint, got, atKey } = paramsOf(issue);
  const expected = expectedOf(issue);
  const tail = hint ?? valueHint(issue);
  const found = got === undefined ? shown(issue.input) : `\`${got}\``;
  const label = issue.path.length === 0 ? '' : `\`${dotted(issue.path)}\`: `;
  return {
    code: 'SCENARIO_VALUE',
    where: source.where(issue.path, atKey === true ? 'key' : 'value'),
    key: dotted(issue.path),
    text: `${label}expected ${expected}, got ${found}${tail === null ? '' : `; ${tail}`}`,
  };
}

/** A value that fits none of several forms: what is said of the form it was meant to have is what helps. */
function simplest(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const branches = issue.errors.map((errors) => errors.flatMap(simplest));
  const meant = branches.find((errors) => !errors.some(isOtherForm));
  if (meant === undefined) return [issue];
  return meant.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
}

function isOtherForm({ code, path }: Issue): boolean {
  return path.length === 0 && ['invalid_type', 'invalid_value', 'invalid_union'].includes(code);
}

function paramsOf(issue: Issue): IssueParams {
  return issue.code === 'custom' ? ((issue.params as IssueParams | undefined) ?? {}) : {};
}

function dotted(path: KeyPath): string {
  return path.map(String).join('.');
}
