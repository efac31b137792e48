import type { Fix, FixSearch } from './fix.js';
import { codePosition } from './source-position.js';

/** What came of the search for a repair, for a report. */
export interface FixReport {
  /** The program was explored with the change, in all profiles that were asked for, and nothing fails any more. */
  readonly verified: boolean;
  readonly text: string;
}

export function fixReport({ fix, tried, isComplete }: FixSearch): FixReport {
  if (fix !== null) return { verified: true, text: fixText(fix) };
  const points = `${tried} were tried, one at a time`;
  const text = isComplete
    ? `no stronger order of a single access is enough (${points})`
    : `none found before the executions for it were used up (${points})`;
  return { verified: false, text };
}

function fixText({ what, site, graphs }: Fix): string {
  const { name, file, line } = codePosition(site);
  return `${what} at ${file}:${line} (${name}): ${graphs} graphs, no failure`;
}
