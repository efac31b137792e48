import { describe, expect, it } from 'vitest';
import { Explorer } from '../../src/explore/explorer.js';
import type { ProfileName } from '../../src/explore/models/model.js';
import { memoryModel } from '../../src/explore/models/profiles.js';
import { Order } from '../../src/explore/order.js';
import type { ExplorerPort } from '../../src/explore/port.js';
import type { Program } from '../../src/explore/program.js';

const { relaxed, release, acquirePc, acquireRelease, full } = Order;

/** The index that the driver publishes, the device's wish for silence, and the bell. */
const INDEX = 64;
const NO_NOTIFY = 68;
const KICK = 72;

type Missing = 'driver fence' | 'device fence' | 'second look' | null;

/** The smallest sleep protocol with a flag: one publication, one kick at most, one sleep at most. */
function flagRing(missing: Missing): Program {
  return {
    name: 'flag ring',
    memoryBytes: 128,
    threads: [
      { name: 'driver', run: (port) => publish(port, missing) },
      { name: 'device', run: (port) => waitForIt(port, missing) },
    ],
  };
}

function publish(port: ExplorerPort, missing: Missing): void {
  port.store32Ordered(INDEX, 1, release);
  if (missing !== 'driver fence') port.fenceOrdered(full);
  if (port.load32Ordered(NO_NOTIFY, relaxed) === 1) return;
  port.update32Ordered(KICK, acquireRelease, (kicks) => kicks + 1);
  port.notify32(KICK);
}

function waitForIt(port: ExplorerPort, missing: Missing): void {
  const isThere = (): boolean => port.load32Ordered(INDEX, acquirePc) === 1;
  port.store32Ordered(NO_NOTIFY, 1, relaxed);
  if (isThere()) return;
  port.store32Ordered(NO_NOTIFY, 0, relaxed);
  if (missing !== 'device fence') port.fenceOrdered(full);
  if (missing !== 'second look' && isThere()) return;
  port.await32(KICK, 0);
}

function explore(missing: Missing, profile: ProfileName): { executions: string; lost: number } {
  let lost = 0;
  const explorer = new Explorer(flagRing(missing), memoryModel(profile, 2), {
    onFinding: ({ kind }) => {
      if (kind === 'lost-wakeup') lost += 1;
      return false;
    },
  });
  explorer.run();
  return { executions: `${explorer.counts.complete} + ${explorer.counts.blocked}`, lost };
}

describe('the flag-style minimum', () => {
  it.each([
    ['sc', '5 + 1'],
    ['tso', '6 + 1'],
    ['rc11', '6 + 1'],
  ] as const)(
    'has under %s %s executions, complete and blocked, and loses nothing',
    (profile, executions) => {
      expect(explore(null, profile)).toEqual({ executions, lost: 0 });
    },
  );

  it.each([
    ['driver fence', [0, 1, 1]],
    ['device fence', [0, 1, 1]],
    ['second look', [1, 1, 1]],
  ] as const)('loses wakeups without its %s: under sc, tso and rc11 %j', (missing, lost) => {
    expect((['sc', 'tso', 'rc11'] as const).map((profile) => explore(missing, profile).lost)).toEqual(lost);
  });
});
