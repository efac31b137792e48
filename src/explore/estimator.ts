import { nowMs } from '../clock.js';
import { Rng } from '../rng.js';
import type { Explorer } from './explorer.js';
import { STUCK_MS, watched } from './watch.js';

/**
 * About how many graphs a program has, from random ways down the tree. Most ways are short and some are long, so the
 * first hundreds of them tell an order of magnitude, and the number gets better with every further one.
 */
export class Estimator {
  private readonly explorer: Explorer;
  private readonly stuckMs: number;
  private readonly rng: Rng = new Rng(0);
  private sum = 0;
  private ways = 0;

  /** `explorer` is for nothing else; `stuckMs` is how long a thread may run without a new access. */
  constructor(explorer: Explorer, stuckMs: number = STUCK_MS) {
    this.explorer = explorer;
    this.stuckMs = stuckMs;
  }

  /** Goes down more ways, for `budgetMs`. */
  probe(budgetMs: number): void {
    const pick = (bound: number): number => this.rng.below(bound);
    watched(this.stuckMs, this.explorer, () => {
      for (const endMs = nowMs() + budgetMs; nowMs() < endMs; this.ways += 1)
        this.sum += this.explorer.descend(pick);
    });
  }

  get graphs(): number {
    return this.ways === 0 ? 0 : this.sum / this.ways;
  }
}
