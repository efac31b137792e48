import type { JobReport } from '../../machine/job-report.js';
import { perOperation } from '../../stats/per-operation.js';
import { formatCount, formatRatio } from '../format.js';
import { markup, type Markup } from './markup.js';
import { shareBar } from './share-bar.js';
import { tableOf } from './table.js';

/**
 * What each operation cost in notifications. A decision is made behind each batch of submissions, and behind each turn
 * of the device: to notify, or not, because the other side did not ask for it.
 */
export function economyPart(job: JobReport): Markup {
  const rows = [
    rowOf('kicks', [job.kicks, job.kicks_suppressed, job.kicks_spurious], job),
    rowOf('interrupts', [job.interrupts, job.interrupts_suppressed, job.interrupts_spurious], job),
  ];
  const columns = [
    'per operation',
    'sent',
    'suppressed',
    'spurious',
    'operations per decision',
    'operations per notification',
  ];
  return markup`<h3>Notifications</h3>
${tableOf(
  [{ title: '' }, ...columns.map((title) => ({ title, isNumber: true }))],
  rows,
  `notifications of ${job.name}`,
)}<div class="shares">${barOf('decisions to kick', job.kicks, job.kicks_suppressed)}${barOf(
    'decisions to interrupt',
    job.interrupts,
    job.interrupts_suppressed,
  )}</div>
<p class="dim">A spurious one ended a sleep, and there was nothing to take.</p>
`;
}

function rowOf(
  name: string,
  [sent, suppressed, spurious]: readonly [sent: number, suppressed: number, spurious: number],
  job: JobReport,
): readonly string[] {
  const operations = job.operations + job.warmup_operations;
  return [
    name,
    ratio(perOperation(sent, job)),
    formatCount(sent),
    formatCount(suppressed),
    formatCount(spurious),
    ratio(sent + suppressed === 0 ? null : operations / (sent + suppressed)),
    ratio(sent === 0 ? null : operations / sent),
  ];
}

function barOf(title: string, sent: number, suppressed: number): Markup | null {
  const all = sent + suppressed;
  if (all === 0) return null;
  return shareBar(`${title}: ${formatCount(all)}`, [
    { name: 'sent', share: sent / all, colour: 2 },
    { name: 'suppressed', share: suppressed / all, colour: 1 },
  ]);
}

function ratio(value: number | null): string {
  return value === null ? '-' : formatRatio(value);
}

/** Where the time of the threads went. */
export function timeUsePart({ time_use: use }: JobReport): Markup | null {
  if (use === null) return null;
  const { guest, host } = use;
  return markup`<h3>Time of the threads</h3>
<div class="shares">${shareBar('guest', [
    { name: 'posting', share: guest.posting, colour: 1 },
    { name: 'reaping', share: guest.reaping, colour: 3 },
    { name: 'checking', share: guest.checking, colour: 5 },
    { name: 'waiting', share: guest.waiting, colour: 6 },
  ])}${shareBar('host', [
    { name: 'ring', share: host.ring, colour: 1 },
    { name: 'device', share: host.device, colour: 3 },
    { name: 'waiting', share: host.waiting, colour: 6 },
  ])}</div>
<p class="dim">Shares of time, from one turn in 64 of each thread. A side that never waits is the slower one.</p>
`;
}
