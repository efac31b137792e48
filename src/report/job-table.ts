import type { JobReport } from '../machine/job-report.js';
import { formatBytes, formatBytesPerS, formatCount, formatNs, formatRate, formatRatio } from './format.js';
import { axisPaths, nameWithoutParameters, shortNames } from './job-names.js';
import type { Paint } from './paint.js';
import { perOperation } from '../stats/per-operation.js';
import { tableLines, type Align } from './table.js';

const FIGURES = ['rate', 'bytes', 'p50', 'p99', 'max', 'kicks/op', 'irqs/op', 'errors', 'wrong'];

/** Where a scenario has events: how many there were, and how many tokens were taken back in them. */
const EVENT_FIGURES = ['events', 'taken back'];

/** Where buffers go through the DMA API: bytes copied to and from bounce slots, slots held at most, pages shared. */
const DMA_FIGURES = ['bounced', 'slots', 'pages'];

/** One line for each job: what a matrix is read as. Its values get columns of their own. */
export function jobTable(jobs: readonly JobReport[], paint: Paint): string[] {
  const paths = axisPaths(jobs);
  const has = {
    events: jobs.some((job) => job.lifecycle !== null),
    dma: jobs.some((job) => job.dma !== null),
  };
  const more = [...(has.events ? EVENT_FIGURES : []), ...(has.dma ? DMA_FIGURES : [])];
  const header = ['job', ...shortNames(paths), ...FIGURES, ...more, ''];
  const align = header.map((name): Align => (name === 'job' || name === '' ? 'left' : 'right'));
  const [first = '', ...lines] = tableLines([header, ...jobs.map((job) => cells(job, paths, has))], align);
  return ['', paint('dim', first), ...lines.map((text, index) => marked(text, jobs[index], paint))];
}

/** Painted as a whole: colour codes inside a cell would count as its width. */
function marked(text: string, job: JobReport | undefined, paint: Paint): string {
  return job?.verdict === 'fail' ? paint('red', text) : text;
}

interface MoreColumns {
  readonly events: boolean;
  readonly dma: boolean;
}

function cells(job: JobReport, paths: readonly string[], has: MoreColumns): string[] {
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
    ...(has.events ? eventCells(job) : []),
    ...(has.dma ? dmaCells(job) : []),
    job.verdict === 'pass' ? '' : job.verdict,
  ];
}

function eventCells({ lifecycle }: JobReport): string[] {
  if (lifecycle === null) return ['-', '-'];
  return [formatCount(lifecycle.events), formatCount(lifecycle.tokens_detached)];
}

function dmaCells({ dma, encryption }: JobReport): string[] {
  if (dma === null) return ['-', '-', '-'];
  const pages = encryption === null ? '-' : formatCount(encryption.pages_decrypted);
  return [
    formatBytes(dma.bytes_bounced_in + dma.bytes_bounced_out),
    formatCount(dma.slots_high_water),
    pages,
  ];
}

function time(ns: number | undefined): string {
  return ns === undefined ? '-' : formatNs(ns);
}

function ratio(value: number | null): string {
  return value === null ? '-' : formatRatio(value);
}
