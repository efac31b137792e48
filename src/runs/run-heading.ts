import { ExitCode } from '../exit-code.js';
import type { StoredDocument } from './stored-run.js';

/** A run in one line: what was run, and what came of it. */
export interface RunHeading {
  readonly command: StoredDocument['command'];
  /** The scenario, the bench, or the seed of a stress. */
  readonly name: string;
  readonly verdict: string;
  readonly exitCode: number;
  readonly started_at: string;
}

export function runHeading(document: StoredDocument): RunHeading {
  const { command, exitCode, started_at } = document;
  return { command, name: nameOf(document), verdict: verdictOf(document), exitCode, started_at };
}

function nameOf(document: StoredDocument): string {
  if (document.command === 'stress') return `seed ${String(document['seed'])}`;
  if (document.command === 'bench') return String(document['what']);
  const { scenario } = document;
  return typeof scenario === 'object' && scenario !== null && 'name' in scenario
    ? String(scenario.name)
    : '?';
}

/** A bench has none of its own: it only measures. */
function verdictOf({ verdict, exitCode }: StoredDocument): string {
  if (typeof verdict === 'string') return verdict;
  if (exitCode === ExitCode.pass) return 'pass';
  return exitCode === ExitCode.interrupted ? 'interrupted' : 'fail';
}
