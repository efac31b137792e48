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

/** Explores a program up to its first finding, or to its end. */
export function explore(program: Program, profile: ProfileName): Explored {
  let finding: Finding | null = null;
  const explorer = new Explorer(program, memoryModel(profile, program.threads.length), {
    onFinding: (found) => {
      finding = found;
      return true;
    },
  });
  explorer.run();
  return { counts: explorer.counts, finding };
}

/** Explores all of a program, whatever is wrong with it; returns the kinds of failure that it has. */
export function failuresOf(program: Program, profile: ProfileName): Set<FailureKind> {
  const kinds = new Set<FailureKind>();
  const onFinding = ({ kind }: Finding): boolean => {
    kinds.add(kind);
    return false;
  };
  new Explorer(program, memoryModel(profile, program.threads.length), { onFinding }).run();
  return kinds;
}

/** Every execution was looked at, to its end, and nothing is wrong with any. */
export function expectToPass(program: Program, profile: ProfileName): void {
  const { counts, finding } = explore(program, profile);
  expect(finding).toBeNull();
  expect(counts).toMatchObject({ bounded: 0, failed: 0 });
  expect(counts.complete).toBeGreaterThan(0);
}
