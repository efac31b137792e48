import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { failureReport } from '../../../dist/src/explore/failure-report.js';
import { memoryModel, PROFILES } from '../../../dist/src/explore/models/profiles.js';
import type { Recording } from '../../../dist/src/explore/recording.js';
import { replay } from '../../../dist/src/explore/replay.js';
import { decodeToken } from '../../../dist/src/explore/token.js';
import { adjustOf } from '../../../dist/src/explore/weaken.js';
import { Rng } from '../../../dist/src/rng.js';
import {
  type Failed,
  failureOf,
  failureUnder,
  programOf,
  weakenedPrograms,
} from '../../support/explore/weakened-programs.js';
import { seeded } from '../../support/ring/seeded.js';

const REPLAYS = 100;
/** One weakening in so many is looked at; all of them with `VRING_REPLAYS=all`, which takes minutes. */
const ONE_IN = process.env['VRING_REPLAYS'] === 'all' ? 1 : 16;
const TIMEOUT_MS = ONE_IN === 1 ? 1_800_000 : 120_000;

const { seed } = seeded(0, 4000);
const rng = new Rng(seed);
const weakened = await weakenedPrograms();
const chosen = weakened.filter(() => rng.below(ONE_IN) === 0);

/** What became of failures: which came back each time, and which did not. */
interface Tally {
  programs: number;
  back: number;
  readonly lost: string[];
}

function newTally(): Tally {
  return { programs: 0, back: 0, lost: [] };
}

async function count(failed: Failed, tally: Tally): Promise<void> {
  tally.programs += 1;
  for (const recording of failed.recordings) {
    const text = tokenOf(failed, recording);
    if (await comesBack(text, recording)) tally.back += 1;
    else tally.lost.push(`${failed.name}: ${text}`);
  }
}

function tokenOf({ program, spec, profile }: Failed, recording: Recording): string {
  const { replay: line } = failureReport(program, spec, profile, recording);
  const [, token] = /^vring replay (\S+)$/.exec(line) ?? [];
  if (token === undefined) throw new Error(`no token: ${line}`);
  return token;
}

/** From the text of its token, each time anew. */
async function comesBack(text: string, recording: Recording): Promise<boolean> {
  for (let time = 0; time < REPLAYS; time++) {
    const { spec, profile, script } = decodeToken(text);
    const program = await programOf(spec);
    const model = memoryModel(profile, program.threads.length);
    const replayed = replay(program, model, script, adjustOf(spec)).recording;
    if (!isDeepStrictEqual(replayed, recording)) return false;
  }
  return true;
}

test(
  `${chosen.length} of ${weakened.length} weakenings of the rings, chosen by seed ${seed}: ` +
    `each failure comes back ${REPLAYS} times of ${REPLAYS}`,
  async () => {
    const tally = newTally();
    for (const one of chosen) {
      const failed = await failureOf(one);
      if (failed !== null) await count(failed, tally);
    }
    const { programs, back, lost } = tally;
    console.log(
      `${programs} of ${chosen.length} weakenings fail; ${back} failures, each replayed ${REPLAYS} times`,
    );
    expect(lost).toEqual([]);
    expect(back).toBeGreaterThan(programs / 2);
    expect(programs).toBeGreaterThan(chosen.length / 4);
  },
  TIMEOUT_MS,
);

describe(`programs that are wrong on purpose: each failure comes back ${REPLAYS} times of ${REPLAYS}`, () => {
  const ring = 'abstract-ring';
  const lies = { victim: 'device', readsTwice: true };

  test.each([
    [ring, { defect: 'no-fence-before-avail-event' }, 'tso armv8 rc11'],
    [ring, { defect: 'no-fence-after-avail-event' }, 'tso armv8 rc11'],
    [ring, { defect: 'no-fence-before-used-event' }, 'tso armv8 rc11'],
    [ring, { defect: 'no-fence-after-used-event' }, 'tso armv8 rc11'],
    [ring, { defect: 'no-second-look-of-guest' }, 'sc tso armv8 rc11 js'],
    [ring, { defect: 'no-second-look-of-device' }, 'sc tso armv8 rc11 js'],
    ['config', { checksGeneration: false }, 'sc tso armv8 rc11 js'],
    ['hostile', { layout: 'split', attack: 'length', ...lies }, 'sc tso armv8'],
    ['hostile', { layout: 'packed', attack: 'length', ...lies }, 'sc tso armv8'],
    ['docs/examples/doorbell-ring.mjs', { fence: false }, 'tso armv8 rc11'],
  ])('%s %j', async (program, options, profiles) => {
    const tally = newTally();
    const failing: string[] = [];
    for (const profile of program === 'hostile' ? (['sc', 'tso', 'armv8'] as const) : PROFILES) {
      const spec = { program, options: options as Record<string, unknown> };
      const failed = await failureUnder(spec, profile, `${program} ${profile}`);
      if (failed === null) continue;
      failing.push(profile);
      await count(failed, tally);
    }
    expect(failing.join(' ')).toBe(profiles);
    expect(tally).toEqual({ programs: failing.length, back: failing.length, lost: [] });
  });
});
