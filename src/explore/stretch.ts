import { nowMs } from '../clock.js';
import type { Explorer } from './explorer.js';
import { watched } from './watch.js';

/** Graphs between two looks at the clock: few at first, since there are some that take a second each. */
const GRAPHS_A_LOOK_MAX = 16;
/** Time between two signs of life. */
const SLICE_MS = 500;

/**
 * Explores for `budgetMs` or `graphsMax` graphs, whichever is over first; true when there is nothing left. Throws when
 * a thread runs for `stuckMs` without a new access.
 */
export function exploreStretch(
  explorer: Explorer,
  budgetMs: number,
  graphsMax: number,
  stuckMs: number,
): boolean {
  const endMs = nowMs() + budgetMs;
  let left = graphsMax;
  const slice = (): boolean => {
    const sliceEndMs = Math.min(endMs, nowMs() + SLICE_MS);
    for (let graphs = 1; ; graphs = Math.min(2 * graphs, GRAPHS_A_LOOK_MAX)) {
      const now = Math.min(left, graphs);
      left -= now;
      const isDone = explorer.run(now);
      if (isDone || left <= 0 || nowMs() >= sliceEndMs) return isDone;
    }
  };
  for (;;) {
    const isDone = watched(stuckMs, explorer, slice);
    if (isDone || left <= 0 || nowMs() >= endMs) return isDone;
  }
}
