import type { z } from 'zod';
import { didYouMean } from './suggest.js';

// The words for what a schema found: what was expected, what was there, what may have been meant.

export type Issue = z.core.$ZodIssue;

/** `did you mean` for words of a fixed set, and for the spellings of yes and no that YAML 1.2 takes for text. */
export function valueHint(issue: Issue): string | null {
  if (typeof issue.input !== 'string') return null;
  if (expectedOf(issue) === 'true or false') {
    const word = issue.input.toLowerCase();
    if (['yes', 'on', 'true'].includes(word)) return 'did you mean `true`?';
    return ['no', 'off', 'false'].includes(word) ? 'did you mean `false`?' : null;
  }
  return didYouMean(issue.input, wordsOf(issue));
}

function wordsOf(issue: Issue): string[] {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  return issue.code === 'invalid_union' ? issue.errors.flat().flatMap(wordsOf) : [];
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  object: 'a map',
  record: 'a map',
  array: 'a list',
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  null: 'null',
};

/** The schema's own words, or ours where it has the library's. */
export function expectedOf(issue: Issue): string {
  if (!/^(Invalid|Too|Unrecognized)\b/.test(issue.message)) return issue.message;
  if (issue.code === 'invalid_type') return TYPE_NAMES[issue.expected] ?? issue.expected;
  if (issue.code === 'invalid_value') return choice(issue.values.map(String));
  if (issue.code === 'invalid_union') {
    return [...new Set(issue.errors.flatMap((errors) => errors.slice(0, 1).map(expectedOf)))].join(', or ');
  }
  return issue.message;
}

function choice(words: readonly string[]): string {
  return words.length === 1 ? `\`${words[0]}\`` : `one of ${words.join(', ')}`;
}

const SHOWN_MAX = 60;

/** A value as it may stand in a message. */
export function shown(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  const isNumber = typeof value === 'number' || typeof value === 'boolean';
  const text = isNumber ? value.toString() : JSON.stringify(value).slice(1, -1);
  return `\`${text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}...` : text}\``;
}
