import type {
  ChecksReport,
  DmaReport,
  EncryptionReport,
  JobReport,
  LatencySplitReport,
  LifecycleReport,
  TimeUseReport,
} from '../machine/job-report.js';
import type { JobSeries } from '../machine/job-series.js';
import {
  formatBytes,
  formatBytesPerS,
  formatCount,
  formatNs,
  formatRate,
  formatRatio,
  formatSeconds,
  formatShare,
  plural,
} from './format.js';
import type { Paint } from './paint.js';
import { namedLegs, sampledText } from './split-legs.js';
import { seriesLines } from './series-text.js';
import { perOperation } from '../stats/per-operation.js';

/** All about one job, a line for each question. */
export function jobBlock(job: JobReport, series: JobSeries | null, paint: Paint): string[] {
  return [
    '',
    `${paint('bold', job.name)}  ${paint('dim', jobSetup(job))}`,
    line('rate', rate(job)),
    line('latency', latency(job)),
    ...(job.latency_split === null ? [] : [line('split', split(job.latency_split))]),
    ...(series === null ? [] : seriesLines(series).map(([label, text]) => line(label, text))),
    line('checks', checks(job, paint)),
    line('kicks', economy([job.kicks, job.kicks_suppressed, job.kicks_spurious], job)),
    line('interrupts', economy([job.interrupts, job.interrupts_suppressed, job.interrupts_spurious], job)),
    ...(job.time_use === null ? [] : [line('time', timeUse(job.time_use))]),
    ...(job.lifecycle === null ? [] : [line('lifecycle', lifecycle(job.lifecycle))]),
    ...(job.dma === null ? [] : [line('dma', dma(job.dma))]),
    ...(job.checks === null ? [] : [line('watched', watched(job.checks, paint))]),
    ...(job.encryption === null ? [] : [line('encryption', encryption(job.encryption, paint))]),
    line('features', job.queue.features.join(' ') || 'none'),
    ...(job.sha256 === null ? [] : [line('sha256', job.sha256)]),
  ];
}

function line(label: string, text: string): string {
  return `  ${label.padEnd(11)} ${text}`;
}

/** `blk over mmio, split 1 x 128, wait adaptive, closed loop`. */
export function jobSetup(job: JobReport): string {
  const queues = `${job.queue.layout} ${job.queue.count} x ${job.queue.size}`;
  return `${job.device} over ${job.transport}, ${queues}, wait ${job.wait}, ${job.arrival} loop`;
}

function rate(job: JobReport): string {
  const warmup = job.warmup_operations > 0 ? `, after ${formatCount(job.warmup_operations)} of warm-up` : '';
  const total = `${plural(job.operations, 'operation')} in ${formatSeconds(job.duration_s)}${warmup}`;
  return `${formatRate(job.operations_per_s)}   ${formatBytesPerS(job.bytes_per_s)}   ${total}`;
}

/** Where the clock of a request starts: two runs whose latencies begin elsewhere are not to be compared. */
const ARRIVALS = { open: 'from the intended start', closed: 'from the submission' } as const;

function latency({ latency_ns: ns, arrival }: JobReport): string {
  if (ns === null) return 'none measured';
  const values = Object.entries({
    p50: ns.p50,
    p90: ns.p90,
    p99: ns.p99,
    'p99.9': ns.p99_9,
    max: ns.max,
  }).map(([name, value]) => `${name} ${formatNs(value)}`);
  return values.join('   ') + `   (${ARRIVALS[arrival]})`;
}

function split(report: LatencySplitReport): string {
  const legs = namedLegs(report).map(
    ({ name, leg }) => `${name} p50 ${formatNs(leg.p50_ns)} p99 ${formatNs(leg.p99_ns)}`,
  );
  return `${legs.join('   ')}   (${sampledText(report)})`;
}

