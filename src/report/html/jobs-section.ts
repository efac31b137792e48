import type { JobReport } from '../../machine/job-report.js';
import { perOperation } from '../../stats/per-operation.js';
import { formatBytesPerS, formatCount, formatNs, formatRatio } from '../format.js';
import { axisPaths, nameWithoutParameters, shortNames } from '../job-names.js';
import { markup, type Markup, type Part } from './markup.js';
import { jobAnchor } from './run-data.js';
import { verdictSign } from './verdict-sign.js';
import { tableOf, type Column } from './table.js';

const FIGURES = [
  'op/s',
  'bytes/s',
  'p50',
  'p90',
  'p99',
  'p99.9',
  'max',
  'kicks/op',
  'irqs/op',
  'errors',
  'wrong',
];

/** One line for each job, with the values of its matrix cell. `shown` are the jobs that have a section of their own. */
export function jobsSection(jobs: readonly JobReport[], shown: ReadonlySet<string>): Markup {
  const paths = axisPaths(jobs);
  const columns: Column[] = [
    { title: 'job' },
    ...shortNames(paths).map((title) => ({ title })),
    ...FIGURES.map((title) => ({ title, isNumber: true })),
  ];
  const rows = jobs.map((job, i) => [
    markup`${verdictSign(job.verdict)} ${nameOf(job, shown.has(job.name) ? i : null)}`,
    ...paths.map((path) => String(job.parameters[path] ?? '-')),
    ...figuresOf(job),
  ]);
  const table = tableOf(columns, rows, 'all jobs');
  return markup`<section id="jobs"><h2>Jobs</h2>
<p class="dim">Latency of a closed loop counts from the submission, of an open loop from the intended start.</p>
${jobs.length > FOLDED_FROM ? markup`<details><summary>all ${jobs.length} jobs</summary>${table}</details>` : table}
</section>
`;
}

/** A long table stands between the reader and all that is below it. */
const FOLDED_FROM = 40;

function figuresOf(job: JobReport): Part[] {
  const { latency_ns: ns } = job;
  const times = [ns?.p50, ns?.p90, ns?.p99, ns?.p99_9, ns?.max];
  return [
    formatCount(job.operations_per_s),
    formatBytesPerS(job.bytes_per_s),
    ...times.map((time) => (time === undefined ? '-' : formatNs(time))),
    ratio(perOperation(job.kicks, job)),
    ratio(perOperation(job.interrupts, job)),
    formatCount(job.errors),
    formatCount(job.mismatches),
  ];
}

/** With a section of its own, a link. */
function nameOf(job: JobReport, index: number | null): Part {
  const name = nameWithoutParameters(job);
  return index === null ? name : markup`<a href="#${jobAnchor(index)}">${name}</a>`;
}

function ratio(value: number | null): string {
  return value === null ? '-' : formatRatio(value);
}
