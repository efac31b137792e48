import { afterAll, describe, expect, test } from 'vitest';
import { resolveProgram } from '../../../src/explore/load-program.js';
import type { ProfileName } from '../../../src/explore/models/model.js';
import { graphsOf, type ProfileReport } from '../../../src/explore/profile-report.js';
import {
  type ExploreProgress,
  ProfileSearch,
  type SearchOptions,
} from '../../../src/explore/profile-search.js';
import type { ProgramSpec } from '../../../src/explore/program-spec.js';
import type { ProgramOptions } from '../../../src/explore/programs/catalogue.js';
import { decodeToken } from '../../../src/explore/token.js';
import { STUCK_MS } from '../../../src/explore/watch.js';
import { WorkerPool } from '../../../src/explore/worker-pool.js';
import { NO_KICK_FENCE } from '../../support/explore/failing.js';

const ENTRY = new URL('../../../dist/workers/explore.js', import.meta.url);
const RING = 'docs/examples/doorbell-ring.mjs';
const STUCK = 'test/support/explore/stuck-ring.mjs';
const NEVER = new AbortController().signal;

const pools = new Map([1, 2, 4].map((size) => [size, new WorkerPool(size, ENTRY)]));

afterAll(() => Promise.all([...pools.values()].map((pool) => pool.end())));

interface Given extends Partial<SearchOptions> {
  readonly workers?: number;
  readonly stuckMs?: number;
}

function search(
  word: string,
  options: ProgramOptions,
  profile: ProfileName,
  given: Given = {},
): Promise<ProfileReport> {
  return searchOf(resolveProgram(word, options), profile, given);
}

function searchOf(ref: ProgramSpec, profile: ProfileName, given: Given = {}): Promise<ProfileReport> {
  const { workers = 1, stuckMs = STUCK_MS, ...rest } = given;
  return new ProfileSearch(
    { ref, profile, maxEvents: 2000, stuckMs },
    {
      graphsMax: Infinity,
      allFailures: false,
      pool: pools.get(workers) as WorkerPool,
      signal: NEVER,
      onProgress: () => {},
      ...rest,
    },
  ).run();
}

describe('several threads find what one finds', () => {
  test.each([
    { word: 'split', options: { buffers: 2 }, profile: 'tso' },
    { word: 'split', options: { buffers: 2, indirect: true, eventIdx: false }, profile: 'rc11' },
    { word: 'packed', options: { buffers: 2 }, profile: 'armv8' },
    { word: 'packed', options: { buffers: 2 }, profile: 'js' },
    { word: 'abstract-ring', options: { buffers: 3 }, profile: 'tso' },
    { word: RING, options: { messages: 3 }, profile: 'sc' },
  ] as const)('$word $options under $profile', async ({ word, options, profile }) => {
    const alone = await search(word, options, profile);
    expect(alone).toMatchObject({ verdict: 'pass', exhaustive: true, workers: 1 });
    expect(graphsOf(alone)).toBeGreaterThan(500);
    for (const workers of [2, 4]) {
      const { elapsed_s: _, ...report } = await search(word, options, profile, { workers, aloneMs: 0 });
      const { elapsed_s: __, ...expected } = alone;
      expect(report).toEqual({ ...expected, workers });
    }
  });

  test('and the same failures, counted the same', async () => {
    const options = { messages: 3, fence: false };
    const alone = await search(RING, options, 'tso', { allFailures: true });
    expect(alone.verdict).toBe('fail');
    const together = await search(RING, options, 'tso', { allFailures: true, workers: 2, aloneMs: 0 });
    expect(together.workers).toBe(2);
    // Of two that are equally simple, the one that came first is kept.
    const figures = ({ failures }: ProfileReport): unknown =>
      failures.map(({ kind, message, graphs, simplicity }) => ({ kind, message, graphs, simplicity }));
    expect(figures(together)).toEqual(figures(alone));
  });
});

