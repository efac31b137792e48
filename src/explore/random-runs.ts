import { mix32, Rng } from '../rng.js';
import type { ExplorerCounts } from './explorer.js';
import { FailureBook, type FailureNote } from './failure-book.js';
import type { ExploreJob } from './job-explorer.js';
import { drawProgram, loadProgram } from './load-program.js';
import { memoryModel } from './models/profiles.js';
import type { ProgramSpec } from './program-spec.js';
import { RandomExplorer, type RandomRun } from './random.js';
import { drawStrategy, type Strategy } from './schedule.js';
import { STUCK_MS, watched } from './watch.js';
import { adjustOf } from './weaken.js';

/** What is executed at random, as plain data. Its seed and the number of a run give that run again. */
export interface RandomJob extends ExploreJob {
  readonly seed: number;
  /** Each run draws the options that `ref` leaves open. */
  readonly isSwarm: boolean;
}

/** The runs from number `from` up to, without, number `to`. */
export interface RandomTask {
  readonly job: RandomJob;
  readonly from: number;
  readonly to: number;
}

export interface RandomStretch {
  /** Runs by how they ended; `blocked` are those with choices that the model does not allow together. */
  readonly counts: ExplorerCounts;
  /** Each with the lowest run number among its simplest. */
  readonly failures: readonly FailureNote[];
  /** The options that were drawn, as JSON; none without a swarm. */
  readonly drawn: readonly string[];
}

/** Streams of a run's seed. */
const OPTIONS = 0;
const STRATEGY = 1;
const EXECUTION = 2;

const COUNT_OF = {
  complete: 'complete',
  bounded: 'bounded',
  failed: 'failed',
  infeasible: 'blocked',
} as const;

/** The program and the options of a run. */
export function specOfRun({ ref, seed, isSwarm }: RandomJob, run: number): ProgramSpec {
  return isSwarm ? drawProgram(ref, new Rng(mix32(seed, run)).fork(OPTIONS)) : ref;
}

/**
 * Carries out some runs. Nothing is left of earlier tasks, so that the result depends on the task alone, whichever
 * thread it is given to.
 */
export async function runRandom({ job, from, to }: RandomTask): Promise<RandomStretch> {
  const counts = { complete: 0, blocked: 0, bounded: 0, failed: 0 };
  const book = new FailureBook();
  const drawn = new Set<string>();
  let runner: Runner | null = null;
  for (let run = from; run < to; run++) {
    if (runner === null || job.isSwarm) {
      const spec = specOfRun(job, run);
      if (job.isSwarm) drawn.add(JSON.stringify(spec.options));
      runner = await Runner.open(job, spec);
    }
    counts[COUNT_OF[runner.run(run, book)]] += 1;
  }
  return { counts, failures: book.takeAll(), drawn: [...drawn] };
}

/** Runs of one program with one set of options. */
class Runner {
  private readonly explorer: RandomExplorer;
  private readonly threadNames: readonly string[];
  private readonly seed: number;
  private readonly stuckMs: number;
  /** Accesses of each thread in a trial, which the strategies go by. */
  private readonly lengths: readonly number[];

  static async open(job: RandomJob, spec: ProgramSpec): Promise<Runner> {
    const program = await loadProgram(spec);
    const model = memoryModel(job.profile, program.threads.length);
    const options = { maxEvents: job.maxEvents, adjust: adjustOf(spec) };
    const names = program.threads.map(({ name }) => name);
    return new Runner(new RandomExplorer(program, model, options), names, job);
  }

  private constructor(explorer: RandomExplorer, threadNames: readonly string[], job: RandomJob) {
    this.explorer = explorer;
    this.threadNames = threadNames;
    this.seed = job.seed;
    this.stuckMs = job.stuckMs ?? STUCK_MS;
    this.lengths = this.execute(job.seed, { kind: 'walk' }).graph.po.map((events) => events.length);
  }

  run(run: number, book: FailureBook): keyof typeof COUNT_OF {
    const rng = new Rng(mix32(this.seed, run));
    const strategy = drawStrategy(this.lengths, rng.fork(STRATEGY));
    const { outcome, finding, graph } = this.execute(rng.fork(EXECUTION).seed, strategy);
    if (finding !== null) book.offer(finding, graph, this.explorer.locations, this.threadNames, run);
    return outcome;
  }

  private execute(seed: number, strategy: Strategy): RandomRun {
    return watched(this.stuckMs, this.explorer, () => this.explorer.run(seed, strategy));
  }
}
