import { describe, expect, test } from 'vitest';
import { findFix } from '../../../dist/src/explore/fix.js';
import { PROFILES } from '../../../dist/src/explore/models/profiles.js';
import type { ExplorerPort } from '../../../dist/src/explore/port.js';
import type { Program } from '../../../dist/src/explore/program.js';
import { flagProgram } from '../../../dist/src/explore/programs/bells.js';
import { ringProgram } from '../../../dist/src/explore/programs/ring.js';
import { verdictOf } from '../../../dist/src/explore/verdict.js';
import type { OrderChange } from '../../../dist/src/explore/weaken.js';

const RING = ringProgram({
  layout: 'split',
  buffers: 1,
  size: 4,
  eventIdx: false,
  indirect: false,
  inOrder: false,
  batch: 1,
  startIndex: 0,
});

const AVAIL = 0;
const WISH = 64;
const BELL = 128;

/** Shows something, and rings the bell when the other side wishes to hear of it: without a fence in between. */
function postAndLook(port: ExplorerPort): void {
  port.store32Ordered(AVAIL, 1, 4);
  if (port.load32Ordered(WISH, 1) === 0) return;
  port.add32(BELL, 1);
  port.notify32(BELL);
}

function sleepUnlessPosted(port: ExplorerPort): void {
  port.store32Ordered(WISH, 1, 1);
  port.fence();
  if (port.load32Acquire(AVAIL) === 0) port.await32(BELL, 0);
}

const FENCELESS: Program = {
  name: 'a ring of somebody else',
  memoryBytes: 192,
  threads: [
    { name: 'poster', run: postAndLook },
    { name: 'sleeper', run: sleepUnlessPosted },
  ],
};

describe('the fix of a ring', () => {
  test.each<[string, OrderChange, string]>([
    ['B1', { site: 'SplitDriver.publish', kind: 'store', order: 'relaxed' }, 'release in the store'],
    ['B2', { site: 'SplitDriver.kickPrepare', kind: 'fence', order: 'none' }, 'full fence'],
    ['B3', { site: 'SplitDevice.readAvailIdx', kind: 'load', order: 'relaxed' }, 'acquire in the load'],
    ['B8', { site: 'SplitDriver.armAt', kind: 'fence', order: 'writes' }, 'full fence'],
  ])('whose %s is gone is that barrier', (_, change, what) => {
    const { fix, isComplete } = findFix(RING, PROFILES, { changes: [change] });
    expect(isComplete).toBe(true);
    expect([fix?.what, fix?.site.name]).toEqual([what, change.site]);
  });

  test('that never had a fence is one behind the store, and holds in every profile', () => {
    const { fix } = findFix(FENCELESS, PROFILES);
    expect([fix?.what, fix?.site.name]).toEqual(['full fence behind the store', 'postAndLook']);
    const changes = fix === null ? [] : [fix.change];
    expect(PROFILES.map((profile) => verdictOf(FENCELESS, profile, changes, 1000).outcome)).toEqual(
      PROFILES.map(() => 'passed'),
    );
    expect(PROFILES.map((profile) => verdictOf(FENCELESS, profile, [], 1000).failure)).toEqual([
      null,
      'lost-wakeup',
      'lost-wakeup',
      'lost-wakeup',
      null,
    ]);
  });

  test('is for the profiles that are asked for', () => {
    const changes: OrderChange[] = [{ site: 'Doorbell.ring', kind: 'update', order: 'relaxed' }];
    expect(findFix(flagProgram(), ['sc', 'tso'], { changes })).toEqual({
      fix: null,
      tried: 0,
      isComplete: true,
    });
    expect(findFix(flagProgram(), ['sc', 'armv8'], { changes }).fix?.site.name).toBe('Doorbell.ring');
  });

  test('does not exist where two points are wrong', () => {
    const changes: OrderChange[] = [
      { site: 'SplitDriver.publish', kind: 'store', order: 'relaxed' },
      { site: 'SplitDevice.interruptPrepare', kind: 'fence', order: 'none' },
    ];
    const { fix, tried, isComplete } = findFix(RING, PROFILES, { changes });
    expect([fix, isComplete]).toEqual([null, true]);
    expect(tried).toBeGreaterThan(20);
  });

  test('is not claimed when the executions are used up', () => {
    const changes: OrderChange[] = [{ site: 'SplitDriver.kickPrepare', kind: 'fence', order: 'none' }];
    expect(findFix(RING, ['tso'], { changes, graphs: 100 })).toMatchObject({ fix: null, isComplete: false });
  });
});

describe('a fence that is put into a program', () => {
  const without: OrderChange = { site: 'SplitDriver.kickPrepare', kind: 'fence', order: 'none' };

  test.each<[string, OrderChange]>([
    [
      'behind a store',
      { site: 'SplitDriver.publish', kind: 'store', order: 'release', isFencedBehind: true },
    ],
    [
      'before a load',
      { site: 'SplitDriver.kickPrepare', kind: 'load', order: 'relaxed', fenceBefore: 'full' },
    ],
  ])('%s allows as many executions as one in the code', (_, change) => {
    for (const profile of PROFILES) {
      const changed = verdictOf(RING, profile, [without, change], 10_000);
      expect({ profile, ...changed }).toEqual({ profile, ...verdictOf(RING, profile, [], 10_000) });
    }
  });
});
