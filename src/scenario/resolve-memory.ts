import { pageAligned } from '../dma/pages.js';
import { ringParts } from '../virtqueue/layouts.js';
import type { JobContext } from './job-context.js';
import { MEMORY_MAX_BYTES } from './limits.js';
import type { DmaPlan, EncryptionPlan, QueuePlan } from './plan.js';
import type { RingSizes } from './resolve-lifecycle.js';
import type { RequestPlan } from './resolve-request.js';
import { showBytes } from './units.js';

const MIB: number = 2 ** 20;
const MEMORY_MIN_BYTES: number = 32 * MIB;
/** For whatever else the guest keeps in its memory. */
const MEMORY_SPARE_BYTES: number = 16 * MIB;
/** A ring is in the other of two areas after each reset. */
const RING_AREAS = 2;
/** Pages that the host refused to convert are lost, and a ring is allocated again elsewhere. */
const RING_ATTEMPTS = 4;
/** A request's data start on a page, with header and status on the page in front. */
const REQUEST_SPARE_BYTES = 8192;
/** Of an indirect table, for each descriptor; tables come in powers of two, so up to twice what is used. */
const TABLE_ENTRY_BYTES = 32;

/** What takes room in guest memory, besides the requests. */
export interface MemoryUse {
  readonly queue: QueuePlan;
  readonly rings: RingSizes;
  /** Requests outstanding on a queue. */
  readonly depth: number;
  readonly encryption: EncryptionPlan | null;
  readonly dma: DmaPlan | null;
}

type RequestUse = Pick<RequestPlan, 'largestBlockBytes' | 'dataRangesMax'>;

/** The size of guest memory where nobody chose one. */
export function defaultMemoryBytes(use: MemoryUse, request: RequestUse): number {
  const wantedBytes = neededBytes(use, request) + MEMORY_SPARE_BYTES;
  return Math.max(Math.ceil(wantedBytes / MIB) * MIB, MEMORY_MIN_BYTES);
}

/** The size that was chosen, or what the job needs. */
export function resolveMemory(job: JobContext, use: MemoryUse, request: RequestUse): number {
  const asked = job.settings.memory?.size;
  const pool = poolBytes(use) === 0 ? [] : [`a bounce pool of ${showBytes(poolBytes(use))}`];
  const inFlight = `${requestsInFlight(use)} requests`;
  const others = ['queue.size', 'queue.count', 'lifecycle.sizes', 'dma.pool', 'dma.dynamic', 'dma'] as const;
  if (asked !== undefined) {
    const needed = neededBytes(use, request);
    if (asked < needed) {
      const need = showBytes(Math.ceil(needed / MIB) * MIB);
      const what = [`${inFlight} in flight on each queue`, ...pool].join(' and ');
      const path = job.latest('memory.size', 'depth', 'block', ...others);
      job.refuse(path, `too small: ${what} need about ${need}`);
    }
    return asked;
  }
  const memoryBytes = defaultMemoryBytes(use, request);
  if (memoryBytes > MEMORY_MAX_BYTES) {
    const block = showBytes(request.largestBlockBytes);
    const what = [`${inFlight} of up to ${block} in flight on each queue`, ...pool].join(' and ');
    job.refuse(
      job.latest('depth', 'block', ...others),
      `${what} need ${showBytes(memoryBytes)} of guest memory; ${showBytes(MEMORY_MAX_BYTES)} is the most`,
    );
  }
  return memoryBytes;
}

function neededBytes(use: MemoryUse, { largestBlockBytes, dataRangesMax }: RequestUse): number {
  const tableBytes = TABLE_ENTRY_BYTES * (dataRangesMax + 2);
  const requestBytes = largestBlockBytes + REQUEST_SPARE_BYTES + tableBytes;
  return poolBytes(use) + use.queue.count * (ringBytes(use) + requestsInFlight(use) * requestBytes);
}

/** A queue never has more requests in flight than it has entries, whatever the depth. */
function requestsInFlight({ depth, rings }: MemoryUse): number {
  return Math.min(depth, rings.max);
}

/** Of one queue. A ring is in whole pages, which can be shared with the host and nothing else with them. */
function ringBytes({ queue, rings, encryption }: MemoryUse): number {
  const { desc, driver, device } = ringParts(queue.layout, rings.max);
  const parts = [desc, driver, device].map(({ sizeBytes }) => pageAligned(sizeBytes));
  const attempts = encryption !== null && encryption.refusal > 0 ? RING_ATTEMPTS : 1;
  return RING_AREAS * attempts * parts.reduce((sum, bytes) => sum + bytes, 0);
}

/** With what every queue may add to it. */
function poolBytes({ dma, queue }: MemoryUse): number {
  if (dma === null || dma.pool === null) return 0;
  return dma.pool.sizeBytes + queue.count * pageAligned(dma.pool.growthBytes);
}
