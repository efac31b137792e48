import { afterAll, describe, expect, test } from 'vitest';
import { resolveProgram } from '../../../src/explore/load-program.js';
import type { ProfileName } from '../../../src/explore/models/model.js';
import { PROFILES } from '../../../src/explore/models/profiles.js';
import type { ProfileReport } from '../../../src/explore/profile-report.js';
import type { ProgramSpec } from '../../../src/explore/program-spec.js';
import { RandomSearch, type RandomSearchOptions } from '../../../src/explore/random-search.js';
import { WorkerPool } from '../../../src/explore/worker-pool.js';
import { NO_KICK_FENCE } from '../../support/explore/failing.js';

const ENTRY = new URL('../../../dist/workers/explore.js', import.meta.url);
const RING = 'docs/examples/doorbell-ring.mjs';
const NEVER = new AbortController().signal;

const pools = new Map([1, 2, 3].map((size) => [size, new WorkerPool(size, ENTRY)]));

afterAll(() => Promise.all([...pools.values()].map((pool) => pool.end())));

interface Given extends Partial<RandomSearchOptions> {
  readonly workers?: number;
  readonly runs?: number;
  readonly seed?: number;
  readonly isSwarm?: boolean;
  readonly maxEvents?: number;
  readonly stuckMs?: number;
}

function search(ref: ProgramSpec, profile: ProfileName, given: Given = {}): Promise<ProfileReport> {
  const {
    workers = 1,
    runs = 100,
    seed = 1,
    isSwarm = false,
    maxEvents = 20_000,
    stuckMs = 30_000,
    ...rest
  } = given;
  return new RandomSearch({ ref, profile, maxEvents, stuckMs, seed, isSwarm }, runs, {
    allFailures: false,
    pool: pools.get(workers) as WorkerPool,
    signal: NEVER,
    onProgress: () => {},
    ...rest,
  }).run();
}

/** What does not depend on the machine. */
function told(report: ProfileReport): object {
  return { ...report, elapsed_s: 0, workers: 0 };
}

describe('rings that are right', () => {
  test.each(PROFILES)(
    'pass for nothing more than bounded, whatever options are drawn: %s',
    async (profile) => {
      for (const program of ['split', 'packed']) {
        const report = await search({ program, options: {} }, profile, { isSwarm: true });
        expect(report, program).toMatchObject({
          verdict: 'bounded',
          exhaustive: false,
          bounded_by: ['random'],
        });
        expect(report).toMatchObject({ graphs_complete: 100, failures: [], error: null });
        expect(report.random).toMatchObject({ seed: 1, runs: 100 });
        expect(report.random?.combinations).toBeGreaterThan(90);
      }
    },
  );

  test('of more buffers than can be exhausted', async () => {
    const ref = resolveProgram('packed', { buffers: 20, ringSize: 8 }, 'random');
    const { verdict, random } = await search(ref, 'tso', { runs: 20 });
    expect(verdict).toBe('bounded');
    expect(random).toEqual({ seed: 1, runs: 20, combinations: 1 });
  });
});

describe('programs that are wrong', () => {
  test.each(['tso', 'armv8', 'rc11'] as const)('a fence that is left out, under %s', async (profile) => {
    const ref = { program: 'split', options: { weaken: [NO_KICK_FENCE] } };
    const report = await search(ref, profile, { isSwarm: true, runs: 1000 });
    expect(report).toMatchObject({ verdict: 'fail', bounded_by: ['random', 'first-failure'] });
    const [failure] = report.failures;
    expect(failure?.kind).toBe('lost-wakeup');
    // It names all options: those that were drawn, and the change.
    expect(failure?.program.options).toMatchObject({ weaken: [NO_KICK_FENCE] });
    expect(Object.keys(failure?.program.options ?? {})).toContain('deviceBatch');
    expect(failure?.replay).toMatch(/^vring replay v1\./);
  });

  test('a race; all runs are made when all failures are asked for', async () => {
    const change = { site: 'PackedDevice.publishUsed', kind: 'store', order: 'relaxed' } as const;
    const ref = { program: 'packed', options: { buffers: 5, weaken: [change] } };
    const report = await search(ref, 'rc11', { allFailures: true, runs: 50 });
    expect(report).toMatchObject({ verdict: 'fail', bounded_by: ['random'] });
    expect(report.random?.runs).toBe(50);
    expect(report.graphs_failed).toBeGreaterThan(30);
    expect(report.failures).toMatchObject([{ kind: 'race', graphs: report.graphs_failed }]);
  });

  test.each(['no-second-look-of-device', 'no-fence-after-used-event'] as const)('%s', async (defect) => {
    const ref = resolveProgram('abstract-ring', { buffers: 10, defect }, 'random');
    const { failures } = await search(ref, 'tso', { runs: 300 });
    expect(failures.map(({ kind }) => kind)).toEqual(['lost-wakeup']);
  });

  test('a program that depends on something else than memory is an error', async () => {
    const report = await search(resolveProgram('test/support/explore/forgetful-ring.mjs', {}), 'sc');
    expect(report).toMatchObject({ verdict: 'error', error: { code: 'EXPLORE_NONDETERMINISM' } });
  });
});

