import type { MemoryPort } from '../memory/port.js';
import { pageOf } from './pages.js';

/**
 * Whose a page is. `private`: encrypted with a key that the host does not have. `shared`: plain for both. `lost`: a
 * conversion failed half way, and nobody knows; such a page is never used again.
 */
export const PageState = { private: 0, shared: 1, lost: 2 } as const;
export type PageState = (typeof PageState)[keyof typeof PageState];

const STATE_MASK = 3;
const EPOCH_SHIFT = 2;
const WORD_BYTES = 4;

/** One word for each page of guest memory, seen by all threads: the state, and how often the page was converted. */
export class PageStates {
  private readonly words: MemoryPort;
  private readonly at: number;

  constructor(words: MemoryPort, at: number) {
    this.words = words;
    this.at = at;
  }

  static sizeBytes(memoryBytes: number): number {
    return pageOf(memoryBytes) * WORD_BYTES;
  }

  of(page: number): PageState {
    return (this.word(page) & STATE_MASK) as PageState;
  }

  /** Conversions so far: a page has another key after each. */
  epoch(page: number): number {
    return this.word(page) >>> EPOCH_SHIFT;
  }

  /** Whether every byte of `[address, address + lengthBytes)` is plain for the host. */
  isShared(address: number, lengthBytes: number): boolean {
    const last = pageOf(address + Math.max(lengthBytes, 1) - 1);
    for (let page = pageOf(address); page <= last; page++)
      if (this.of(page) !== PageState.shared) return false;
    return true;
  }

  /** For the guest alone, and only one vCPU for each page. */
  set(page: number, state: PageState, epoch: number): void {
    this.words.store32Release(this.at + page * WORD_BYTES, ((epoch << EPOCH_SHIFT) | state) >>> 0);
  }

  private word(page: number): number {
    return this.words.load32Acquire(this.at + page * WORD_BYTES);
  }
}
