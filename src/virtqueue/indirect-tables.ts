import type { Allocator } from '../memory/allocator.js';
import { DESC_BYTES } from './split-layout.js';

const CLASS_COUNT = 17;

/**
 * Memory for indirect descriptor tables (virtio 1.4, 2.7.5.3). Tables are kept by size, a power of two of entries,
 * and reused; only the first buffers of a run reach the allocator.
 */
export class IndirectTables {
  readonly #allocator: Allocator;
  readonly #freeByClass: number[][] = Array.from({ length: CLASS_COUNT }, () => []);

  constructor(allocator: Allocator) {
    this.#allocator = allocator;
  }

  /** Address of a table with room for `entries` descriptors, or null when guest memory is exhausted. */
  take(entries: number): number | null {
    const sizeClass = classOf(entries);
    const cached = (this.#freeByClass[sizeClass] as number[]).pop();
    return cached ?? this.#allocator.allocate(DESC_BYTES << sizeClass, DESC_BYTES);
  }

  /** Gives back a table taken with the same number of `entries`. */
  release(address: number, entries: number): void {
    (this.#freeByClass[classOf(entries)] as number[]).push(address);
  }
}

/** Smallest k with 2^k >= entries. */
function classOf(entries: number): number {
  return entries <= 1 ? 0 : 32 - Math.clz32(entries - 1);
}