describe('the changes that a program is explored with', () => {
  test.each([1, 2])('are made, %i workers, and stand in the token', async (workers) => {
    const options = { buffers: 1, ringSize: 2, eventIdx: false, weaken: [NO_KICK_FENCE] };
    const ref = { program: 'split', options };
    const given = { workers, aloneMs: workers === 1 ? 10_000 : 0, allFailures: true };
    expect(await searchOf(ref, 'sc', given)).toMatchObject({ verdict: 'pass', workers });
    const { verdict, failures } = await searchOf(ref, 'tso', given);
    expect(verdict).toBe('fail');
    expect(failures).toMatchObject([{ kind: 'lost-wakeup', program: ref }]);
    const { spec } = decodeToken(failures[0]?.replay.replace('vring replay ', '') ?? '');
    expect(spec).toEqual(ref);
  });

  test('are refused when they are none', async () => {
    const ref = { program: 'split', options: { weaken: [{ site: 'SplitDriver.publish' }] } };
    const { verdict, error } = await searchOf(ref, 'sc');
    expect({ verdict, code: error?.code }).toEqual({ verdict: 'error', code: 'EXPLORE_WEAKEN' });
  });
});

describe('what was not looked at is never called a pass', () => {
  test.each([1, 2])('a limit of graphs, %i workers', async (workers) => {
    const report = await search('split', {}, 'tso', { graphsMax: 100, workers, aloneMs: 0 });
    expect(report).toMatchObject({ verdict: 'bounded', exhaustive: false, bounded_by: ['limit'] });
    expect(graphsOf(report)).toBe(100);
  });

  test('a limit of events', async () => {
    const job = { ref: resolveProgram('split', {}), profile: 'sc', maxEvents: 70 } as const;
    const report = await new ProfileSearch(job, {
      graphsMax: Infinity,
      allFailures: false,
      pool: pools.get(1) as WorkerPool,
      signal: NEVER,
      onProgress: () => {},
    }).run();
    expect(report).toMatchObject({ verdict: 'bounded', exhaustive: false, bounded_by: ['max-events'] });
    expect(report.graphs_bounded).toBeGreaterThan(0);
  });

  test.each([1, 2])('an interruption, %i workers', async (workers) => {
    const controller = new AbortController();
    const onProgress = ({ graphs }: ExploreProgress): void => {
      if (graphs > 500) controller.abort();
    };
    const { signal } = controller;
    const report = await search('packed', { buffers: 4 }, 'tso', { signal, onProgress, workers, aloneMs: 0 });
    expect(report).toMatchObject({
      verdict: 'bounded',
      exhaustive: false,
      bounded_by: ['interrupted'],
      workers,
    });
    expect(graphsOf(report)).toBeGreaterThan(500);
  });

  test('a first failure, and what is found in the graphs after it', async () => {
    const report = await search(RING, { messages: 4, fence: false }, 'tso');
    expect(report).toMatchObject({ verdict: 'fail', exhaustive: false, bounded_by: ['first-failure'] });
    expect(graphsOf(report)).toBeGreaterThan(5000);
  });
});

describe('what goes wrong with the exploration itself', () => {
  test('a thread that dies is an error', async () => {
    const entry = new URL('../../support/explore/dying-worker.js', import.meta.url);
    const pool = new WorkerPool(2, entry);
    const report = await search('packed', { buffers: 3 }, 'tso', { pool, aloneMs: 0 });
    expect(report).toMatchObject({ verdict: 'error', exhaustive: false });
    expect(report.error).toMatchObject({ code: 'EXPLORE_WORKER', exitCode: 1 });
    await pool.end();
  });

  test.each([1, 2])('a thread that loops without an access is named, %i workers', async (workers) => {
    const given = { workers, aloneMs: workers === 1 ? 10_000 : 0, stuckMs: 400 };
    const { verdict, error } = await search(STUCK, { how: 'loop' }, 'sc', given);
    expect(verdict).toBe('error');
    expect(error).toMatchObject({ code: 'EXPLORE_STUCK', exitCode: 2, fields: { thread: 'spinner' } });
    expect(error?.message).toMatch(/^spinner has run for 0.4 s without coming to a new access/);
  });

  test('so is one that catches what suspends it, and loops on', async () => {
    const { error } = await search(STUCK, { how: 'catch' }, 'sc', { stuckMs: 400 });
    expect(error).toMatchObject({ code: 'EXPLORE_STUCK', fields: { thread: 'spinner' } });
  });

  test('a check that does not end is no thread', async () => {
    const { error } = await search(STUCK, { how: 'check' }, 'sc', { stuckMs: 400 });
    expect(error?.message).toBe('a single execution takes longer than 0.4 s');
  });

  test('an error of a thread keeps its code', async () => {
    const report = await search('test/support/explore/fickle-ring.mjs', {}, 'sc', { workers: 2, aloneMs: 0 });
    expect(report.verdict).toBe('error');
    expect(report.error).toMatchObject({ code: 'EXPLORE_NONDETERMINISM', exitCode: 2 });
  });
});
