import { unreachable } from '../assert.js';
import type { JobReport } from '../machine/job-report.js';
import type { JobSeries } from '../machine/job-series.js';
import { exitCodeName, findingsOf, type Finding } from './findings.js';
import { formatNs } from './format.js';
import { dmaTree } from './dma-tree.js';
import { jobTable } from './job-table.js';
import { jobBlock } from './job-text.js';
import type { Paint } from './paint.js';
import type { RunReport } from './run-json.js';
import { cutShortTexts, runTotals } from './run-summary.js';
import { thresholdLines, thresholdSummary } from './threshold-text.js';
import { runWarnings } from './warnings.js';

/** More jobs than this are read as a table. */
const BLOCKS_MAX = 3;
/** The rest of a hundred failed matrix cells would only push the first ones off the screen. */
const FINDINGS_MAX = 10;

export interface RunTextOptions {
  /** Stop after the verdict and its reasons. */
  readonly quiet?: boolean;
  /** How the jobs went over time, where that is known. */
  readonly series?: readonly JobSeries[];
}

/**
 * The report for a person, who wants the verdict in the first second and the figures in ten. The first line
 * of a failure is the command that repeats it.
 */
export function runText(
  report: RunReport,
  paint: Paint,
  { quiet = false, series = [] }: RunTextOptions = {},
): string {
  const lines = [...verdictLines(report, paint)];
  if (!quiet) {
    lines.push(environmentLine(report, paint), ...figureLines(report, series, paint));
    lines.push(...dmaPathLines(report.jobs, paint));
    const warnings = runWarnings(report.jobs, report.environment);
    if (warnings.length > 0) lines.push('', ...warnings.map((text) => paint('yellow', `! ${text}`)));
  }
  return `${lines.join('\n')}\n`;
}

function dmaPathLines(jobs: readonly JobReport[], paint: Paint): string[] {
  return jobs.flatMap(({ name, dma_path: path }) =>
    path === null
      ? []
      : ['', `${paint('bold', name)}  the way of one request to the device`, ...dmaTree(path, '  ')],
  );
}

function verdictLines(report: RunReport, paint: Paint): string[] {
  const findings = findingsLines(findingsOf(report.jobs, report.thresholds), paint);
  const cutShort = cutShortTexts(report).map((text) => `  ${text}`);
  const name = report.scenario.name;
  const seed = `seed ${report.seed}`;
  switch (report.verdict) {
    case 'pass':
      return [
        `${paint('green', '✓ PASS')} ${paint('bold', name)}  ${runTotals(report.jobs)}  ${seed}`,
        ...cutShort,
      ];
    case 'interrupted':
      return [
        `${paint('yellow', '! INTERRUPTED')} ${paint('bold', name)}  ${runTotals(report.jobs)} so far  ${seed}`,
        ...findings,
        ...cutShort,
      ];
    case 'fail': {
      const reason = `${exitCodeName(report.exitCode)}, exit ${report.exitCode}`;
      const title = `${paint('red', '✗ FAIL')} ${paint('bold', name)}  ${reason}  ${seed}`;
      return [`replay: ${report.replay}`, title, ...findings, ...cutShort];
    }
    default:
      return unreachable(report.verdict);
  }
}

function findingsLines(findings: readonly Finding[], paint: Paint): string[] {
  const lines = findings.slice(0, FINDINGS_MAX).flatMap((finding) => findingLines(finding, paint));
  const more = findings.length - FINDINGS_MAX;
  return more > 0 ? [...lines, `  and ${more} more, all of them in --json`] : lines;
}

function findingLines(finding: Finding, paint: Paint): string[] {
  const [first = '', ...rest] = finding.text.split('\n');
  const kind = paint('red', exitCodeName(finding.exitCode).toUpperCase().padEnd(9));
  return [`  ${kind} ${finding.job}: ${first}`, ...rest.map((text) => `            ${text}`)];
}

function environmentLine({ environment: env }: RunReport, paint: Paint): string {
  const load = env.load_average[0] ?? 0;
  const cpu = `${env.cpu_count} x ${env.cpu_model}`;
  const clock = `clock step ${formatNs(env.timer_resolution_ns)}`;
  return paint(
    'dim',
    `  vring ${env.vring_version}, Node ${env.node_version}, ${cpu}, load ${load}, ${clock}`,
  );
}

function figureLines({ jobs, thresholds }: RunReport, series: readonly JobSeries[], paint: Paint): string[] {
  if (jobs.length > BLOCKS_MAX) return [...jobTable(jobs, paint), ...thresholdSummary(thresholds, paint)];
  const blocks = jobs.flatMap((job) =>
    jobBlock(job, series.find((one) => one.job === job.name) ?? null, paint),
  );
  return [...blocks, ...thresholdLines(thresholds, paint)];
}