describe('the seed decides', () => {
  const swarm = { program: 'split', options: { weaken: [NO_KICK_FENCE] } };
  const doorbell = { program: RING, options: { messages: 8, fence: false } };

  test('the same one finds the same, however many threads there are', async () => {
    for (const [ref, isSwarm] of [
      [swarm, true],
      [doorbell, false],
    ] as const) {
      const given = { isSwarm, runs: 600, seed: 77 };
      const alone = await search(ref, 'tso', given);
      expect(alone.verdict).toBe('fail');
      expect(told(await search(ref, 'tso', given))).toEqual(told(alone));
      for (const workers of [2, 3]) {
        const together = await search(ref, 'tso', { ...given, workers, aloneMs: 0 });
        expect(together.workers).toBe(workers);
        expect(told(together)).toEqual(told(alone));
      }
    }
  });

  test('another one finds another execution', async () => {
    const tokens = await Promise.all(
      [1, 2, 3].map(async (seed) => (await search(doorbell, 'tso', { seed, runs: 300 })).failures[0]?.replay),
    );
    expect(new Set(tokens).size).toBeGreaterThan(1);
  });

  test('a number of runs that no task divides is kept to', async () => {
    const { random, graphs_complete } = await search(doorbell, 'sc', { runs: 37, workers: 2, aloneMs: 0 });
    expect([random?.runs, graphs_complete]).toEqual([37, 37]);
  });
});

describe('what ends it early is named', () => {
  test('a limit of events', async () => {
    const report = await search(resolveProgram('split', {}), 'sc', { maxEvents: 30, runs: 10 });
    expect(report).toMatchObject({
      verdict: 'bounded',
      bounded_by: ['random', 'max-events'],
      graphs_bounded: 10,
    });
  });

  test.each([1, 2])('an interruption, %i workers', async (workers) => {
    const controller = new AbortController();
    const { signal } = controller;
    const onProgress = (): void => controller.abort();
    const ref = resolveProgram('split', { buffers: 4 });
    const report = await search(ref, 'sc', { signal, onProgress, workers, aloneMs: 0, runs: 100_000 });
    expect(report).toMatchObject({ verdict: 'bounded', bounded_by: ['random', 'interrupted'] });
    expect(report.random?.runs).toBeGreaterThan(0);
    expect(report.random?.runs).toBeLessThan(200);
  });

  test('a thread that loops without an access', async () => {
    const ref = { program: 'test/support/explore/stuck-ring.mjs', options: {} };
    const { verdict, error } = await search(ref, 'sc', { stuckMs: 400 });
    expect(verdict).toBe('error');
    expect(error).toMatchObject({ code: 'EXPLORE_STUCK', fields: { thread: 'spinner' } });
  });

  test('a thread that dies', async () => {
    const pool = new WorkerPool(2, new URL('../../support/explore/dying-worker.js', import.meta.url));
    const report = await search(resolveProgram('split', {}), 'sc', { pool, aloneMs: 0 });
    expect(report).toMatchObject({ verdict: 'error', error: { code: 'EXPLORE_WORKER' } });
    await pool.end();
  });
});
