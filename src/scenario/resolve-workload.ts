import { SECTOR_BYTES } from '../devices/blk.js';
import type { JobContext } from './job-context.js';
import { mixWeights } from './layers.js';
import type { ArrivalPlan, BackendPlan, BlkOperation, QueuePlan, WorkloadPlan } from './plan.js';
import type { RequestPlan } from './resolve-request.js';
import type { JobSettings } from './settings.js';
import { showBytes } from './units.js';

const DEFAULT_DEPTH = 32;
const DEFAULT_OPEN_DEPTH = 1024;
const WRITING: readonly BlkOperation[] = ['write', 'discard', 'write_zeroes'];

export function resolveWorkload(
  job: JobContext,
  { queue, backend }: { readonly queue: QueuePlan; readonly backend: BackendPlan },
  request: RequestPlan,
): WorkloadPlan {
  const { settings } = job;
  const { blocks, segments, framing } = request;
  if (settings.workload === undefined) job.miss('workload', 'expected one of read, write, mixed, copy');
  const kind = settings.workload ?? 'read';
  const mix = mixOf(job, kind);
  if (backend.readOnly && mix.some(({ operation }) => WRITING.includes(operation))) {
    const latest = job.latest('workload', 'backend.read_only', 'mix');
    job.refuse(latest, `workload ${kind} writes, and the disk is read-only`);
  }
  const hash = settings.hash ?? false;
  const pattern = patternOf(job, kind, hash);
  if (hash) checkHash(job, kind, queue);
  checkSegmentsHaveBytes(job, pattern, request);
  const operations = settings.operations ?? null;
  const durationMs = settings.duration ?? null;
  const isEndless = pattern === 'random' && operations === null && durationMs === null;
  if (isEndless && settings.workload !== undefined) {
    job.miss(
      'operations',
      'a random pattern has no end of its own; set `operations` or `duration`',
      'pattern',
    );
  }
  return {
    kind,
    pattern,
    mix,
    blocks,
    arrival: arrivalOf(job, queue.size),
    segments,
    framing,
    operations,
    durationMs,
    warmup: settings.warmup ?? { operations: 0, durationMs: 0 },
    verify: settings.verify ?? true,
    hash,
    source: sourceOf(job, kind, queue, backend),
  };
}

function mixOf(job: JobContext, kind: WorkloadPlan['kind']): WorkloadPlan['mix'] {
  if (kind !== 'mixed') {
    if (job.says('mix') && job.rank('mix') >= job.rank('workload')) {
      job.refuse('mix', `belongs to workload mixed, and this is ${kind}`);
    }
    return [{ operation: kind === 'read' ? 'read' : 'write', weight: 1 }];
  }
  const mix = mixWeights(job.settings.mix);
  if (mix.length === 0) job.refuse('mix', 'at least one weight must be above 0');
  return mix;
}

function patternOf(job: JobContext, kind: WorkloadPlan['kind'], hash: boolean): WorkloadPlan['pattern'] {
  const { pattern } = job.settings;
  if (!hash && kind !== 'copy') return pattern ?? 'random';
  const because = hash ? 'hash' : 'workload';
  if (pattern === 'random' && job.rank('pattern') >= job.rank(because)) {
    job.refuse('pattern', `${hash ? 'hash' : 'workload copy'} needs a sequential pattern`);
  }
  return 'sequential';
}

/** A hash is worth something only when it is the hash of the whole disk, in order. */
function checkHash(job: JobContext, kind: WorkloadPlan['kind'], queue: QueuePlan): void {
  if (kind !== 'read') {
    job.refuse(job.latest('hash', 'workload'), `hash needs workload read, and this is ${kind}`);
  }
  if (queue.count !== 1) {
    job.refuse(job.latest('hash', 'queue.count'), `hash needs one queue, and there are ${queue.count}`);
  }
  for (const limit of ['operations', 'duration'] as const) {
    const isSet = job.settings[limit] !== undefined && job.settings[limit] !== null;
    if (isSet) job.refuse(limit, 'hash needs a pass over the whole disk; leave this out or set it to null');
  }
  const { operations = 0, durationMs = 0 } = job.settings.warmup ?? {};
  if (operations + durationMs > 0) {
    job.refuse('warmup', 'hash needs a pass that counts from its start; set this to 0');
  }
}

/** A sequential pass may end with a single sector, whatever the size of its blocks. */
function checkSegmentsHaveBytes(
  job: JobContext,
  pattern: WorkloadPlan['pattern'],
  { segments, smallestBlockBytes }: RequestPlan,
): void {
  const bytes = pattern === 'sequential' ? SECTOR_BYTES : smallestBlockBytes;
  if (segments.max <= bytes) return;
  const text = `${segments.max} segments of ${showBytes(bytes)}, the shortest request, would be empty`;
  job.refuse(job.latest('segments', 'block', 'pattern'), text);
}

/** Requests outstanding on a queue at most. */
export function depthOf({ arrival, depth }: JobSettings, queueSize: number): number {
  const isOpen = arrival !== undefined && arrival !== null;
  return depth ?? (isOpen ? Math.min(DEFAULT_OPEN_DEPTH, queueSize) : DEFAULT_DEPTH);
}

function arrivalOf(job: JobContext, queueSize: number): ArrivalPlan {
  const { arrival } = job.settings;
  const depth = depthOf(job.settings, queueSize);
  if (arrival === undefined || arrival === null) return { model: 'closed', depth };
  if (arrival.rate === undefined) job.miss('arrival.rate', 'expected a rate such as 50k/s', 'arrival');
  return {
    model: 'open',
    ratePerS: arrival.rate ?? 1,
    distribution: arrival.distribution ?? 'constant',
    depth,
  };
}

function sourceOf(
  job: JobContext,
  kind: WorkloadPlan['kind'],
  queue: QueuePlan,
  backend: BackendPlan,
): WorkloadPlan['source'] {
  const source = job.settings.source ?? null;
  if (kind !== 'copy') {
    if (source !== null && job.rank('source') >= job.rank('workload')) {
      job.refuse('source', `belongs to workload copy, and this is ${kind}`);
    }
    return null;
  }
  if (queue.count !== 1) {
    job.refuse(
      job.latest('workload', 'queue.count'),
      `workload copy needs one queue, and there are ${queue.count}`,
    );
  }
  const path = source?.path;
  if (path === undefined) {
    job.miss(
      'source.path',
      'name the file to copy, as in --set source.path=my.iso',
      source === null ? 'workload' : 'source',
    );
  }
  const offsetBytes = source?.offset ?? 0;
  if (offsetBytes % SECTOR_BYTES !== 0) {
    job.refuse('source.offset', `must be a multiple of ${SECTOR_BYTES} bytes`);
  }
  if (backend.kind === 'memory' && offsetBytes >= backend.sizeBytes) {
    job.refuse(
      job.latest('source.offset', 'backend.size'),
      'the copy would begin behind the end of the disk',
    );
  }
  return { path: path ?? '', offsetBytes };
}
