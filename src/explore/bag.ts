import { assert } from '../assert.js';
import type { Subtree } from './subtree.js';

/** Work that nobody has yet. The newest is handed out first, so that there is never much more than in one explorer. */
export class Bag {
  private readonly subtrees: Subtree[] = [];

  get isEmpty(): boolean {
    return this.subtrees.length === 0;
  }

  /** Each has something that is still to be tried: what has nothing could never be taken out again. */
  add(subtrees: readonly Subtree[]): void {
    for (const { alternatives } of subtrees)
      assert(alternatives.length > 0, 'work is added in which nothing is to be done');
    this.subtrees.push(...subtrees);
  }

  /** Takes out half of the alternatives, the newest ones, and at least one; the rest is for whoever comes next. */
  takeHalf(): Subtree[] {
    const count = countOf(this.subtrees);
    assert(count > 0, 'work is taken where there is none');
    const taken: Subtree[] = [];
    for (let wanted = Math.ceil(count / 2); wanted > 0;) {
      const newest = this.subtrees.pop() as Subtree;
      const { alternatives } = newest;
      const kept = Math.max(0, alternatives.length - wanted);
      wanted -= alternatives.length - kept;
      taken.unshift(kept === 0 ? newest : { ...newest, alternatives: alternatives.slice(kept) });
      if (kept > 0) this.subtrees.push({ ...newest, alternatives: alternatives.slice(0, kept) });
    }
    // What was lost here would never be explored, and nothing else would tell.
    assert(countOf(taken) + countOf(this.subtrees) === count, 'some work is gone when it is divided');
    return taken;
  }
}

function countOf(subtrees: readonly Subtree[]): number {
  return subtrees.reduce((sum, { alternatives }) => sum + alternatives.length, 0);
}
