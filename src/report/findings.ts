import type { WireError } from '../errors.js';
import { ExitCode } from '../exit-code.js';
import type { JobReport } from '../machine/job-report.js';
import { formatMetric, plural } from './format.js';

/** One reason why a run is not a pass. */
export interface Finding {
  /** What the process would end with, were this the only one. */
  readonly exitCode: ExitCode;
  readonly job: string;
  readonly text: string;
}

/** A threshold, held against one job. */
export interface ThresholdReport {
  readonly text: string;
  readonly metric: string;
  readonly job: string;
  /** In the metric's base unit; null when the job has no such value. */
  readonly actual: number | null;
  readonly passed: boolean;
}

/**
 * Worst first. Wrong data outranks everything, a stop on request included; being stopped outranks the rest,
 * because a run that was cut short says nothing about a threshold.
 */
const PRECEDENCE: readonly ExitCode[] = [
  ExitCode.safety,
  ExitCode.liveness,
  ExitCode.interrupted,
  ExitCode.usage,
  ExitCode.internal,
  ExitCode.threshold,
];

export function worstExitCode(codes: readonly ExitCode[]): ExitCode {
  const known = PRECEDENCE.find((code) => codes.includes(code));
  return known ?? codes.find((code) => code !== ExitCode.pass) ?? ExitCode.pass;
}

/** The word for an exit code, from the contract's own table: `safety`, `liveness`. */
export function exitCodeName(code: ExitCode): string {
  return Object.entries(ExitCode).find(([, value]) => value === code)?.[0] ?? String(code);
}

/**
 * All that went wrong, worst first. Errors that the device answered are results, not findings: they are
 * counted.
 */
export function findingsOf(jobs: readonly JobReport[], thresholds: readonly ThresholdReport[]): Finding[] {
  const breached = thresholds.filter((threshold) => !threshold.passed).map(thresholdFinding);
  const findings = jobs.flatMap((job) => {
    const own = jobFindings(job);
    const explained = own.length > 0 || breached.some((finding) => finding.job === job.name);
    return job.verdict === 'fail' && !explained ? [unexplained(job)] : own;
  });
  return [...findings, ...breached].toSorted((a, b) => rank(a.exitCode) - rank(b.exitCode));
}

function jobFindings(job: JobReport): Finding[] {
  const finding = (exitCode: ExitCode, text: string): Finding => ({ exitCode, job: job.name, text });
  const findings = job.failures.map((failure) => finding(failure.exitCode, withCode(failure)));
  if (job.mismatches > 0) {
    const samples = job.mismatch_samples.map((sample) => `\n${sample}`).join('');
    findings.push(finding(ExitCode.safety, `${plural(job.mismatches, 'sector')} with wrong data${samples}`));
  }
  // Requests also stay behind when a thread died, a queue broke or somebody pressed Ctrl-C: then that is the
  // finding.
  if (job.lost > 0 && job.failures.length === 0 && job.verdict !== 'interrupted') {
    findings.push(
      finding(ExitCode.liveness, `${plural(job.lost, 'request')} neither completed nor given back`),
    );
  }
  return findings;
}

/** The code stands at the end of the first line: what follows may be a whole picture of the queues. */
function withCode({ message, code }: WireError): string {
  const [first = '', ...rest] = message.split('\n');
  return [`${first} (${code})`, ...rest.map((text) => text.trim())].join('\n');
}

function unexplained(job: JobReport): Finding {
  return { exitCode: ExitCode.internal, job: job.name, text: 'the job failed and gave no reason' };
}

function thresholdFinding(threshold: ThresholdReport): Finding {
  return {
    exitCode: ExitCode.threshold,
    job: threshold.job,
    text: `${threshold.text}, was ${thresholdActual(threshold)}`,
  };
}

export function thresholdActual(threshold: ThresholdReport): string {
  if (threshold.actual !== null) return formatMetric(threshold.metric, threshold.actual);
  return threshold.metric === 'mismatches' ? 'no value: no byte was verified' : 'no value';
}

function rank(code: ExitCode): number {
  const index = PRECEDENCE.indexOf(code);
  return index === -1 ? PRECEDENCE.length : index;
}
