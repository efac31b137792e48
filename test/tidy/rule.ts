import type { SourceFile } from './source.js';
import { Tree } from './tree.js';

/** One place that breaks a rule. */
export interface Offence {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

/** A house rule, with the proof that it can fail. */
export interface Rule {
  readonly title: string;
  check(tree: Tree): readonly Offence[];
  /** A tiny tree that breaks the rule, next to look-alikes that do not. */
  readonly sample: Readonly<Record<string, string>>;
  /** What the rule must find in it, as `path:line`, and nothing else. */
  readonly offendersInSample: readonly string[];
}

/** The parts of a rule that looks for patterns in one view of each file. */
export interface PatternRule {
  readonly pattern: RegExp;
  readonly message: (match: string) => string;
}

export function find(file: SourceFile, view: string, { pattern, message }: PatternRule): Offence[] {
  return [...view.matchAll(new RegExp(pattern, 'g'))].map((match) => {
    const found = match[0].trim();
    // A pattern may begin with a line break or spaces; the place is that of its first visible character.
    const offset = match.index + (match[0].length - match[0].trimStart().length);
    return { path: file.path, line: file.lineAt(offset), message: message(found) };
  });
}

export function formatOffences(offences: readonly Offence[]): string[] {
  return offences.map(({ path, line, message }) => `${path}:${line} ${message}`);
}

export function checkSample(rule: Rule): string[] {
  return rule.check(Tree.ofSample(rule.sample)).map(({ path, line }) => `${path}:${line}`);
}
