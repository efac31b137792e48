import { ExitCode } from '../exit-code.js';
import type { JobReport } from '../machine/job-report.js';
import type { ScenarioPlan } from '../scenario/plan.js';
import type { Environment } from './environment.js';
import { findingsOf, worstExitCode, type ThresholdReport } from './findings.js';

/**
 * The document that `vring run --json` prints. Its keys are a contract with scripts: see {@link JobReport}.
 */
export interface RunReport {
  readonly schemaVersion: 1;
  readonly command: 'run';
  readonly scenario: { readonly name: string; readonly file: string; readonly description: string };
  readonly seed: number;
  /** The command that repeats this run. */
  readonly replay: string;
  readonly verdict: 'pass' | 'fail' | 'interrupted';
  readonly exitCode: ExitCode;
  readonly started_at: string;
  readonly environment: Environment;
  readonly jobs: readonly JobReport[];
  /** Jobs of the plan that were not run, because the run was stopped before. */
  readonly jobs_skipped: readonly string[];
  /** The breached threshold that ended the run before its time; null when it ran to its end. */
  readonly aborted_by: string | null;
  readonly violations: readonly ViolationReport[];
  readonly thresholds: readonly ThresholdReport[];
}

/** A safety failure of a job: what the peer did wrong, with the section it broke among the fields. */
interface ViolationReport {
  readonly job: string;
  readonly code: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, string | number>>;
}

export interface RunOutcome {
  readonly plan: ScenarioPlan;
  readonly replay: string;
  readonly startedAt: string;
  readonly environment: Environment;
  /** Of the plan's jobs, those that ran, in order. */
  readonly jobs: readonly JobReport[];
  readonly thresholds: readonly ThresholdReport[];
  /** The threshold with `abort_on_fail` that was breached, if one was. */
  readonly abortedBy: string | null;
  /** The user asked to stop. */
  readonly interrupted: boolean;
}

export function buildRunReport(outcome: RunOutcome): RunReport {
  const { plan, jobs, thresholds } = outcome;
  const exitCode = runExitCode(outcome);
  return {
    schemaVersion: 1,
    command: 'run',
    scenario: { name: plan.name, file: plan.file, description: plan.description },
    seed: plan.seed,
    replay: outcome.replay,
    verdict: verdictOf(exitCode),
    exitCode,
    started_at: outcome.startedAt,
    environment: outcome.environment,
    jobs,
    jobs_skipped: plan.jobs.slice(jobs.length).map((job) => job.name),
    aborted_by: outcome.abortedBy,
    violations: jobs.flatMap(violationsOf),
    thresholds,
  };
}

function runExitCode({ jobs, thresholds, interrupted }: RunOutcome): ExitCode {
  const codes = findingsOf(jobs, thresholds).map((finding) => finding.exitCode);
  return worstExitCode(interrupted ? [...codes, ExitCode.interrupted] : codes);
}

function verdictOf(exitCode: ExitCode): RunReport['verdict'] {
  if (exitCode === ExitCode.pass) return 'pass';
  return exitCode === ExitCode.interrupted ? 'interrupted' : 'fail';
}

function violationsOf(job: JobReport): ViolationReport[] {
  return job.failures
    .filter((failure) => failure.exitCode === ExitCode.safety)
    .map(({ code, message, fields }) => ({ job: job.name, code, message, fields }));
}
