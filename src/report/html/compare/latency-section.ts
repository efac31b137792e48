import type { CompareVerdict } from '../../../bench/compare.js';
import { formatNs, plural } from '../../format.js';
import { markup, type Markup } from '../markup.js';
import { percentileFigure } from '../percentile-figure.js';
import { percentilesOf } from '../percentile-table.js';
import { drawFigure } from '../plot/draw-figure.js';
import type { JobData } from '../run-data.js';
import { tableOf } from '../table.js';
import { type CompareData, type JobPair, jobPairs } from './compare-data.js';

/** Of more jobs than this, not each gets its curves. */
const JOBS_MAX = 8;

/** The latencies of both runs over each other, job by job; null where there are none. */
export function latencySection(data: CompareData): Markup | null {
  const pairs = jobPairs(data).filter(({ a, b }) => a.job.latency_ns !== null && b.job.latency_ns !== null);
  if (pairs.length === 0) return null;
  const shown = worst(pairs, data);
  return markup`<section id="latency"><h2>Latency by percentile</h2>
${
  shown.length === pairs.length
    ? null
    : markup`<p class="dim">Of ${plural(pairs.length, 'job')}, ${shown.length} are shown: those with something slower
first, then those whose p99 differs most.</p>`
}
${shown.map(jobPart)}</section>
`;
}

function jobPart({ name, label, a, b }: JobPair): Markup {
  const figure = percentileFigure([sideOf(a, 'A'), sideOf(b, 'B')], 230);
  return markup`<h3>${label}</h3>
${figure === null ? null : drawFigure({ ...figure, label: `latency by percentile of ${name}, A and B` })}
${quotients(name, a, b)}`;
}

function sideOf(data: JobData, label: 'A' | 'B'): JobData {
  return { ...data, label };
}

/** Without a test: one run has each percentile once. */
function quotients(name: string, a: JobData, b: JobData): Markup {
  const [inA, inB] = [new Map(percentilesOf(a)), new Map(percentilesOf(b))];
  const names = [...inA.keys()].filter((one) => inB.has(one));
  const cells = (of: (one: string) => string): string[] => names.map(of);
  const nsOf = (side: ReadonlyMap<string, number>, one: string): number => side.get(one) ?? Number.NaN;
  return tableOf(
    [{ title: '' }, ...names.map((title) => ({ title, isNumber: true }))],
    [
      ['A', ...cells((one) => formatNs(nsOf(inA, one)))],
      ['B', ...cells((one) => formatNs(nsOf(inB, one)))],
      ['B/A', ...cells((one) => (nsOf(inB, one) / nsOf(inA, one)).toFixed(2))],
    ],
    `percentiles of ${name} in A and B`,
  );
}

function worst(pairs: readonly JobPair[], { report }: CompareData): readonly JobPair[] {
  if (pairs.length <= JOBS_MAX) return pairs;
  const has = (job: string, wanted: CompareVerdict): boolean =>
    report.comparisons.some(({ name, verdict }) => name === job && verdict === wanted);
  const rank = ({ name, a, b }: JobPair): number =>
    (has(name, 'slower') ? 1000 : 0) +
    Math.abs(Math.log((b.job.latency_ns?.p99 ?? 1) / (a.job.latency_ns?.p99 ?? 1)));
  const first = pairs.toSorted((one, other) => rank(other) - rank(one)).slice(0, JOBS_MAX);
  return pairs.filter((pair) => first.includes(pair));
}
