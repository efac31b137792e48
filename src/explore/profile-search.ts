import { nowMs } from '../clock.js';
import { errorToWire, type WireError } from '../errors.js';
import { Bag } from './bag.js';
import type { Estimator } from './estimator.js';
import type { ExplorerCounts } from './explorer.js';
import { FailureBook } from './failure-book.js';
import { failureReport } from './failure-report.js';
import { type ExploreJob, JobExplorer, type Stretch } from './job-explorer.js';
import { loadProgram } from './load-program.js';
import type { ProfileName } from './models/model.js';
import { type Bound, type FoundFailure, type ProfileReport, totalOf } from './profile-report.js';
import { together } from './together.js';
import type { WorkerPool } from './worker-pool.js';

/** How a profile is explored. */
export interface SearchOptions {
  /** Graphs that are built at most. */
  readonly graphsMax: number;
  /** Look at everything, although something is wrong already. */
  readonly allFailures: boolean;
  readonly pool: WorkerPool;
  /** How long one thread explores before others are started; {@link ALONE_MS} unless told. */
  readonly aloneMs?: number;
  /** Aborted, the search ends with what it has. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ExploreProgress) => void;
}

/** Where a search is. */
export interface ExploreProgress {
  readonly profile: ProfileName;
  readonly graphs: number;
  /** They are runs at random, and `estimate` is how many there are to be. */
  readonly isRandom?: true;
  /** About how many there are; 0 while nothing can be said. */
  readonly estimate: number;
  readonly failures: number;
  readonly workers: number;
  readonly elapsedMs: number;
}

/** Shorter explorations do without other threads: to start them takes about as long. */
const ALONE_MS = 300;
/** Between two reports of progress, and two chances to be interrupted. */
const TURN_MS = 50;
/** For a task of another thread; shorter where others have nothing to do until it is back. */
const TASK_MS = 100;
const LAST_TASK_MS = 15;
const TASK_GRAPHS = 10_000;
/** For an estimate of how much there is to do: at first, and then with every result. */
const FIRST_PROBES_MS = 30;
const PROBES_MS = 1;
/** Graphs that are built beyond the first failure, to find it in a smaller one. */
const SMALLER_GRAPHS = 5000;

/** Explores a job under its profile: alone at first, and on several threads when it takes longer. */
export class ProfileSearch {
  private readonly job: ExploreJob;
  private readonly options: SearchOptions;
  private readonly startMs: number = nowMs();
  private readonly counts: ExplorerCounts = { complete: 0, blocked: 0, bounded: 0, failed: 0 };
  private readonly book: FailureBook = new FailureBook();
  private readonly failures: FoundFailure[] = [];
  private readonly bag: Bag = new Bag();
  private isDone = false;
  private estimator: Estimator | null = null;
  private workers = 1;
  private error: WireError | null = null;
  /** Graphs that other threads may be building at this moment. */
  private promised = 0;
  /** Graphs built when the first failure was found. */
  private atFirstFailure = Infinity;

  constructor(job: ExploreJob, options: SearchOptions) {
    this.job = job;
    this.options = options;
  }

  async run(): Promise<ProfileReport> {
    try {
      await this.alone();
      if (!this.bag.isEmpty) await this.together();
      await this.describeFailures();
    } catch (error) {
      this.error = errorToWire(error);
    }
    return this.report();
  }

  private async alone(): Promise<void> {
    const explorer = await JobExplorer.open(this.job);
    const { aloneMs = ALONE_MS } = this.options;
    while (!this.isDone && this.remaining > 0) {
      const stretch = explorer.explore(Math.min(TURN_MS, aloneMs), this.remaining);
      this.add(stretch);
      this.isDone = stretch.isDone;
      const isLong = !this.isDone && nowMs() - this.startMs > aloneMs;
      if (isLong && this.estimator === null) {
        this.estimator = explorer.newEstimator();
        this.estimator.probe(FIRST_PROBES_MS);
      }
      if (isLong && this.options.pool.size > 1) {
        this.bag.add(explorer.handOut());
        return;
      }
      await nextTurn();
    }
  }

  private async together(): Promise<void> {
    this.workers = this.options.pool.size;
    const isMore = (): boolean => !this.bag.isEmpty && this.remaining > 0;
    await together(this.workers, isMore, () => this.hand());
    this.isDone = this.bag.isEmpty;
  }

  private async hand(): Promise<void> {
    const subtrees = this.bag.takeHalf();
    const budgetMs = this.bag.isEmpty ? LAST_TASK_MS : TASK_MS;
    const graphsMax = Math.min(TASK_GRAPHS, this.remaining);
    this.promised += graphsMax;
    try {
      const task = { job: this.job, subtrees, budgetMs, graphsMax };
      const { stretch, left } = await this.options.pool.run(task);
      this.bag.add(left);
      this.add(stretch);
    } finally {
      this.promised -= graphsMax;
    }
  }

  private add({ counts, failures }: Stretch): void {
    this.counts.complete += counts.complete;
    this.counts.blocked += counts.blocked;
    this.counts.bounded += counts.bounded;
    this.counts.failed += counts.failed;
    for (const note of failures) this.book.add(note);
    if (!this.book.isEmpty) this.atFirstFailure = Math.min(this.atFirstFailure, totalOf(this.counts));
    this.estimator?.probe(PROBES_MS);
    this.options.onProgress({
      profile: this.job.profile,
      graphs: totalOf(this.counts),
      estimate: this.estimator?.graphs ?? 0,
      failures: this.book.size,
      workers: this.workers,
      elapsedMs: nowMs() - this.startMs,
    });
  }

  /** Graphs that may still be built. */
  private get remaining(): number {
    if (this.options.signal.aborted) return 0;
    return this.end - totalOf(this.counts) - this.promised;
  }

  private get end(): number {
    const { graphsMax, allFailures } = this.options;
    return allFailures ? graphsMax : Math.min(graphsMax, this.atFirstFailure + SMALLER_GRAPHS);
  }

  /** Makes each failure happen once more, so that it can be told with the places in the code. */
  private async describeFailures(): Promise<void> {
    if (this.book.isEmpty) return;
    const { ref, profile } = this.job;
    const program = await loadProgram(ref);
    for (const { recording, graphs } of this.book.notes)
      this.failures.push({
        ...failureReport(program, ref, profile, recording),
        graphs,
        fewest_buffers: null,
      });
  }

  private report(): ProfileReport {
    const { complete, blocked, bounded, failed } = this.counts;
    const boundedBy = this.boundedBy();
    const exhaustive = this.error === null && boundedBy.length === 0;
    return {
      profile: this.job.profile,
      verdict: this.verdict(exhaustive),
      exhaustive,
      bounded_by: boundedBy,
      graphs_complete: complete,
      graphs_blocked: blocked,
      graphs_bounded: bounded,
      graphs_failed: failed,
      failures: this.failures,
      error: this.error,
      random: null,
      workers: this.workers,
      elapsed_s: (nowMs() - this.startMs) / 1000,
    };
  }

  private boundedBy(): Bound[] {
    const bounds: Bound[] = this.counts.bounded > 0 ? ['max-events'] : [];
    if (this.isDone || this.error !== null) return bounds;
    if (this.options.signal.aborted) return [...bounds, 'interrupted'];
    return [...bounds, this.end < this.options.graphsMax ? 'first-failure' : 'limit'];
  }

  private verdict(exhaustive: boolean): ProfileReport['verdict'] {
    if (this.error !== null) return 'error';
    if (!this.book.isEmpty) return 'fail';
    return exhaustive ? 'pass' : 'bounded';
  }
}

/** Lets whatever has happened meanwhile be heard. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