function checks(job: JobReport, paint: Paint): string {
  const counts = [
    `verified ${formatBytes(job.verified_bytes)}`,
    marked(job.mismatches, `mismatches ${formatCount(job.mismatches)}`, 'red', paint),
    marked(job.errors, `errors ${formatCount(job.errors)}${kinds(job.errors_by_kind)}`, 'yellow', paint),
    ...(job.detached === 0 ? [] : [`taken back ${formatCount(job.detached)}`]),
    ...(job.lost === 0 ? [] : [paint('red', `lost ${formatCount(job.lost)}`)]),
    `out of order ${formatShare(perOperation(job.out_of_order, job) ?? 0)}`,
  ];
  const backend = kinds(job.backend_errors);
  return counts.join('   ') + (backend === '' ? '' : `   backend errors${backend}`);
}

function timeUse({ guest, host }: TimeUseReport): string {
  const parts = (shares: Readonly<Record<string, number>>): string =>
    Object.entries(shares)
      .map(([name, share]) => `${name} ${formatShare(share)}`)
      .join(', ');
  return `guest ${parts({ ...guest })}   host ${parts({ ...host })}`;
}

function lifecycle(counts: LifecycleReport): string {
  const events = [
    plural(counts.device_resets, 'device reset'),
    plural(counts.ring_resets, 'ring reset'),
    plural(counts.resizes, 'resize'),
    plural(counts.suspends, 'suspend'),
  ];
  const [back, again] = [counts.tokens_detached, counts.tokens_reposted].map(formatCount);
  const tokens = `${back} taken back, ${again} posted again`;
  return `${plural(counts.events, 'event')} (${events.join(', ')})   ${tokens}`;
}

function dma(report: DmaReport): string {
  const slots = `slots ${formatCount(report.slots_high_water)} of ${formatCount(report.slots)} at most`;
  const growth = `${plural(report.transient_pools, 'transient pool')}, ${formatCount(report.grown_pools)} added`;
  return [
    `${report.mapping}: ${plural(report.maps, 'mapping')}, ${formatCount(report.bounced)} bounced`,
    `${formatBytes(report.bytes_bounced_in)} in, ${formatBytes(report.bytes_bounced_out)} out`,
    ...(report.slots === 0 ? [] : [`${slots}, ${formatCount(report.slots_used)} left`]),
    ...(report.transient_pools + report.grown_pools === 0 ? [] : [growth]),
    ...(report.mapping_errors === 0 ? [] : [`${formatCount(report.mapping_errors)} refused`]),
  ].join('   ');
}

function watched(report: ChecksReport, paint: Paint): string {
  return [
    `${plural(report.events, 'event')} of ${plural(report.rings, 'ring')}`,
    `${plural(report.suppressions_judged, 'suppression')} judged`,
    plural(report.spurious_wakeups, 'spurious wakeup'),
    marked(report.violations, plural(report.violations, 'violation'), 'red', paint),
  ].join('   ');
}

function encryption(report: EncryptionReport, paint: Paint): string {
  const { private_accesses: accesses, pages_leaked: leaked } = report;
  return [
    `host sees ${report.host_sees}`,
    `pages shared ${formatCount(report.pages_decrypted)}, taken back ${formatCount(report.pages_encrypted)}`,
    ...(leaked === 0 ? [] : [paint('yellow', `lost ${formatCount(leaked)}`)]),
    marked(accesses, `private accesses ${formatCount(accesses)}`, 'red', paint),
  ].join('   ');
}

function marked(count: number, text: string, style: 'red' | 'yellow', paint: Paint): string {
  return count === 0 ? text : paint(style, text);
}

function kinds(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).map(([kind, count]) => `${kind} ${formatCount(count)}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

type Economy = readonly [sent: number, suppressed: number, spurious: number];

function economy([sent, suppressed, spurious]: Economy, job: JobReport): string {
  const ratio = perOperation(sent, job);
  const each = ratio === null ? '' : `${formatRatio(ratio)} per op   `;
  const possible = sent + suppressed;
  const share = possible === 0 ? '' : ` (${formatShare(suppressed / possible)})`;
  const sums = `${formatCount(sent)} sent, ${formatCount(suppressed)} suppressed${share}`;
  return `${each}${sums}, ${formatCount(spurious)} spurious`;
}
