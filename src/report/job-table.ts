import type { JobReport } from '../machine/job-report.js';
import { formatBytesPerS, formatCount, formatNs, formatRate, formatRatio } from './format.js';
import type { Paint } from './paint.js';
import { perOperation } from '../stats/per-operation.js';
import { tableLines, type Align } from './table.js';

const FIGURES = ['rate', 'bytes', 'p50', 'p99', 'max', 'kicks/op', 'irqs/op', 'errors', 'wrong'];

/** Where a scenario has events: how many there were, and how many tokens were taken back in them. */
const EVENT_FIGURES = ['events', 'taken back'];

/** One line for each job: what a matrix is read as. Its values get columns of their own. */
export function jobTable(jobs: readonly JobReport[], paint: Paint): string[] {
  const paths = [...new Set(jobs.flatMap((job) => Object.keys(job.parameters)))];
  const hasEvents = jobs.some((job) => job.lifecycle !== null);
  const header = ['job', ...shortNames(paths), ...FIGURES, ...(hasEvents ? EVENT_FIGURES : []), ''];
  const align = header.map((name): Align => (name === 'job' || name === '' ? 'left' : 'right'));
  const [first = '', ...lines] = tableLines(
    [header, ...jobs.map((job) => cells(job, paths, hasEvents))],
    align,
  );
  return ['', paint('dim', first), ...lines.map((text, index) => marked(text, jobs[index], paint))];
}

/** The last words of the paths, where that is enough to tell them apart. */
function shortNames(paths: readonly string[]): readonly string[] {
  const words = paths.map((path) => path.slice(path.lastIndexOf('.') + 1));
  return new Set(words).size === paths.length ? words : paths;
}

/** Painted as a whole: colour codes inside a cell would count as its width. */
function marked(text: string, job: JobReport | undefined, paint: Paint): string {
  return job?.verdict === 'fail' ? paint('red', text) : text;
}

function cells(job: JobReport, paths: readonly string[], hasEvents: boolean): string[] {
  const { latency_ns: latency } = job;
  return [
    nameWithoutParameters(job),
    ...paths.map((path) => String(job.parameters[path] ?? '-')),
    formatRate(job.operations_per_s),
    formatBytesPerS(job.bytes_per_s),
    time(latency?.p50),
    time(latency?.p99),
    time(latency?.max),
    ratio(perOperation(job.kicks, job)),
    ratio(perOperation(job.interrupts, job)),
    formatCount(job.errors),
    formatCount(job.mismatches),
    ...(hasEvents ? eventCells(job) : []),
    job.verdict === 'pass' ? '' : job.verdict,
  ];
}

function eventCells({ lifecycle }: JobReport): string[] {
  if (lifecycle === null) return ['-', '-'];
  return [formatCount(lifecycle.events), formatCount(lifecycle.tokens_detached)];
}

function nameWithoutParameters({ name, parameters }: JobReport): string {
  return Object.keys(parameters).length === 0 ? name : name.replace(/\[.*\]$/, '');
}

function time(ns: number | undefined): string {
  return ns === undefined ? '-' : formatNs(ns);
}

function ratio(value: number | null): string {
  return value === null ? '-' : formatRatio(value);
}
