import {
  formatBytes,
  formatBytesPerS,
  formatCount,
  formatNs,
  formatSeconds,
  formatShare,
  plural,
} from '../format.js';
import type { JobReport } from '../../machine/job-report.js';
import { perOperation } from '../../stats/per-operation.js';
import type { JobSeries } from '../../machine/job-series.js';
import { jobSetup } from '../job-text.js';
import { dmaPart } from './dma-part.js';
import { economyPart, timeUsePart } from './economy-part.js';
import { markup, type Markup, type Part } from './markup.js';
import { percentileFigure } from './percentile-figure.js';
import { percentileTable } from './percentile-table.js';
import { drawFigure } from './plot/draw-figure.js';
import { jobAnchor, type JobData } from './run-data.js';
import { splitPart } from './split-part.js';
import { verdictSign } from './verdict-sign.js';
import { factsOf } from './table.js';
import { INTERVALS_MIN, timeFigure } from './time-figure.js';

/** All about one job. */
export function jobSection(data: JobData, index: number): Markup {
  const { job } = data;
  const sign = verdictSign(job.verdict);
  const percentiles = percentileFigure([data], 230);
  return markup`<section id="${jobAnchor(index)}" class="job"><h2>${sign} ${data.label}</h2>
<p class="dim">${data.label === job.name ? null : markup`${job.name}<br>`}${jobSetup(job)}</p>
${tiles(job)}
${percentiles === null ? null : markup`<h3>Latency by percentile</h3>${drawFigure(percentiles)}`}
${percentileTable(data)}
${splitPart(job)}${overTime(data)}${economyPart(job)}${timeUsePart(job)}${dmaPart(job)}
<h3>Checks and counts</h3>
${factsOf(countsOf(job))}</section>
`;
}

function tiles(job: JobReport): Markup {
  const { latency_ns: ns } = job;
  const values = [
    ['op/s', formatCount(job.operations_per_s)],
    ['data', formatBytesPerS(job.bytes_per_s)],
    ...(ns === null
      ? []
      : [
          ['p50', formatNs(ns.p50)],
          ['p99', formatNs(ns.p99)],
          ['max', formatNs(ns.max)],
        ]),
  ] as const;
  return markup`<dl class="tiles keep">${values.map(
    ([name, value]) => markup`<div><dt>${name ?? ''}</dt><dd>${value ?? ''}</dd></div>`,
  )}</dl>`;
}

function overTime(data: JobData): Markup {
  const { series } = data;
  const title = markup`<h3>Over time</h3>\n`;
  if (series === null) return markup`${title}<p class="dim">No intervals were kept of this run.</p>`;
  if (isIdle(series)) return markup`${title}<p class="dim">No request came into the ring.</p>`;
  const count = series.end_ms.length;
  if (count < INTERVALS_MIN) {
    const took = formatNs((series.end_ms.at(-1) ?? 0) * 1e6);
    return markup`${title}<p class="dim">The job took ${took}: ${plural(count, 'interval')}, too few for a
picture.</p>`;
  }
  return markup`${title}${drawFigure(timeFigure(data, series))}
<p class="dim">From the start of the threads on; bringing the device up is part of it. In the ring are requests that
were made visible and not yet taken back.</p>`;
}

function isIdle({ outstanding_max: fill, operations, warmup_operations: before }: JobSeries): boolean {
  return [fill, operations, before].every((counts) => counts.every((count) => count === 0));
}

function countsOf(job: JobReport): readonly (readonly [string, Part])[] {
  const { lifecycle, sha256 } = job;
  const inOrder = formatShare(perOperation(job.out_of_order, job) ?? 0);
  return [
    ['operations', `${formatCount(job.operations)} in ${formatSeconds(job.duration_s)}`],
    ['warm-up', plural(job.warmup_operations, 'operation')],
    ['verified', formatBytes(job.verified_bytes)],
    ['sectors with wrong data', alarm(job.mismatches)],
    ['answered with an error', countsText(job.errors, job.errors_by_kind)],
    ['lost', alarm(job.lost)],
    ['taken back at the end', formatCount(job.detached)],
    ['overtook an earlier request', inOrder],
    ...(job.recoveries === 0 ? [] : [['recoveries', formatCount(job.recoveries)] as const]),
    ...(lifecycle === null ? [] : [['lifecycle', lifecycleText(lifecycle)] as const]),
    ['features', job.queue.features.join(' ') || 'none'],
    ...(sha256 === null ? [] : [['SHA-256 of the disk', markup`<code>${sha256}</code>`] as const]),
    ['seed', String(job.seed)],
  ];
}

function lifecycleText(counts: NonNullable<JobReport['lifecycle']>): string {
  const events = [
    plural(counts.device_resets, 'device reset'),
    plural(counts.ring_resets, 'ring reset'),
    plural(counts.resizes, 'resize'),
    plural(counts.suspends, 'suspend'),
  ];
  const [back, again] = [counts.tokens_detached, counts.tokens_reposted].map(formatCount);
  return `${events.join(', ')}; ${back} taken back, ${again} posted again`;
}

function countsText(count: number, kinds: Readonly<Record<string, number>>): string {
  const parts = Object.entries(kinds).map(([kind, each]) => `${kind} ${formatCount(each)}`);
  return parts.length === 0 ? formatCount(count) : `${formatCount(count)} (${parts.join(', ')})`;
}

function alarm(count: number): Part {
  return count === 0 ? '0' : markup`<strong class="bad">${formatCount(count)}</strong>`;
}
