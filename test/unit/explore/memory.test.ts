import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { Explorer } from '../../../dist/src/explore/explorer.js';
import type { ProfileName } from '../../../dist/src/explore/models/model.js';
import { memoryModel } from '../../../dist/src/explore/models/profiles.js';
import { Order } from '../../../dist/src/explore/order.js';
import type { Program } from '../../../dist/src/explore/program.js';

const FEW = 10_000;
const MANY = 100_000;
/** Less than twelve bytes for each further graph: some kilobytes come and go with what the engine compiles. */
const GROWTH_BYTES = 1 << 20;

/** Small graphs, with reads that are revisited; there are millions of them. */
const PROGRAM: Program = {
  name: 'four threads over two words',
  memoryBytes: 64,
  threads: [0, 1, 2, 3].map((t) => ({
    name: `thread ${t}`,
    run: (port) => {
      port.store32Ordered(4 * (t % 2), t, Order.release);
      const value = port.load32Ordered(4 - 4 * (t % 2), Order.acquirePc);
      port.update32Ordered(0, Order.acquireRelease, (before) => before + value + 1);
      return port.load32Ordered(4, Order.acquirePc);
    },
  })),
};

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function liveBytes(): number {
  // Once for what is dead, and once more for what only that referred to.
  for (let round = 0; round < 3; round++) collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

test.each(['tso', 'armv8', 'rc11'] as const)(
  'an exploration holds no more memory after ten times as many graphs: %s',
  (profile) => {
    const explorer = newExplorer(profile);
    expect(explorer.run(FEW)).toBe(false);
    const before = liveBytes();
    expect(explorer.run(MANY - FEW)).toBe(false);
    const growth = liveBytes() - before;
    console.log(`${profile}: ${growth} bytes more after ${MANY} graphs than after ${FEW}`);
    expect(growth).toBeLessThan(GROWTH_BYTES);
    expect(explorer.counts.complete).toBeGreaterThan(MANY / 2);
  },
);

function newExplorer(profile: ProfileName): Explorer {
  return new Explorer(PROGRAM, memoryModel(profile, PROGRAM.threads.length), { onFinding: () => false });
}
