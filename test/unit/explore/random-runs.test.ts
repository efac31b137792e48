import { describe, expect, test } from 'vitest';
import { failureReport, reportOfScript } from '../../../src/explore/failure-report.js';
import { loadProgram } from '../../../src/explore/load-program.js';
import type { ProfileName } from '../../../src/explore/models/model.js';
import type { FailureNote } from '../../../src/explore/failure-book.js';
import { type RandomJob, runRandom, specOfRun } from '../../../src/explore/random-runs.js';
import { decodeToken } from '../../../src/explore/token.js';
import type { OrderChange } from '../../../src/explore/weaken.js';
import { NO_KICK_FENCE } from '../../support/explore/failing.js';

const WRONG: readonly (readonly [ProfileName, string, OrderChange])[] = [
  ['tso', 'split', NO_KICK_FENCE],
  ['armv8', 'split', { site: 'SplitDriver.publish', kind: 'store', order: 'relaxed' }],
  ['rc11', 'packed', { site: 'PackedDevice.publishUsed', kind: 'store', order: 'relaxed' }],
  ['armv8', 'packed', { site: 'PackedDriver.kickPrepare', kind: 'fence', order: 'none' }],
];

/** The failures of the first runs that fail, one of each. */
async function failuresOf(job: RandomJob, count: number): Promise<FailureNote[]> {
  const found: FailureNote[] = [];
  for (let run = 0; found.length < count && run < 4000; run++)
    found.push(...(await runRandom({ job, from: run, to: run + 1 })).failures);
  return found;
}

describe('a hundred tokens of a hundred random failures show the same failure', () => {
  test.each(WRONG)('25 under %s of %s', async (profile, program, change) => {
    const ref = { program, options: { weaken: [change] } };
    const job = { ref, profile, maxEvents: 20_000, seed: 9, isSwarm: true };
    const notes = await failuresOf(job, 25);
    expect(notes).toHaveLength(25);
    for (const { recording, run } of notes) {
      const spec = specOfRun(job, run);
      const report = failureReport(await loadProgram(spec), spec, profile, recording);
      const token = decodeToken(report.replay.replace('vring replay ', ''));
      expect(token.spec).toEqual(spec);
      const again = reportOfScript(await loadProgram(token.spec), token.spec, token.profile, token.script);
      expect(again).toEqual(report);
      expect(again.message).toBe(recording.finding.message);
    }
  });
});

describe('a swarm', () => {
  const job = { profile: 'sc', maxEvents: 20_000, seed: 4, isSwarm: true } as const;

  test.each(['split', 'packed'])('of %s draws what is not given', (program) => {
    const specs = Array.from({ length: 300 }, (_, run) =>
      specOfRun({ ...job, ref: { program, options: { eventIdx: false, batch: 3 } } }, run),
    );
    const drawn = (name: string): Set<unknown> => new Set(specs.map(({ options }) => options[name]));
    expect(drawn('eventIdx')).toEqual(new Set([false]));
    expect(drawn('batch')).toEqual(new Set([3]));
    expect([...drawn('buffers')].toSorted((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 16 }, (_, i) => i + 1),
    );
    for (const name of ['indirect', 'inOrder']) expect(drawn(name)).toEqual(new Set([true, false]));
    const holdsLess = specs.filter(({ options }) => Number(options['ringSize']) < Number(options['buffers']));
    expect(holdsLess.length).toBeGreaterThan(20);
    const wraps = specs.filter(
      ({ options }) => Number(options['startIndex']) + Number(options['buffers']) > 0xffff,
    );
    expect(wraps.length).toBeGreaterThan(20);
  });

  test('has nothing to draw for a module', () => {
    const ref = { program: './ring.mjs', options: {} };
    expect(() => specOfRun({ ...job, ref }, 0)).toThrow(/has no options to draw/);
  });
});
