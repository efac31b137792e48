import { timestamp } from '../clock.js';
import type { JobProgress, JobReport } from '../machine/job-report.js';
import { type JobRecord, runJob } from '../machine/run-job.js';
import type { RecordingChoice } from '../recording/recording.js';
import { readEnvironment } from '../report/environment.js';
import type { ThresholdReport } from '../report/findings.js';
import { buildRunReport, type RunOutcome, type RunReport } from '../report/run-json.js';
import type { ScenarioPlan, Threshold } from '../scenario/plan.js';
import { evaluateThresholds } from '../scenario/thresholds.js';
import { AbortWatch } from './abort-watch.js';

export interface RunHooks {
  /** The command that repeats the run. */
  readonly replay: string;
  readonly onProgress: (progress: JobProgress) => void;
  readonly onRecord: (record: JobRecord) => void;
  /** Aborted, the current job ends in good order and no other starts. */
  readonly signal: AbortSignal;
  /** Run the remaining jobs although one has broken down: a thread died, a queue broke or stalled. */
  readonly keepGoing: boolean;
  /** Put the way of one request of each job through the DMA code into its report. */
  readonly explainsDma: boolean;
  /** Check what both sides of each ring do, while they do it. */
  readonly checked: boolean;
  /** Record what both sides of each ring do; null: do not. */
  readonly recording: RecordingChoice | null;
}

/** Runs a scenario's jobs one after the other. A job that fails does not keep the next from running. */
export async function runScenario(plan: ScenarioPlan, hooks: RunHooks): Promise<RunReport> {
  const startedAt = timestamp();
  // Before the first job: the load average should be that of the others.
  const environment = readEnvironment();
  const { jobs, thresholds, abortedBy } = await runJobs(plan, hooks);
  return buildRunReport({
    plan,
    replay: hooks.replay,
    startedAt,
    environment,
    jobs,
    thresholds,
    abortedBy,
    interrupted: hooks.signal.aborted,
  });
}

type JobsOutcome = Pick<RunOutcome, 'jobs' | 'thresholds' | 'abortedBy'>;

async function runJobs(
  plan: ScenarioPlan,
  { signal, onProgress, onRecord, keepGoing, explainsDma, checked, recording }: RunHooks,
): Promise<JobsOutcome> {
  const jobs: JobReport[] = [];
  const thresholds: ThresholdReport[] = [];
  const abort = new AbortWatch(plan.thresholds);
  for (const job of plan.jobs) {
    if (signal.aborted || abort.breach !== null) break;
    if (!keepGoing && jobs.some((done) => done.failures.length > 0)) break;
    const report = await runJob(job, {
      onProgress,
      onRecord,
      signal,
      explainsDma,
      checked,
      recording,
      ...abort.hook,
    });
    jobs.push(report);
    thresholds.push(...thresholdReports(plan.thresholds, report).map((result) => abort.verdictOn(result)));
  }
  return { jobs, thresholds, abortedBy: abort.breach?.text ?? null };
}

function thresholdReports(thresholds: readonly Threshold[], job: JobReport): ThresholdReport[] {
  return evaluateThresholds(thresholds, job).map(({ text, metric, actual, passed }) => {
    return { text, metric, job: job.name, actual, passed };
  });
}
