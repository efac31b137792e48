import { idsIn } from './ids.js';
import type { Catalogue, Statement } from './statements.js';

/** What became of one test. */
export interface TestOutcome {
  /** From the project's root, with forward slashes. */
  readonly file: string;
  /** Of every `describe` around it, from the outside in, and its own. */
  readonly titles: readonly string[];
  readonly passed: boolean;
}

/** Tests of one file that stand for a statement. */
export interface Evidence {
  readonly file: string;
  /** Of the first one, from where the statement is named. */
  readonly title: string;
  readonly hasMore: boolean;
}

export interface Findings {
  /** By id, for the statements that a test stands for. */
  readonly tested: ReadonlyMap<string, readonly Evidence[]>;
  /** Why titles and lists contradict each other. */
  readonly problems: readonly string[];
}

/**
 * Statements that demand a memory barrier. What a missing one does cannot be seen in the result of any run, only in
 * the order of the accesses at the memory port, which is what these files record.
 */
export const BARRIERS: ReadonlySet<string> = new Set(['N0075', 'N0076', 'N0100', 'N0101', 'N1464']);
const BARRIER_FILE = /-barriers\.test\.ts$/;

/** Tests of one end alone: they say nothing about how the other one behaves. */
const ONE_END = [
  { folder: /^test\/unit\/host\//, side: 'device' },
  { folder: /^test\/unit\/guest\//, side: 'driver' },
] as const;

/** Which statements the tests that ran and passed stand for. */
export function findEvidence(outcomes: readonly TestOutcome[], catalogue: Catalogue): Findings {
  const tested = new Map<string, Evidence[]>();
  const problems = new Set<string>();
  // Files finish in any order; within a file, tests are in the order in which they are written.
  for (const outcome of [...outcomes].sort((a, b) => compareText(a.file, b.file))) {
    for (const id of new Set(outcome.titles.flatMap(idsIn))) {
      const statement = catalogue.statements.get(id);
      if (statement === undefined) {
        problems.add(
          `${outcome.file}: a title names ${id}, which test/conformance/statements.csv does not know`,
        );
      } else if (catalogue.notApplicable.has(id)) {
        problems.add(`${outcome.file}: a title names ${id}, which is listed as not applicable`);
      } else if (counts(outcome, statement)) {
        add(tested, statement, outcome);
      }
    }
  }
  return { tested, problems: [...problems] };
}

function counts({ file, passed }: TestOutcome, { id, side }: Statement): boolean {
  if (!passed || (BARRIERS.has(id) && !BARRIER_FILE.test(file))) return false;
  return ONE_END.every((end) => !end.folder.test(file) || end.side === side);
}

function add(tested: Map<string, Evidence[]>, { id }: Statement, { file, titles }: TestOutcome): void {
  const all = tested.get(id) ?? [];
  const same = all.at(-1);
  const from = titles.findIndex((title) => idsIn(title).includes(id));
  if (same?.file === file) all[all.length - 1] = { ...same, hasMore: true };
  else all.push({ file, title: titles.slice(from).join(' › '), hasMore: false });
  tested.set(id, all);
}

/** By code units, which no locale changes. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
