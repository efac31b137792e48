import type { JobContext } from './job-context.js';
import { MEMORY_MAX_BYTES } from './limits.js';
import type { JobPlan, WorkerFaultPlan } from './plan.js';
import { resolveBackend, resolveBlk } from './resolve-backend.js';
import { checkMemoryInReach, resolveDma, resolveEncryption } from './resolve-dma.js';
import { checkLifecycleCount, resolveLifecycle, type RingSizes, ringSizes } from './resolve-lifecycle.js';
import { resolveQueue, resolveService, resolveWait } from './resolve-queue.js';
import { type RequestPlan, resolveRequest } from './resolve-request.js';
import { checkRng } from './resolve-rng.js';
import { resolveWorkload } from './resolve-workload.js';
import { showBytes } from './units.js';

const MIB: number = 2 ** 20;
const MEMORY_MIN_BYTES: number = 32 * MIB;
/** For whatever else the guest keeps in its memory. */
const MEMORY_SPARE_BYTES: number = 16 * MIB;
/** Descriptor, available and used entry (virtio 1.4, 2.7). */
const RING_ENTRY_BYTES = 16 + 2 + 8;
const RING_SPARE_BYTES = 4096;
/** A ring is in the other of two areas after each reset. */
const RING_AREAS = 2;
/** A request's data start on a page, with header and status on the page in front. */
const REQUEST_SPARE_BYTES = 8192;
/** Of an indirect table, for each descriptor; tables come in powers of two, so up to twice what is used. */
const TABLE_ENTRY_BYTES = 32;

const DEFAULT_STALL_TIMEOUT_MS = 4000;
const DEFAULT_FAULT_AFTER_OPERATIONS = 1000;

/** Fills in what was left out and checks that all of it goes together. Problems are noted in `job`. */
export function resolveJob(job: JobContext, parameters: JobPlan['parameters'], seed: number): JobPlan {
  if (job.settings.device === 'rng') checkRng(job);
  const lifecycle = resolveLifecycle(job, job.settings.queue?.layout ?? 'split');
  const encryption = resolveEncryption(job);
  const dma = resolveDma(job, encryption);
  const queue = resolveQueue(job, { lifecycle, dma });
  const rings = ringSizes(queue, lifecycle);
  const backend = resolveBackend(job);
  const blk = resolveBlk(job);
  const request = resolveRequest(job, { queue, rings, backend, blk });
  const workload = resolveWorkload(job, { queue, backend }, request);
  checkLifecycleCount(job, { lifecycle, queueCount: queue.count }, workload);
  const memoryBytes = memoryFor(job, { count: queue.count, rings }, request, workload.arrival.depth);
  checkMemoryInReach(job, dma, memoryBytes);
  return {
    name: job.label,
    parameters,
    seed,
    device: job.settings.device ?? 'blk',
    transport: job.settings.transport ?? 'mmio',
    memoryBytes,
    encryption,
    dma,
    wait: resolveWait(job),
    queue,
    backend,
    blk,
    service: resolveService(job, queue),
    workload,
    stallTimeoutMs: job.settings.stall_timeout ?? DEFAULT_STALL_TIMEOUT_MS,
    fault: faultOf(job, queue.count),
    lifecycle,
  };
}

/** A queue never has more requests in flight than it has entries, whatever the depth. */
function memoryFor(
  job: JobContext,
  { count, rings }: { readonly count: number; readonly rings: RingSizes },
  request: RequestPlan,
  depth: number,
): number {
  const inFlight = Math.min(depth, rings.max);
  const tableBytes = TABLE_ENTRY_BYTES * (request.dataRangesMax + 2);
  const requestBytes = request.largestBlockBytes + REQUEST_SPARE_BYTES + tableBytes;
  const ringBytes = RING_ENTRY_BYTES * rings.max + RING_SPARE_BYTES;
  const neededBytes = count * (RING_AREAS * ringBytes + inFlight * requestBytes);
  const asked = job.settings.memory?.size;
  if (asked !== undefined) {
    if (asked < neededBytes) {
      const need = showBytes(Math.ceil(neededBytes / MIB) * MIB);
      const text = `too small: ${inFlight} requests in flight on each queue need about ${need}`;
      const sizes = ['queue.size', 'lifecycle.sizes'] as const;
      job.refuse(job.latest('memory.size', 'depth', 'block', 'queue.count', ...sizes), text);
    }
    return asked;
  }
  const memoryBytes = Math.ceil((neededBytes + MEMORY_SPARE_BYTES) / MIB) * MIB;
  if (memoryBytes > MEMORY_MAX_BYTES) {
    job.refuse(
      job.latest('depth', 'block', 'queue.size', 'queue.count', 'lifecycle.sizes'),
      `${inFlight} requests of up to ${showBytes(request.largestBlockBytes)} in flight on each queue need ` +
        `${showBytes(memoryBytes)} of guest memory; ${showBytes(MEMORY_MAX_BYTES)} is the most`,
    );
  }
  return Math.max(memoryBytes, MEMORY_MIN_BYTES);
}

function faultOf(job: JobContext, queueCount: number): WorkerFaultPlan | null {
  const { fault } = job.settings;
  if (fault === undefined || fault === null) return null;
  if (fault.worker === undefined) job.miss('fault.worker', 'expected one of guest, host', 'fault');
  if (fault.how === 'needs_reset' && fault.worker === 'guest') {
    job.refuse(
      job.latest('fault.how', 'fault.worker'),
      'needs_reset is something that a device does: worker host',
    );
  }
  const queue = fault.queue ?? 0;
  if (queue >= queueCount) {
    const last = queueCount === 1 ? 'is queue 0' : `are queues 0 to ${queueCount - 1}`;
    job.refuse(job.latest('fault.queue', 'queue.count'), `there is no queue ${queue}; there ${last}`);
  }
  return {
    worker: fault.worker ?? 'guest',
    queue,
    how: fault.how ?? 'exit',
    afterOperations: fault.after ?? DEFAULT_FAULT_AFTER_OPERATIONS,
  };
}
