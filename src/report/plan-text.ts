import type {
  ArrivalPlan,
  BackendPlan,
  DmaPlan,
  EncryptionPlan,
  JobPlan,
  LifecyclePlan,
  ScenarioPlan,
  WorkloadPlan,
} from '../scenario/plan.js';
import { formatBytes, formatCount, formatNs, formatSeconds, formatShare, plural } from './format.js';
import type { Paint } from './paint.js';

/** What `--dry-run` shows: the scenario with every default filled in, and nothing run. */
export function planText(plan: ScenarioPlan, paint: Paint): string {
  const lines = [`${paint('bold', plan.name)}  ${plan.file}  seed ${plan.seed}`];
  if (plan.description !== '') lines.push(`  ${plan.description}`);
  for (const job of plan.jobs) lines.push('', ...jobPlanLines(job, paint));
  if (plan.thresholds.length > 0) lines.push('', 'thresholds');
  for (const { text, abortOnFail, delayMs } of plan.thresholds) {
    lines.push(`  ${text}${abortOnFail ? `, stops the run from ${formatSeconds(delayMs / 1000)} on` : ''}`);
  }
  return `${lines.join('\n')}\n`;
}

function jobPlanLines(job: JobPlan, paint: Paint): string[] {
  const { queue, wait, blk, service, fault, lifecycle, encryption, dma } = job;
  const limits = [
    ...(blk.sizeMaxBytes === null ? [] : [`segments of ${formatBytes(blk.sizeMaxBytes)}`]),
    ...(blk.segMax === null ? [] : [`${blk.segMax} segments`]),
  ];
  const spin = wait.policy === 'adaptive' ? `, ${formatNs(wait.spinNs)} of spinning` : '';
  const indices = queue.startIndex === 0 ? '' : `, indices from ${queue.startIndex}`;
  const direct = queue.directCount === 0 ? '' : `, ${queue.directCount} direct`;
  const ring = `${queue.layout} ${queue.count} x ${queue.size}${indices}${direct}`;
  const lines = [
    `${paint('bold', job.name)}  ${paint('dim', `seed ${job.seed}`)}`,
    line('device', `${job.device} over ${job.transport}, ${formatBytes(job.memoryBytes)} of guest memory`),
    ...(encryption === null ? [] : [line('memory', encryptionText(encryption))]),
    ...(dma === null ? [] : [line('dma', dmaText(dma))]),
    line('disk', backend(job.backend) + (limits.length > 0 ? `, at most ${limits.join(', ')}` : '')),
    line('queue', `${ring}, ${queue.features.join(' ') || 'no ring features'}`),
    line('wait', `${wait.policy}${spin}, a stall after ${formatSeconds(job.stallTimeoutMs / 1000)}`),
    line('service', `window ${service.window}, ${service.order}`),
    ...workloadLines(job.workload),
  ];
  if (fault !== null) {
    const how = fault.how === 'pause' ? `pause of ${formatSeconds(fault.pauseMs / 1000)}` : fault.how;
    const when = `after ${plural(fault.afterOperations, 'operation')}`;
    lines.push(line('fault', `${fault.worker} of queue ${fault.queue}: ${how} ${when}`));
  }
  if (lifecycle !== null) lines.push(line('lifecycle', lifecycleText(lifecycle)));
  return lines;
}

function line(label: string, text: string): string {
  return `  ${label.padEnd(9)} ${text}`;
}

function encryptionText({ hostSees, refusal, requireAccessPlatform }: EncryptionPlan): string {
  const seen = hostSees === 'fault' ? 'faults on' : `sees ${hostSees} in`;
  const parts = [`encrypted, the host ${seen} private pages`];
  if (refusal > 0) parts.push(`refuses ${formatShare(refusal)} of conversions`);
  if (!requireAccessPlatform) parts.push('a device without ACCESS_PLATFORM is taken');
  return parts.join(', ');
}

