import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { ExitCode } from '../../../src/exit-code.js';
import type { ProfileName } from '../../../src/explore/models/model.js';
import { memoryModel } from '../../../src/explore/models/profiles.js';
import type { Program } from '../../../src/explore/program.js';
import type { Recording } from '../../../src/explore/recording.js';
import { replay, ReplayDiverged } from '../../../src/explore/replay.js';
import { scriptOf } from '../../../src/explore/script.js';
import { adjustOf, type OrderChange } from '../../../src/explore/weaken.js';
import { type Failing, failing, failingRing, NO_KICK_FENCE } from '../../support/explore/failing.js';
import * as small from '../../support/explore/small-programs.js';

const SMALL: readonly (readonly [string, Program, ProfileName])[] = [
  ['a store behind a load', small.STORE_BUFFERING, 'tso'],
  ['the same in C', small.STORE_BUFFERING, 'rc11'],
  ['a race', small.UNPUBLISHED, 'rc11'],
  ['a lost wakeup', small.NO_RECHECK, 'sc'],
  ['a change without a notification', small.SILENT_CHANGE, 'sc'],
  ['several of them', small.SILENT_CHANGES, 'sc'],
  ['a refused access', small.MIXED_SIZES, 'sc'],
  ['payloads', small.TORN_ORDER, 'armv8'],
  ['no access at all', small.THROWS_AT_ONCE, 'tso'],
];

test.each(SMALL)('all failures come back: %s', (_, program, profile) => {
  expectAllToComeBack(failing(program, profile));
});

const RINGS: readonly (readonly [ProfileName, 'split' | 'packed', OrderChange])[] = [
  ['tso', 'split', NO_KICK_FENCE],
  ['armv8', 'split', { site: 'SplitDriver.publish', kind: 'store', order: 'relaxed' }],
  ['rc11', 'split', { site: 'SplitDevice.publishUsed', kind: 'store', order: 'relaxed' }],
  ['js', 'split', { site: 'SplitDriver.publish', kind: 'store', order: 'plain' }],
  ['tso', 'packed', { site: 'PackedDriver.kickPrepare', kind: 'fence', order: 'none' }],
  ['rc11', 'packed', { site: 'PackedDevice.publishUsed', kind: 'store', order: 'relaxed' }],
];

test.each(RINGS)('failures of a ring come back: %s, %s, %o', async (profile, layout, change) => {
  expectAllToComeBack(await failingRing(profile, layout, [change]));
});

test('a failure comes back a hundred times out of a hundred', async () => {
  const ring = await failingRing('tso', 'split', [NO_KICK_FENCE], { buffers: 2, eventIdx: true });
  expect(ring.best.total).toBe(39);
  const first = again(ring, bestOf(ring));
  for (let time = 1; time < 100; time++) expect(again(ring, bestOf(ring))).toEqual(first);
});

test('a program that was repaired is refused, with the first access that is another one', async () => {
  const ring = await failingRing('tso', 'split', [NO_KICK_FENCE]);
  const repaired = { ...ring, spec: { ...ring.spec, options: {} } };
  const error = divergence(repaired, bestOf(ring));
  expect(error.exitCode).toBe(ExitCode.replayDiverged);
  expect(error.message).toMatch(/access \d+ of guest, now fence in SplitDriver.kickPrepare, was another one/);
});

test('a profile that does not allow the execution refuses it', () => {
  const program = failing(small.STORE_BUFFERING, 'tso');
  expect(divergence({ ...program, profile: 'sc' }, bestOf(program)).message).toMatch(
    /is not possible under sc/,
  );
});

const LEFT_OUT: readonly (readonly [string, Program['threads'][number]['run'], RegExp])[] = [
  ['ends early', () => 0, /left ends after 0 accesses, and did not/],
  ['throws', () => fail('oops'), /left throws "oops" after 0 accesses, and did not/],
  ['goes on', (port) => [...twice(port), port.load32(0)], /left goes on after its last access, number 2/],
  ['sleeps', (port) => [...twice(port), port.await32(8, 0)], /left goes on after its last access, number 2/],
  [
    'writes elsewhere',
    (port) => port.store32(12, 1),
    /access 1 of left, now W \[0xc\]=1 in .*, was another one/,
  ],
];

test.each(LEFT_OUT)('a thread that %s does not pass for the one that failed', (_, run, message) => {
  const recorded = failing(small.STORE_BUFFERING, 'tso');
  const [, right] = small.STORE_BUFFERING.threads;
  const program = { ...small.STORE_BUFFERING, threads: [{ name: 'left', run }, right as never] };
  expect(divergence({ ...recorded, program }, bestOf(recorded)).message).toMatch(message);
});

test('an execution in which nothing is wrong any more, or something else, is refused', () => {
  const recorded = failing(small.STORE_BUFFERING, 'tso');
  const { check: _, ...harmless } = small.STORE_BUFFERING;
  expect(divergence({ ...recorded, program: harmless }, bestOf(recorded)).message).toMatch(
    /nothing is wrong any more \(it was: assertion\)/,
  );
  const other = { ...harmless, check: () => fail('something else') };
  expect(divergence({ ...recorded, program: other }, bestOf(recorded)).message).toMatch(
    /it now ends with another failure: something else/,
  );
});

test('a program of another number of threads is refused', () => {
  const recorded = failing(small.STORE_BUFFERING, 'tso');
  const alone = { ...small.STORE_BUFFERING, threads: small.STORE_BUFFERING.threads.slice(1) };
  expect(divergence({ ...recorded, program: alone }, bestOf(recorded)).message).toMatch(
    /has 1 threads, and had 2/,
  );
});

function expectAllToComeBack(program: Failing): void {
  expect(program.all.length).toBeGreaterThan(0);
  // Some have a thousand: two hundred from all over the exploration will do.
  const step = Math.ceil(program.all.length / 200);
  const some = program.all.filter((_, i) => i % step === 0);
  // Nearly all are equal: the slow comparison is for those that are not.
  const differing = some.filter((recording) => !isDeepStrictEqual(again(program, recording), recording));
  for (const recording of differing) expect(again(program, recording)).toEqual(recording);
}

function again({ program, profile, spec }: Failing, recording: Recording): Recording {
  const model = memoryModel(profile, program.threads.length);
  const replayed = replay(program, model, scriptOf(recording), adjustOf(spec));
  expect(replayed.sites).toHaveLength(recording.events.length);
  return replayed.recording;
}

function divergence(program: Failing, recording: Recording): ReplayDiverged {
  try {
    again(program, recording);
  } catch (error) {
    expect(error).toBeInstanceOf(ReplayDiverged);
    return error as ReplayDiverged;
  }
  throw new Error('the replay went through');
}

function bestOf({ best }: Failing): Recording {
  expect(best.best).not.toBeNull();
  return best.best as Recording;
}

function twice(port: Parameters<Program['threads'][number]['run']>[0]): unknown[] {
  return [small.STORE_BUFFERING.threads[0]?.run(port)];
}

function fail(message: string): never {
  throw new Error(message);
}
