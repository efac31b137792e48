import { maxMappingBytes } from '../dma/mapping-limit.js';
import type { JobContext } from './job-context.js';
import type { JobPlan, WorkerFaultPlan } from './plan.js';
import { resolveBackend, resolveBlk } from './resolve-backend.js';
import { checkMemoryInReach, resolveDma, resolveEncryption } from './resolve-dma.js';
import { checkLifecycleCount, resolveLifecycle, ringSizes } from './resolve-lifecycle.js';
import { defaultMemoryBytes, type MemoryUse, resolveMemory } from './resolve-memory.js';
import { resolveQueue, resolveService, resolveWait } from './resolve-queue.js';
import { type RequestDevice, resolveRequest, shapeRequest } from './resolve-request.js';
import { checkRng } from './resolve-rng.js';
import { depthOf, resolveWorkload } from './resolve-workload.js';

const DEFAULT_STALL_TIMEOUT_MS = 3500;
const DEFAULT_FAULT_AFTER_OPERATIONS = 1000;
const DEFAULT_PAUSE_MS = 100;

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
  const memoryUse = { queue, rings, depth: depthOf(job.settings, queue.size), encryption, dma };
  const device = { queue, rings, backend, blk };
  const request = resolveRequest(job, { ...device, mappingMaxBytes: mappingLimit(job, memoryUse, device) });
  const workload = resolveWorkload(job, { queue, backend }, request);
  checkLifecycleCount(job, { lifecycle, queueCount: queue.count }, workload);
  const memoryBytes = resolveMemory(job, memoryUse, request);
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

/**
 * Whether buffers are bounced may depend on the size of memory, and that on what requests are made of. Memory that is
 * larger than the device can reach without a bounce stays so when requests take more of it.
 */
function mappingLimit(
  job: JobContext,
  use: MemoryUse,
  device: Omit<RequestDevice, 'mappingMaxBytes'>,
): number {
  const unbounced = shapeRequest(job.settings, { ...device, mappingMaxBytes: Infinity });
  // A DMA API that was not agreed on is not used.
  const dma = use.queue.features.includes('ACCESS_PLATFORM') ? use.dma : null;
  return maxMappingBytes(dma, job.settings.memory?.size ?? defaultMemoryBytes(use, unbounced));
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
  if (fault.for !== undefined && fault.how !== 'pause')
    job.refuse(job.latest('fault.for', 'fault.how'), 'only a pause has a length: how pause');
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
    pauseMs: fault.for ?? DEFAULT_PAUSE_MS,
  };
}
