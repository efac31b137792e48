import type { Subtree } from './subtree.js';

/** Work that nobody has yet. The newest is handed out first, so that there is never much more than in one explorer. */
export class Bag {
  readonly #subtrees: Subtree[] = [];

  get isEmpty(): boolean {
    return this.#subtrees.length === 0;
  }

  add(subtrees: readonly Subtree[]): void {
    this.#subtrees.push(...subtrees);
  }

  clear(): void {
    this.#subtrees.length = 0;
  }

  /** Takes out half of the alternatives, the newest ones, and at least one; the rest is for whoever comes next. */
  takeHalf(): Subtree[] {
    const count = this.#subtrees.reduce((sum, { alternatives }) => sum + alternatives.length, 0);
    const taken: Subtree[] = [];
    for (let wanted = Math.ceil(count / 2); wanted > 0;) {
      const newest = this.#subtrees.pop() as Subtree;
      const { alternatives } = newest;
      const kept = Math.max(0, alternatives.length - wanted);
      wanted -= alternatives.length - kept;
      taken.unshift(kept === 0 ? newest : { ...newest, alternatives: alternatives.slice(kept) });
      if (kept > 0) this.#subtrees.push({ ...newest, alternatives: alternatives.slice(0, kept) });
    }
    return taken;
  }
}
