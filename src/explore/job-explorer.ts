import { Estimator } from './estimator.js';
import { Explorer, type ExplorerCounts } from './explorer.js';
import { FailureBook, type FailureNote } from './failure-book.js';
import { loadProgram } from './load-program.js';
import type { ProgramSpec } from './program-spec.js';
import type { ProfileName } from './models/model.js';
import { memoryModel } from './models/profiles.js';
import type { Program } from './program.js';
import { exploreStretch } from './stretch.js';
import type { Subtree } from './subtree.js';
import { STUCK_MS } from './watch.js';
import { adjustOf } from './weaken.js';

/** What is explored, as plain data: every thread that gets it explores the same. */
export interface ExploreJob {
  readonly ref: ProgramSpec;
  readonly profile: ProfileName;
  readonly maxEvents: number;
  /** How long a thread may run without a new access; {@link STUCK_MS} unless told. */
  readonly stuckMs?: number;
}

/** What came of a while of exploring. */
export interface Stretch {
  readonly counts: ExplorerCounts;
  readonly failures: readonly FailureNote[];
  /** Nothing is left to be explored. */
  readonly isDone: boolean;
}

/** An explorer of a job, which works for a while at a time. */
export class JobExplorer {
  private readonly program: Program;
  private readonly job: ExploreJob;
  private readonly explorer: Explorer;
  private readonly book: FailureBook = new FailureBook();
  private before: ExplorerCounts = { complete: 0, blocked: 0, bounded: 0, failed: 0 };

  static async open(job: ExploreJob): Promise<JobExplorer> {
    return new JobExplorer(job, await loadProgram(job.ref));
  }

  constructor(job: ExploreJob, program: Program) {
    this.program = program;
    this.job = job;
    const names = program.threads.map(({ name }) => name);
    this.explorer = this.newExplorer((finding, graph) => {
      this.book.offer(finding, graph, this.explorer.locations, names);
      return false;
    });
  }

  /** Explores for `budgetMs` or `graphsMax` graphs, whichever is over first. */
  explore(budgetMs: number, graphsMax: number): Stretch {
    const { stuckMs = STUCK_MS } = this.job;
    const isDone = exploreStretch(this.explorer, budgetMs, graphsMax, stuckMs);
    const now = { ...this.explorer.counts };
    const counts = difference(now, this.before);
    this.before = now;
    return { counts, failures: this.book.takeAll(), isDone };
  }

  takeOver(subtrees: readonly Subtree[]): void {
    this.explorer.takeOver(subtrees);
  }

  handOut(): Subtree[] {
    return this.explorer.handOut();
  }

  /** Something that says how many graphs there are. */
  newEstimator(): Estimator {
    return new Estimator(
      this.newExplorer(() => false),
      this.job.stuckMs,
    );
  }

  private newExplorer(onFinding: ConstructorParameters<typeof Explorer>[2]['onFinding']): Explorer {
    const { ref, profile, maxEvents } = this.job;
    const model = memoryModel(profile, this.program.threads.length);
    return new Explorer(this.program, model, { onFinding, maxEvents, adjust: adjustOf(ref) });
  }
}

function difference(now: ExplorerCounts, before: ExplorerCounts): ExplorerCounts {
  return {
    complete: now.complete - before.complete,
    blocked: now.blocked - before.blocked,
    bounded: now.bounded - before.bounded,
    failed: now.failed - before.failed,
  };
}
