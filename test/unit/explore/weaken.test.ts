import { expect, test } from 'vitest';
import { Explorer } from '../../../src/explore/explorer.js';
import type { ProfileName } from '../../../src/explore/models/model.js';
import { memoryModel } from '../../../src/explore/models/profiles.js';
import { ringProgram } from '../../../src/explore/programs/ring.js';
import { type OrderChange, weakening } from '../../../src/explore/weaken.js';

const PROGRAM = ringProgram({
  layout: 'split',
  buffers: 1,
  size: 2,
  eventIdx: false,
  indirect: false,
  inOrder: false,
  batch: 1,
  startIndex: 0,
});

test('the full barrier before the look at used.flags is what keeps a kick from being lost on x86', () => {
  const change: OrderChange = { site: 'SplitDriver.kickPrepare', kind: 'fence', order: 'none' };
  expect(explore('tso', [])).toEqual({ findings: 0, unmet: [] });
  expect(explore('sc', [change])).toEqual({ findings: 0, unmet: [] });
  const { findings, unmet } = explore('tso', [change]);
  expect(findings).toBeGreaterThan(0);
  expect(unmet).toEqual([]);
});

test('a change of an access that is not there, or is of another kind, changes nothing and is told', () => {
  const changes: readonly OrderChange[] = [
    { site: 'SplitDriver.kickPrepare', kind: 'store', order: 'plain' },
    { site: 'SplitDriver.nowhere', kind: 'fence', order: 'none' },
  ];
  expect(explore('tso', changes)).toEqual({ findings: 0, unmet: changes });
});

function explore(
  profile: ProfileName,
  changes: readonly OrderChange[],
): { findings: number; unmet: readonly OrderChange[] } {
  let findings = 0;
  const { adjust, unmet } = weakening(changes);
  const explorer = new Explorer(PROGRAM, memoryModel(profile, 2), {
    adjust,
    onFinding: () => {
      findings += 1;
      return false;
    },
  });
  explorer.run();
  return { findings, unmet: unmet() };
}
