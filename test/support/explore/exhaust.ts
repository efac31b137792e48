import { expect } from 'vitest';
import { Explorer, type ExplorerCounts } from '../../../src/explore/explorer.js';
import type { FailureKind, Finding } from '../../../src/explore/failure.js';
import type { ProfileName } from '../../../src/explore/models/model.js';
import { memoryModel } from '../../../src/explore/models/profiles.js';
import type { Program } from '../../../src/explore/program.js';

/** What an exploration came to. */
export interface Explored {
  readonly counts: ExplorerCounts;
  /** The first thing that was wrong. */
  readonly finding: Finding | null;
}

/** Explores a program up to its first finding, or the first of a kind, or to its end. */
export function explore(program: Program, profile: ProfileName, kind?: FailureKind): Explored {
  let finding: Finding | null = null;
  const explorer = new Explorer(program, memoryModel(profile, program.threads.length), {
    onFinding: (found) => {
      if (kind !== undefined && found.kind !== kind) return false;
      finding = found;
      return true;
    },
  });
  explorer.run();
  return { counts: explorer.counts, finding };
}

/** Every execution was looked at, to its end, and nothing is wrong with any. */
export function expectToPass(program: Program, profile: ProfileName): void {
  const { counts, finding } = explore(program, profile);
  expect(finding).toBeNull();
  expect(counts).toMatchObject({ bounded: 0, failed: 0 });
  expect(counts.complete).toBeGreaterThan(0);
}
