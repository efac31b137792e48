import { Explorer } from './explorer.js';
import type { FailureKind } from './failure.js';
import type { ProfileName } from './models/model.js';
import { memoryModel } from './models/profiles.js';
import type { Program } from './program.js';
import { exploreStretch } from './stretch.js';
import { STUCK_MS } from './watch.js';
import { type OrderChange, weakening } from './weaken.js';

/** What an exploration came to. Plain data. */
export interface Verdict {
  /** `open`: nothing was found, and not everything was looked at. */
  readonly outcome: 'passed' | 'failed' | 'open';
  /** How it failed first. */
  readonly failure: FailureKind | null;
  /** Executions that were built. */
  readonly graphs: number;
}

/** Explores a program with the orders of some accesses changed, up to its first failure. */
export function verdictOf(
  program: Program,
  profile: ProfileName,
  changes: readonly OrderChange[],
  limit: number,
): Verdict {
  let failure: FailureKind | null = null;
  const explorer = new Explorer(program, memoryModel(profile, program.threads.length), {
    adjust: weakening(changes).adjust,
    onFinding: ({ kind }) => {
      failure = kind;
      return true;
    },
  });
  const isWhole = exploreStretch(explorer, Infinity, limit, STUCK_MS);
  const { complete, blocked, bounded, failed } = explorer.counts;
  const graphs = complete + blocked + bounded + failed;
  if (failure !== null) return { outcome: 'failed', failure, graphs };
  return { outcome: isWhole && bounded === 0 ? 'passed' : 'open', failure, graphs };
}
