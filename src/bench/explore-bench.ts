import { nowMs } from '../clock.js';
import { JobExplorer } from '../explore/job-explorer.js';
import { loadProgram, resolveProgram } from '../explore/load-program.js';
import type { ProfileName } from '../explore/models/model.js';
import { PROFILES } from '../explore/models/profiles.js';
import { graphsOf, totalOf } from '../explore/profile-report.js';
import { ProfileSearch } from '../explore/profile-search.js';
import type { ProgramOptions } from '../explore/programs/catalogue.js';
import type { WorkerPool } from '../explore/worker-pool.js';
import { type ExploreResult, spread } from './bench-result.js';

/** What is measured. */
export interface ExploreCase {
  readonly name: string;
  readonly program: string;
  readonly options: ProgramOptions;
  readonly profiles: readonly ProfileName[];
  /** Where several threads are compared with one: how many, and how many graphs they build. */
  readonly shared?: { readonly workers: readonly number[]; readonly graphs: number };
}

export const EXPLORE_CASES: readonly ExploreCase[] = [
  { name: 'abstract-1', program: 'abstract-ring', options: { buffers: 1 }, profiles: ['sc', 'tso'] },
  { name: 'abstract-3', program: 'abstract-ring', options: { buffers: 3 }, profiles: ['sc', 'tso', 'rc11'] },
  { name: 'split-2', program: 'split', options: { buffers: 2 }, profiles: PROFILES },
  {
    name: 'workers',
    program: 'abstract-ring',
    options: { buffers: 4 },
    profiles: ['tso'],
    shared: { workers: [1, 2], graphs: 600_000 },
  },
];

/** Shorter repetitions explore the program several times over. */
const REPETITION_MS = 250;
const MAX_EVENTS = 2000;

export interface BenchOptions {
  readonly repetitions: number;
  readonly signal: AbortSignal;
  readonly newPool: (workers: number) => WorkerPool;
  readonly onResult: (result: ExploreResult) => void;
}

/** Measures one case after the other. */
export async function runExploreBench(
  cases: readonly ExploreCase[],
  options: BenchOptions,
): Promise<ExploreResult[]> {
  const results: ExploreResult[] = [];
  for (const bench of cases) {
    for (const profile of bench.profiles) {
      for (const workers of bench.shared?.workers ?? [1]) {
        if (options.signal.aborted) return results;
        const result = await measure(bench, profile, workers, options);
        results.push(result);
        options.onResult(result);
      }
    }
  }
  return results;
}

interface Repetition {
  readonly graphs: number;
  readonly elapsedMs: number;
}

async function measure(
  bench: ExploreCase,
  profile: ProfileName,
  workers: number,
  { repetitions, signal, newPool }: BenchOptions,
): Promise<ExploreResult> {
  const pool = newPool(workers);
  const { shared } = bench;
  const once =
    shared === undefined
      ? () => exploreAlone(bench, profile)
      : () => exploreShared(bench, profile, { pool, graphs: shared.graphs, signal });
  try {
    // The first one warms up the code, and starts the threads.
    await once();
    const done: Repetition[] = [];
    while (done.length < repetitions && !signal.aborted) done.push(await once());
    return summary(bench.name, profile, workers, done);
  } finally {
    await pool.end();
  }
}

/** On this thread, as often as it takes for the clock to mean something. */
async function exploreAlone({ program, options }: ExploreCase, profile: ProfileName): Promise<Repetition> {
  const ref = resolveProgram(program, options);
  const made = await loadProgram(ref);
  const startMs = nowMs();
  let graphs = 0;
  do {
    const explorer = new JobExplorer({ ref, profile, maxEvents: MAX_EVENTS, stuckMs: Infinity }, made);
    graphs += totalOf(explorer.explore(Infinity, Infinity).counts);
  } while (nowMs() - startMs < REPETITION_MS);
  return { graphs, elapsedMs: nowMs() - startMs };
}

async function exploreShared(
  { program, options }: ExploreCase,
  profile: ProfileName,
  {
    pool,
    graphs,
    signal,
  }: { readonly pool: WorkerPool; readonly graphs: number; readonly signal: AbortSignal },
): Promise<Repetition> {
  const job = { ref: resolveProgram(program, options), profile, maxEvents: MAX_EVENTS };
  const search = new ProfileSearch(job, {
    graphsMax: graphs,
    allFailures: true,
    pool,
    signal,
    onProgress: () => {},
  });
  const report = await search.run();
  return { graphs: graphsOf(report), elapsedMs: report.elapsed_s * 1000 };
}

function summary(
  name: string,
  profile: ProfileName,
  workers: number,
  done: readonly Repetition[],
): ExploreResult {
  const byRate = done.toSorted((a, b) => rate(a) - rate(b));
  const middle = byRate[byRate.length >> 1] ?? { graphs: 0, elapsedMs: 0 };
  const samples = done.map(rate);
  return {
    name,
    profile,
    graphs: middle.graphs,
    graphs_per_s: rate(middle),
    elapsed_s: middle.elapsedMs / 1000,
    workers,
    metric: 'graphs_per_s',
    better: 'higher',
    samples,
    repetitions: done.length,
    spread: samples.length === 0 ? 0 : spread(samples),
  };
}

function rate({ graphs, elapsedMs }: Repetition): number {
  return elapsedMs > 0 ? (graphs * 1000) / elapsedMs : 0;
}
