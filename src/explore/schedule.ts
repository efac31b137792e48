import type { Rng } from '../rng.js';

/**
 * How threads take turns in a random execution.
 *
 * - `walk`: a random thread, for a few accesses at a time.
 * - `pct`: the thread of the highest priority, and `depth - 1` points at random at which the running one gets the
 *   lowest: finds a bug that needs `depth` ordering decisions with a known least probability (Burckhardt and others,
 *   ASPLOS 2010).
 * - `uniform`: each access by a thread drawn by how many it still has to make, so that all interleavings are about
 *   equally likely (Zhao and others, ASPLOS 2025).
 *
 * `lengths` is how many accesses each thread is expected to make.
 */
export type Strategy =
  | { readonly kind: 'walk' }
  | { readonly kind: 'pct'; readonly depth: number; readonly lengths: readonly number[] }
  | { readonly kind: 'uniform'; readonly lengths: readonly number[] };

/** One of all strategies; PCT for bugs of 2 to 5 decisions. */
export function drawStrategy(lengths: readonly number[], rng: Rng): Strategy {
  const drawn = rng.below(PCT_DEPTH_MAX + 1);
  if (drawn === 0) return { kind: 'walk' };
  return drawn === 1 ? { kind: 'uniform', lengths } : { kind: 'pct', depth: drawn, lengths };
}

const PCT_DEPTH_MAX = 5;

/** Who runs, and for how long. */
export interface Schedule {
  /** The thread that goes on, of those that can. */
  next(awake: readonly number[]): number;
  /** Whether the running thread stands aside before its next access. It makes one at least. */
  mustYield(thread: number): boolean;
}

/** Accesses at a time of a random walk, on average; a switch costs a re-run of the thread. */
const WALK_ACCESSES = 6;

export function newSchedule(strategy: Strategy, threadCount: number, rng: Rng): Schedule {
  switch (strategy.kind) {
    case 'walk':
      return new WalkSchedule(rng);
    case 'pct':
      return new PctSchedule(strategy.depth, strategy.lengths, threadCount, rng);
    case 'uniform':
      return new UniformSchedule(strategy.lengths, rng);
  }
}

class WalkSchedule implements Schedule {
  private readonly rng: Rng;
  private isFirst = true;

  constructor(rng: Rng) {
    this.rng = rng;
  }

  next(awake: readonly number[]): number {
    this.isFirst = true;
    return awake[this.rng.below(awake.length)] as number;
  }

  mustYield(): boolean {
    const yields = !this.isFirst && this.rng.chance(1 / WALK_ACCESSES);
    this.isFirst = false;
    return yields;
  }
}

class PctSchedule implements Schedule {
  private readonly priorities: number[];
  private readonly changeAt: Set<number>;
  private accessCount = 0;
  private lowest = 0;

  constructor(depth: number, lengths: readonly number[], threadCount: number, rng: Rng) {
    const total = Math.max(1, sum(lengths));
    this.priorities = shuffled(threadCount, rng);
    this.changeAt = new Set(Array.from({ length: depth - 1 }, () => 1 + rng.below(total)));
  }

  next(awake: readonly number[]): number {
    const priority = (t: number): number => this.priorities[t] as number;
    return awake.reduce((best, t) => (priority(t) > priority(best) ? t : best));
  }

  mustYield(thread: number): boolean {
    this.accessCount += 1;
    if (!this.changeAt.delete(this.accessCount)) return false;
    this.lowest -= 1;
    this.priorities[thread] = this.lowest;
    return true;
  }
}

class UniformSchedule implements Schedule {
  private readonly rng: Rng;
  private readonly left: number[];
  private isFirst = true;

  constructor(lengths: readonly number[], rng: Rng) {
    this.rng = rng;
    this.left = [...lengths];
  }

  next(awake: readonly number[]): number {
    this.isFirst = true;
    let at = this.rng.unit() * sum(awake.map((t) => this.weight(t)));
    for (const t of awake) {
      at -= this.weight(t);
      if (at < 0) return t;
    }
    return awake.at(-1) as number;
  }

  mustYield(thread: number): boolean {
    if (this.isFirst) {
      this.isFirst = false;
      this.left[thread] = (this.left[thread] ?? 0) - 1;
      return false;
    }
    return true;
  }

  private weight(thread: number): number {
    return Math.max(1, this.left[thread] ?? 1);
  }
}

function shuffled(count: number, rng: Rng): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = rng.below(i + 1);
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  return order;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
