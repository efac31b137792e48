import { assert } from '../assert.js';
import { ScenarioError, type SourcePosition } from '../errors.js';

/** A place in the file, or the argument that brought the value in. */
export type Where = { readonly position: SourcePosition } | { readonly argument: string };

export type ProblemCode =
  | 'SCENARIO_FILE'
  | 'SCENARIO_YAML'
  | 'SCENARIO_VERSION'
  | 'SCENARIO_KEY'
  | 'SCENARIO_VALUE'
  | 'SCENARIO_MISSING'
  | 'SCENARIO_CONFLICT'
  | 'SCENARIO_MATRIX'
  | 'SCENARIO_SET'
  | 'SCENARIO_JOB';

/** One thing that is wrong with a scenario. */
export interface Problem {
  readonly code: ProblemCode;
  readonly where: Where;
  /** The key it is about, dotted. */
  readonly key: string;
  readonly text: string;
}

/** How many are spelled out: one slip can break every cell of a matrix. */
const SHOWN_MAX = 20;

/** Collects what is wrong, so that the user hears of everything at once. */
export class Problems {
  private readonly list: Problem[] = [];
  private readonly seen: Set<string> = new Set();

  /** One problem for a place and a key is enough: a second is a consequence, or the same one in another cell. */
  add(problem: Problem): void {
    const identity = JSON.stringify([problem.where, problem.key]);
    if (this.seen.has(identity)) return;
    this.seen.add(identity);
    this.list.push(problem);
  }

  throwIfAny(): void {
    if (this.list.length > 0) this.throwAll();
  }

  /** The first in the file gives the error its code and position; the others follow, a line each. */
  throwAll(): never {
    const [first, ...others] = this.list.toSorted(inFileOrder);
    assert(first !== undefined, 'there is no problem to report');
    const lines = others.slice(0, SHOWN_MAX - 1).map((problem) => `${prefix(problem.where)}${problem.text}`);
    if (others.length >= SHOWN_MAX) lines.push(`and ${others.length - SHOWN_MAX + 1} more`);
    const position = 'position' in first.where ? first.where.position : undefined;
    // A position is put in front by the error itself.
    const start = position === undefined ? prefix(first.where) : '';
    const message = [start + first.text, ...lines].join('\n');
    throw new ScenarioError(first.code, message, { key: first.key, problems: this.list.length }, position);
  }
}

function prefix(where: Where): string {
  if ('argument' in where) return `${where.argument}: `;
  const { file, line, column } = where.position;
  return `${file}:${line}:${column}: `;
}

/** Arguments come last. */
function inFileOrder(a: Problem, b: Problem): number {
  if (!('position' in a.where) || !('position' in b.where)) {
    return Number(!('position' in a.where)) - Number(!('position' in b.where));
  }
  const { position: first } = a.where;
  const { position: second } = b.where;
  return first.line - second.line || first.column - second.column;
}
