import type { QueueOptions } from '../../../src/virtqueue/queue.js';
import type { Posted } from './reference-queue.js';
import { holds, same } from './same.js';
import { INDIRECT, NEXT, type Placed, type WireChain, type WireRing, WRITE } from './wire.js';

/** Asserts that `chain` is what was posted, and that no rule for drivers about its descriptors is broken. */
export function checkChain(chain: WireChain, posted: Posted, options: QueueOptions): void {
  same(chain.direct.length, posted.slots, 'descriptors of the ring');
  same(chain.ranges.length, posted.ranges.length, 'ranges');
  for (const [i, range] of posted.ranges.entries()) {
    same(chain.ranges[i]?.address, range.address, 'address of a range');
    same(chain.ranges[i]?.length, range.length, 'length of a range');
    same(chain.ranges[i]?.writable, range.writable, 'direction of a range');
  }
  checkLinks(chain, options);
}

/** The rules for flags and links alone: N0034, N0039, N0040, N0041, N0042, N0043 and N0044. */
function checkLinks(chain: WireChain, options: QueueOptions): void {
  const firstWritable = chain.ranges.findIndex((range) => range.writable);
  if (firstWritable >= 0) {
    const behind = chain.ranges.slice(firstWritable);
    holds(
      behind.every((range) => range.writable),
      'N0034: readable before writable',
    );
  }
  holds(chain.ranges.length <= options.size, 'N0042: no chain is longer than the queue');
  for (const [i, placed] of chain.direct.entries()) {
    const { flags } = placed.descriptor;
    same(flags & ~(NEXT | WRITE | INDIRECT), 0, 'no unknown flag');
    same((flags & NEXT) !== 0, i + 1 < chain.direct.length, 'NEXT on all but the last');
    if (options.inOrder) checkSequential(placed, options.size, 'N0039');
    if ((flags & INDIRECT) === 0) continue;
    holds(options.indirect, 'N0040: INDIRECT needs the feature');
    same(flags & NEXT, 0, 'N0043: not INDIRECT and NEXT');
    same(placed.descriptor.length, chain.indirect.length * 16, 'the table is as long as its chain');
  }
  for (const placed of chain.indirect) {
    same(placed.descriptor.flags & INDIRECT, 0, 'N0041: no table within a table');
    if (options.inOrder) checkSequential(placed, Infinity, 'N0044');
  }
}

function checkSequential({ index, descriptor }: Placed, entries: number, id: string): void {
  if ((descriptor.flags & NEXT) === 0) return;
  same(descriptor.next, index + 1 === entries ? 0 : index + 1, `${id}: links in sequence`);
}

export interface ExpectedUsed {
  readonly head: number;
  readonly writtenBytes: number;
  /** All of its writable bytes were written: only then may a later entry stand for it (2.7.9). */
  readonly full: boolean;
}

/**
 * Asserts that the used ring tells of `returned`, from entry number `position` on. With IN_ORDER an entry stands for
 * all buffers up to the one it names, and the next entry is as many places further on. Returns the number of entries.
 */
export function checkUsedEntries(
  wire: WireRing,
  position: number,
  returned: readonly ExpectedUsed[],
  inOrder: boolean,
): number {
  let entries = 0;
  for (let i = 0; i < returned.length; entries++) {
    const { id, length } = wire.usedEntry(position + i);
    const last = inOrder ? returned.findIndex(({ head }, at) => at >= i && head === id) : i;
    holds(last >= i, 'a used entry names a returned buffer');
    holds(
      returned.slice(i, last).every(({ full }) => full),
      'a buffer that is skipped was written to the full',
    );
    same(id, returned[last]?.head, 'id of a used entry');
    same(length, returned[last]?.writtenBytes, 'length of a used entry');
    i = last + 1;
  }
  return entries;
}
