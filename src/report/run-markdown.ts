import type { JobReport } from '../machine/job-report.js';
import { perOperation } from '../stats/per-operation.js';
import { exitCodeName, findingsOf, thresholdActual } from './findings.js';
import { formatBytesPerS, formatCount, formatNs, formatRate, formatRatio } from './format.js';
import { escaped, machineLine, markdownTable } from './markdown.js';
import type { RunReport } from './run-json.js';

const HEADER = [
  'job',
  'rate',
  'bytes',
  'p50',
  'p90',
  'p99',
  'p99.9',
  'max',
  'kicks/op',
  'irqs/op',
  'spurious',
  'verdict',
];

/** For a pull request or a page: tables that need no tool. */
export function runMarkdown(report: RunReport): string {
  const { scenario, verdict, exitCode } = report;
  const reason = exitCode === 0 ? '' : ` (${exitCodeName(exitCode)}, exit ${exitCode})`;
  const lines = [
    `# ${escaped(scenario.name)}: ${verdict}${reason}`,
    '',
    `\`${report.replay}\``,
    '',
    machineLine(report),
    ...findingLines(report),
    '',
    ...markdownTable([HEADER, ...report.jobs.map(cells)]),
    ...thresholdLines(report),
  ];
  return `${lines.join('\n')}\n`;
}

function findingLines({ jobs, thresholds }: RunReport): string[] {
  const findings = findingsOf(jobs, thresholds).map(({ exitCode, job, text }) => {
    const [first = ''] = text.split('\n');
    return `- **${exitCodeName(exitCode)}** ${escaped(job)}: ${escaped(first)}`;
  });
  return findings.length === 0 ? [] : ['', ...findings];
}

function thresholdLines({ thresholds }: RunReport): string[] {
  if (thresholds.length === 0) return [];
  const rows = thresholds.map((threshold) => {
    const { passed, text, job } = threshold;
    return [passed ? '✓' : '✗', text, job, thresholdActual(threshold)];
  });
  return ['', ...markdownTable([['', 'threshold', 'job', 'was'], ...rows])];
}

function cells(job: JobReport): string[] {
  const { latency_ns: ns } = job;
  const times = ns === null ? [] : [ns.p50, ns.p90, ns.p99, ns.p99_9, ns.max].map(formatNs);
  const [kicks, interrupts] = [job.kicks, job.interrupts].map((count) => perOperation(count, job));
  return [
    job.name,
    formatRate(job.operations_per_s),
    formatBytesPerS(job.bytes_per_s),
    ...(times.length === 0 ? ['-', '-', '-', '-', '-'] : times),
    ...[kicks, interrupts].map((ratio) => (ratio === null || ratio === undefined ? '-' : formatRatio(ratio))),
    formatCount(job.kicks_spurious + job.interrupts_spurious),
    job.verdict,
  ];
}
