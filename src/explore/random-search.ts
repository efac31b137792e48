import { nowMs } from '../clock.js';
import { errorToWire, type WireError } from '../errors.js';
import type { ExplorerCounts } from './explorer.js';
import { FailureBook } from './failure-book.js';
import { failureReport } from './failure-report.js';
import { loadProgram } from './load-program.js';
import { type Bound, type FoundFailure, type ProfileReport, totalOf } from './profile-report.js';
import { nextTurn, type SearchOptions } from './profile-search.js';
import { type RandomJob, type RandomStretch, type RandomTask, runRandom, specOfRun } from './random-runs.js';
import { together } from './together.js';

/** A thread does that many runs at a time, and a search is over only behind the last of them. */
const TASK_RUNS = 16;
/** Shorter searches do without other threads: to start them takes about as long. */
const ALONE_MS = 300;
/** Tasks that are carried out beyond the one with the first failure, to find a simpler one. */
const SIMPLER_TASKS = 16;

export type RandomSearchOptions = Omit<SearchOptions, 'graphsMax'>;

/**
 * Executes a program at random under one profile. Tasks are counted in their order, and what was carried out beyond
 * the end is thrown away: so the report is the same for any number of threads.
 */
export class RandomSearch {
  private readonly job: RandomJob;
  private readonly options: RandomSearchOptions;
  private readonly runs: number;
  private readonly startMs: number = nowMs();
  private readonly counts: ExplorerCounts = { complete: 0, blocked: 0, bounded: 0, failed: 0 };
  private readonly book: FailureBook = new FailureBook();
  private readonly drawn: Set<string> = new Set();
  private readonly failures: FoundFailure[] = [];
  /** Done, and not counted yet: one in front of them is still being carried out. */
  private readonly waiting: Map<number, RandomStretch> = new Map();
  private begun = 0;
  private counted = 0;
  private tasks: number;
  private workers = 1;
  private error: WireError | null = null;

  /** `runs` is how many executions there are to be. */
  constructor(job: RandomJob, runs: number, options: RandomSearchOptions) {
    this.job = job;
    this.runs = runs;
    this.options = options;
    this.tasks = Math.ceil(runs / TASK_RUNS);
  }

  async run(): Promise<ProfileReport> {
    try {
      await this.alone();
      if (this.isMore) await this.together();
      // After an interruption, there can be gaps.
      for (const stretch of this.waiting.values()) if (this.isInterrupted) this.count(stretch);
      await this.describeFailures();
    } catch (error) {
      this.error = errorToWire(error);
    }
    return this.report();
  }

  private async alone(): Promise<void> {
    const { pool, aloneMs = ALONE_MS } = this.options;
    while (this.isMore && (pool.size === 1 || nowMs() - this.startMs < aloneMs)) {
      await this.next(runRandom);
      await nextTurn();
    }
  }

  private async together(): Promise<void> {
    const { pool } = this.options;
    this.workers = pool.size;
    const isMore = (): boolean => this.isMore;
    await together(pool.size, isMore, () => this.next((next) => pool.runRandom(next)));
  }

  /** There is a task that nobody has begun. */
  private get isMore(): boolean {
    return this.begun < this.tasks && !this.options.signal.aborted;
  }

  private get isInterrupted(): boolean {
    return this.counted < this.tasks;
  }

  private async next(carryOut: (task: RandomTask) => Promise<RandomStretch>): Promise<void> {
    const number = this.begun++;
    const from = number * TASK_RUNS;
    const to = Math.min(from + TASK_RUNS, this.runs);
    this.waiting.set(number, await carryOut({ job: this.job, from, to }));
    for (let stretch = this.take(); stretch !== undefined; stretch = this.take()) {
      this.counted += 1;
      this.count(stretch);
    }
  }

  private take(): RandomStretch | undefined {
    const stretch = this.counted < this.tasks ? this.waiting.get(this.counted) : undefined;
    this.waiting.delete(this.counted);
    return stretch;
  }

  private count({ counts, failures, drawn }: RandomStretch): void {
    this.counts.complete += counts.complete;
    this.counts.blocked += counts.blocked;
    this.counts.bounded += counts.bounded;
    this.counts.failed += counts.failed;
    for (const options of drawn) this.drawn.add(options);
    const isFirst = this.book.isEmpty && failures.length > 0;
    for (const note of failures) this.book.add(note);
    if (isFirst && !this.options.allFailures) this.tasks = Math.min(this.tasks, this.counted + SIMPLER_TASKS);
    this.options.onProgress({
      profile: this.job.profile,
      graphs: totalOf(this.counts),
      isRandom: true,
      estimate: this.runs,
      failures: this.book.size,
      workers: this.workers,
      elapsedMs: nowMs() - this.startMs,
    });
  }

  /** Makes each failure happen once more, on the program with the options of its run. */
  private async describeFailures(): Promise<void> {
    for (const { recording, graphs, run } of this.book.notes) {
      const spec = specOfRun(this.job, run);
      const report = failureReport(await loadProgram(spec), spec, this.job.profile, recording);
      this.failures.push({ ...report, graphs, fewest_buffers: null });
    }
  }

  private report(): ProfileReport {
    const { complete, blocked, bounded, failed } = this.counts;
    const { profile, seed } = this.job;
    const runs = totalOf(this.counts);
    return {
      profile,
      verdict: this.error !== null ? 'error' : this.book.isEmpty ? 'bounded' : 'fail',
      exhaustive: false,
      bounded_by: this.boundedBy(runs),
      graphs_complete: complete,
      graphs_blocked: blocked,
      graphs_bounded: bounded,
      graphs_failed: failed,
      failures: this.failures,
      error: this.error,
      random: { seed, runs, combinations: Math.max(1, this.drawn.size) },
      workers: this.workers,
      elapsed_s: (nowMs() - this.startMs) / 1000,
    };
  }

  private boundedBy(runs: number): Bound[] {
    const bounds: Bound[] = this.counts.bounded > 0 ? ['random', 'max-events'] : ['random'];
    if (runs === this.runs || this.error !== null) return bounds;
    return [...bounds, this.isInterrupted ? 'interrupted' : 'first-failure'];
  }
}
