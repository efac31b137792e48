import { describe, expect, it } from 'vitest';
import { Tally } from '../../support/ring/operations.js';
import { checkRandomOperations } from '../../support/ring/random-operations.js';

const SIZES = [1, 2, 3, 5, 7, 8, 100, 1000];
/** A run takes as long as the ring is. */
const runsFor = (size: number): number => (size < 1000 ? 10 : 3);

/** Where the ring starts: at once, one slot before its end, in the fourth lap, and as far on as can be said. */
const startIndices = (size: number): number[] => [0, size - 1, Math.min(3 * size + 1, 0xffff), 0xffff];

const queues = [false, true].flatMap((eventIdx) =>
  [false, true].flatMap((inOrder) =>
    [null, 0, 2].flatMap((directCount) =>
      SIZES.flatMap((size) =>
        startIndices(size).map((startIndex) => ({ eventIdx, inOrder, directCount, size, startIndex })),
      ),
    ),
  ),
);

describe('both ends of a packed queue against five lists, any sequence of calls', () => {
  const total = new Tally();

  it.each(queues.map((queue, salt) => ({ ...queue, salt })))('%o', ({ salt, ...queue }) => {
    const memoryBytes = queue.size < 100 ? 1 << 16 : queue.size << 12;
    total.add(checkRandomOperations('packed', { ...queue, memoryBytes }, runsFor(queue.size), salt));
  });

  it('met full rings, batches, tables, and notifications both sent and suppressed', () => {
    for (const [event, count] of Object.entries(total)) expect(count, event).toBeGreaterThan(1000);
    expect(total.usedEntries, 'batches').toBeLessThan(total.buffersReturned);
  });
});
