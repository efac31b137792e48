/** What it takes to find a bug: see docs/MUTANTS.md. */
export type Need = 'D' | 'I' | 'S' | 'W' | 'T' | 'M';

export type LaneName =
  | 'explore-sc'
  | 'explore-tso'
  | 'explore-armv8'
  | 'explore-rc11'
  | 'stress-delay'
  | 'stress-tso'
  | 'stress-weak'
  | 'run'
  | 'exercise'
  | 'hostile';

/** A change of one compiled file. Plain text, so that the code of the product knows nothing of its mutants. */
export interface Patch {
  /** Below `dist/src`. */
  readonly file: string;
  /** Occurs exactly once in the file, or the mutant is stale. */
  readonly find: string;
  readonly replace: string;
}

export type Expectation = 'caught' | 'survived';

/** A tool of vring's own, as a user would start it, and what it must make of the mutant. */
export interface Lane {
  readonly lane: LaneName;
  /** Words behind `node`, below the root of the copy; `--seed` comes behind them where there is a seed. */
  readonly words: readonly string[];
  /** Of what depends on chance or on how threads meet. Anything else must do the same each time. */
  readonly seed?: number;
  readonly expected: Expectation;
  /** What the finding must match: a mutant that is caught for another reason proves nothing. */
  readonly because?: string;
  /** A tool that is still at it after so long has caught a livelock, where `endless` says that it may. */
  readonly budgetS: number;
  readonly endless?: boolean;
}

/** All the words behind `node`. */
export function wordsOf({ words, seed }: Lane): readonly string[] {
  return seed === undefined ? words : [...words, '--seed', String(seed)];
}

/** A bug that somebody has shipped, made again in vring's own code. */
export interface Mutant {
  /** `Z` and a number; a letter behind it tells variants apart. */
  readonly id: string;
  readonly title: string;
  /** Project, year, reference. */
  readonly origin: string;
  readonly side: 'driver' | 'device' | 'both' | 'transport' | 'dma' | 'host';
  readonly layout: 'split' | 'packed' | 'both';
  readonly needs: Need;
  readonly patches: readonly Patch[];
  readonly lanes: readonly Lane[];
  /** How this differs from the original. */
  readonly note?: string;
}

/** The number of the zoo, without the letter of a variant. */
export function zooNumber(id: string): string {
  return /^Z\d+/.exec(id)?.[0] ?? id;
}
