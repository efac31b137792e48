import { describe, expect, it } from 'vitest';
import { Tally } from '../../support/ring/operations.js';
import { checkRandomOperations } from '../../support/ring/random-operations.js';
import type { RigOptions } from '../../support/ring/rig.js';

const SIZES = [1, 2, 4, 8, 128];
const START_INDICES = [0, 0xfff0, 0xffff];
const RUNS_PER_QUEUE = 30;

const queues: RigOptions[] = [false, true].flatMap((eventIdx) =>
  [false, true].flatMap((inOrder) =>
    [null, 0, 2].flatMap((directCount) =>
      SIZES.flatMap((size) =>
        START_INDICES.map((startIndex) => ({ eventIdx, inOrder, directCount, size, startIndex })),
      ),
    ),
  ),
);

describe('both ends of a split queue against five lists, any sequence of calls', () => {
  const total = new Tally();

  it.each(queues.map((queue, salt) => ({ ...queue, salt })))('%o', ({ salt, ...queue }) => {
    total.add(checkRandomOperations('split', queue, RUNS_PER_QUEUE, salt));
  });

  it('met full rings, batches, tables, and notifications both sent and suppressed', () => {
    for (const [event, count] of Object.entries(total)) expect(count, event).toBeGreaterThan(1000);
    expect(total.usedEntries, 'batches').toBeLessThan(total.buffersReturned);
  });
});
