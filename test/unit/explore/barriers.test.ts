import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type BarrierScore, scoreBarriers } from '../../../dist/src/explore/barriers.js';
import { PROFILES } from '../../../dist/src/explore/models/profiles.js';
import { BARRIER_SUITES } from '../../../dist/src/explore/programs/barrier-suites.js';
import { DOCUMENT, renderDocument, type Scores } from '../../support/barriers/document.js';
import { remarkOn } from '../../support/barriers/reasons.js';

const LIMIT = 100_000;
/** A slow machine takes its time; nothing here waits. */
const TIMEOUT_MS = 240_000;

const known = new Map<keyof Scores, readonly BarrierScore[]>();

/** The scores of a suite; they are computed once. */
function scoresOf(name: keyof Scores): readonly BarrierScore[] {
  const scores = known.get(name) ?? [...scoreBarriers(BARRIER_SUITES[name], PROFILES, LIMIT)];
  known.set(name, scores);
  return scores;
}

function all(): Scores {
  return { split: scoresOf('split'), packed: scoresOf('packed'), doorbell: scoresOf('doorbell') };
}

/** Name and side of a point, and the profiles that fail when it orders nothing. */
function failing({ point, verdicts }: BarrierScore): [string, string] {
  const profiles = verdicts.filter(({ outcome }) => outcome === 'failed').map(({ profile }) => profile);
  return [`${point.name}${point.thread === 0 ? ' driver' : ' device'}`, profiles.join(' ')];
}

/** By point, with all of its order gone. */
function failingProfiles(scores: readonly BarrierScore[]): Record<string, string> {
  const gone = scores.filter(({ point, weakened }) => {
    const least = point.order === 'full' ? 'none' : 'relaxed';
    return point.name !== null && weakened.order === least && weakened.fenceBefore === undefined;
  });
  return Object.fromEntries(gone.map(failing));
}

/** A store that has to be seen before a load shows from x86 on, all other order on Arm and in C11 only. */
const STORE_LOAD = 'tso armv8 rc11';
const OTHER = 'armv8 rc11';

test(
  'each of the 8 barriers of the split ring is missed when it is gone, in the profiles that the literature says',
  () => {
    expect(failingProfiles(scoresOf('split'))).toEqual({
      'B1 driver': OTHER,
      'B2 driver': STORE_LOAD,
      'B3 device': OTHER,
      'B4 device': OTHER,
      'B5 device': STORE_LOAD,
      'B6 device': STORE_LOAD,
      'B7 driver': OTHER,
      'B8 driver': STORE_LOAD,
    });
  },
  TIMEOUT_MS,
);

test(
  'each of the 12 barriers of the packed ring is missed when it is gone, in the profiles that the literature says',
  () => {
    expect(failingProfiles(scoresOf('packed'))).toEqual({
      'P1 driver': OTHER,
      'P2 driver': STORE_LOAD,
      'P3 driver': OTHER,
      'P3 device': OTHER,
      'P4 device': OTHER,
      'P5 device': OTHER,
      'P6 device': STORE_LOAD,
      'P7 driver': OTHER,
      'P7 device': OTHER,
      'P8 driver': STORE_LOAD,
      'P8 device': STORE_LOAD,
      'P9 driver': OTHER,
    });
  },
  TIMEOUT_MS,
);

test(
  'nothing fails under sequential consistency, and every exploration comes to its end',
  () => {
    const verdicts = Object.values(all()).flatMap((some) => some.flatMap((score) => score.verdicts));
    expect(verdicts.filter(({ profile, outcome }) => profile === 'sc' && outcome !== 'passed')).toEqual([]);
    expect(verdicts.filter(({ outcome }) => outcome === 'open')).toEqual([]);
  },
  TIMEOUT_MS,
);

test(
  'a point whose weakening nothing notices is explained',
  () => {
    const unexplained = Object.values(all()).flatMap((some) =>
      some.filter((score) => remarkOn(score) === null).map(({ point, weakened }) => ({ point, weakened })),
    );
    expect(unexplained).toEqual([]);
  },
  TIMEOUT_MS,
);

test(
  'docs/BARRIERS.md says what the exploration does; `npm run barriers` writes it',
  async () => {
    const rendered = await renderDocument(all());
    if (process.env['VRING_BARRIERS'] === 'write') writeFileSync(DOCUMENT, rendered);
    expect(readFileSync(DOCUMENT, 'utf8')).toBe(rendered);
  },
  TIMEOUT_MS,
);