function dmaText({ mapping, maskBits, minAlignMask, pool, checked }: DmaPlan): string {
  const growth =
    pool === null || pool.growthBytes === 0 ? '' : ` and ${formatBytes(pool.growthBytes)} for each queue`;
  return [
    mapping,
    pool === null ? 'no pool' : `pool of ${formatBytes(pool.sizeBytes)}${growth}`,
    ...(maskBits === 64 ? [] : [`addresses of ${maskBits} bits`]),
    ...(minAlignMask === 0 ? [] : [`low bits 0x${minAlignMask.toString(16)} kept`]),
    checked ? 'checked' : 'not checked',
  ].join(', ');
}

function lifecycleText({ count, everyOperations, events, sizes }: LifecyclePlan): string {
  const often = count === null ? 'as many events as fall due' : plural(count, 'event');
  const to = sizes.length === 0 ? '' : `, sizes ${sizes.join(' ')}`;
  return `${often}, one in ${plural(everyOperations, 'operation')} of a queue: ${events.join(', ')}${to}`;
}

function backend(plan: BackendPlan): string {
  const what = plan.kind === 'memory' ? `${formatBytes(plan.sizeBytes)} in memory` : plan.path;
  const faults = plan.faults.map(({ operation, errno, afterCalls, probability }) => {
    return `${errno} on ${formatShare(probability)} of ${operation} after ${plural(afterCalls, 'call')}`;
  });
  return [what, ...(plan.readOnly ? ['read-only'] : []), ...faults].join(', ');
}

function workloadLines(workload: WorkloadPlan): string[] {
  const { segments, source, warmup } = workload;
  const mix = weighted(workload.mix.map(({ operation, weight }) => ({ name: operation, weight })));
  const blocks = weighted(
    workload.blocks.map(({ sizeBytes, weight }) => ({ name: formatBytes(sizeBytes), weight })),
  );
  const { min, max } = segments;
  const ranges = min === max ? plural(min, 'data range') : `${min} to ${max} data ranges`;
  const warm = [
    ...(warmup.operations > 0 ? [plural(warmup.operations, 'operation')] : []),
    ...(warmup.durationMs > 0 ? [formatSeconds(warmup.durationMs / 1000)] : []),
  ];
  const extras = [workload.verify ? 'verified' : 'not verified', ...(workload.hash ? ['hashed'] : [])];
  return [
    line('workload', `${workload.kind}, ${workload.pattern}, ${extras.join(', ')}`),
    line('mix', `${mix}; ${blocks}; ${ranges}, ${workload.framing} framing`),
    line('arrival', arrival(workload.arrival)),
    line('until', until(workload) + (warm.length > 0 ? `, warm-up ${warm.join(' or ')}` : '')),
    ...(source === null ? [] : [line('source', `${source.path} to byte ${source.offsetBytes}`)]),
  ];
}

function weighted(parts: readonly { readonly name: string; readonly weight: number }[]): string {
  const total = parts.reduce((sum, { weight }) => sum + weight, 0);
  if (parts.length === 1) return parts.map(({ name }) => name).join('');
  return parts.map(({ name, weight }) => `${name} ${formatShare(weight / total)}`).join(', ');
}

function arrival(plan: ArrivalPlan): string {
  if (plan.model === 'closed') return `closed loop, depth ${plan.depth}`;
  return `open loop, ${formatCount(plan.ratePerS)}/s ${plan.distribution}, depth up to ${plan.depth}`;
}

function until({ operations, durationMs, pattern, kind }: WorkloadPlan): string {
  const ends = [
    ...(operations === null ? [] : [plural(operations, 'operation')]),
    ...(durationMs === null ? [] : [formatSeconds(durationMs / 1000)]),
  ];
  if (ends.length > 0) return ends.join(' or ');
  if (kind === 'copy') return 'the whole file';
  return pattern === 'sequential' ? 'one pass over the disk' : 'no end';
}
