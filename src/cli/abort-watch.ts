import type { JobReport } from '../machine/job-report.js';
import type { ThresholdReport } from '../report/findings.js';
import type { Threshold } from '../scenario/plan.js';
import { evaluateThresholds } from '../scenario/thresholds.js';

type ShouldAbort = (partial: JobReport) => string | null;

/**
 * Watches the thresholds with `abort_on_fail` while jobs run. The first one that is breached ends the run.
 */
export class AbortWatch {
  private readonly thresholds: readonly Threshold[];
  private firstBreach: ThresholdReport | null = null;

  constructor(thresholds: readonly Threshold[]) {
    // While a job runs, what is on its way counts as lost: only the end can tell.
    this.thresholds = thresholds.filter(({ abortOnFail, metric }) => abortOnFail && metric !== 'lost');
  }

  /** What ended the run: the value is that of the moment. */
  get breach(): ThresholdReport | null {
    return this.firstBreach;
  }

  /** For the job's hooks. Empty with nothing to watch: figures that nobody looks at need not be made. */
  get hook(): { readonly shouldAbort?: ShouldAbort } {
    return this.thresholds.length === 0 ? {} : { shouldAbort: (partial) => this.check(partial) };
  }

  /** The result at the end, or the breach: a value that recovered while the job drained does not undo it. */
  verdictOn(result: ThresholdReport): ThresholdReport {
    const breach = this.firstBreach;
    return breach?.text === result.text && breach.job === result.job ? breach : result;
  }

  private check(partial: JobReport): string | null {
    const elapsedMs = partial.duration_s * 1000;
    const due = this.thresholds.filter(({ delayMs }) => elapsedMs >= delayMs);
    for (const { text, metric, actual, passed } of evaluateThresholds(due, partial)) {
      // Without a value there is nothing to judge yet.
      if (actual !== null && !passed)
        this.firstBreach ??= { text, metric, job: partial.name, actual, passed };
    }
    return this.firstBreach?.text ?? null;
  }
}
