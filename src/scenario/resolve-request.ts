import { BLK_HEADER_BYTES, SECTOR_BYTES } from '../devices/blk.js';
import type { JobContext } from './job-context.js';
import type { BackendPlan, BlkPlan, QueuePlan, WorkloadPlan } from './plan.js';
import type { RingSizes } from './resolve-lifecycle.js';
import { showBytes } from './units.js';

/** What the requests of a job look like, and what that takes of the ring. */
export interface RequestPlan extends Pick<WorkloadPlan, 'blocks' | 'segments' | 'framing'> {
  readonly largestBlockBytes: number;
  readonly smallestBlockBytes: number;
  /** Data ranges of a request at most, what `size_max` demands included. */
  readonly dataRangesMax: number;
}

interface Device {
  readonly queue: QueuePlan;
  readonly rings: RingSizes;
  readonly backend: BackendPlan;
  readonly blk: BlkPlan;
}

const DEFAULT_BLOCK_BYTES = 4096;

export function resolveRequest(job: JobContext, device: Device): RequestPlan {
  if (job.settings.device === 'rng') return resolveRngRequest(job, device.rings);
  const blocks = job.settings.block ?? [{ sizeBytes: DEFAULT_BLOCK_BYTES, weight: 1 }];
  const sizes = blocks.map(({ sizeBytes }) => sizeBytes);
  const largestBlockBytes = Math.max(...sizes);
  const segments = job.settings.segments ?? { min: 1, max: 1 };
  checkBlocks(job, device, largestBlockBytes);
  // The driver raises the number of segments to what the device's size_max demands, one request at a time.
  const demanded = (framing: WorkloadPlan['framing']): number =>
    segmentsDemanded(largestBlockBytes, framing, device.blk.sizeMaxBytes);
  const rangesOf = (framing: WorkloadPlan['framing']): number => Math.max(segments.max, demanded(framing));
  const framing = framingFor(job, device.rings, rangesOf);
  const dataRangesMax = rangesOf(framing);
  checkSegments(job, device.blk, { demanded: demanded(framing), dataRangesMax, largestBlockBytes });
  const smallestBlockBytes = Math.min(...sizes);
  return { blocks, segments, framing, largestBlockBytes, smallestBlockBytes, dataRangesMax };
}

/** Entropy buffers are what they are: no header, no status, no limits but the ring's. */
function resolveRngRequest(job: JobContext, rings: RingSizes): RequestPlan {
  const blocks = job.settings.block ?? [{ sizeBytes: DEFAULT_BLOCK_BYTES, weight: 1 }];
  const sizes = blocks.map(({ sizeBytes }) => sizeBytes);
  const segments = job.settings.segments ?? { min: 1, max: 1 };
  if (segments.max > rings.min) {
    const text = `a buffer in ${segments.max} segments is a chain longer than the queue (${rings.min})`;
    job.refuse(job.latest('segments', rings.minPath), `${text} (virtio 1.4, 2.7.5.3.1, N0042)`);
  }
  const largestBlockBytes = Math.max(...sizes);
  const smallestBlockBytes = Math.min(...sizes);
  const dataRangesMax = segments.max;
  return { blocks, segments, framing: 'separate', largestBlockBytes, smallestBlockBytes, dataRangesMax };
}

/** Merged, the header or the status is in the same descriptors as the data, and counts towards their length. */
function segmentsDemanded(
  bytes: number,
  framing: WorkloadPlan['framing'],
  sizeMaxBytes: number | null,
): number {
  if (sizeMaxBytes === null) return 1;
  return Math.ceil((bytes + (framing === 'merged' ? BLK_HEADER_BYTES : 0)) / sizeMaxBytes);
}

function checkBlocks(job: JobContext, { backend, queue }: Device, largestBlockBytes: number): void {
  if (backend.kind !== 'memory') return;
  const shareBytes = Math.floor(backend.sizeBytes / SECTOR_BYTES / queue.count) * SECTOR_BYTES;
  if (largestBlockBytes <= shareBytes) return;
  const part = queue.count === 1 ? 'the disk' : `each of ${queue.count} queues has a part of the disk that`;
  job.refuse(
    job.latest('block', 'backend.size', 'queue.count'),
    `a block of ${showBytes(largestBlockBytes)} is too large: ${part} is ${showBytes(shareBytes)}`,
  );
}

function checkSegments(
  job: JobContext,
  { sizeMaxBytes, segMax }: BlkPlan,
  request: { demanded: number; dataRangesMax: number; largestBlockBytes: number },
): void {
  const { demanded, dataRangesMax, largestBlockBytes } = request;
  const block = `a block of ${showBytes(largestBlockBytes)}`;
  const { segments } = job.settings;
  if (segments !== undefined && segments.max < demanded) {
    const text = `${block} needs ${demanded} segments, because size_max is ${showBytes(sizeMaxBytes ?? 0)}`;
    job.refuse(job.latest('segments', 'blk.size_max', 'block'), text);
  }
  if (segMax !== null && dataRangesMax > segMax) {
    const text = `${block} in ${dataRangesMax} segments is refused by a device whose seg_max is ${segMax}`;
    job.refuse(job.latest('segments', 'blk.seg_max', 'blk.size_max', 'block'), text);
  }
}

/** The framing that was asked for, or the first that fits the ring. */
function framingFor(
  job: JobContext,
  { min: queueSize, minPath }: RingSizes,
  rangesOf: (framing: WorkloadPlan['framing']) => number,
): WorkloadPlan['framing'] {
  const descriptorsOf = { separate: rangesOf('separate') + 2, merged: rangesOf('merged') + 1 };
  const asked = job.settings.framing;
  const framing = asked ?? (descriptorsOf.separate <= queueSize ? 'separate' : 'merged');
  if (descriptorsOf[framing] <= queueSize || queueSize === 1) return framing;
  const helps = framing === 'separate' && descriptorsOf.merged <= queueSize;
  const ranges = rangesOf(framing);
  job.refuse(
    helps ? job.latest('framing', minPath, 'segments') : job.latest('segments', minPath, 'block'),
    `a request with ${ranges} data ${ranges === 1 ? 'segment' : 'segments'}, framing ${framing}, is a chain of ` +
      `${descriptorsOf[framing]} descriptors, and a chain longer than the queue (${queueSize}) is forbidden even ` +
      'when it is indirect (virtio 1.4, 2.7.5.3.1, N0042); ' +
      (helps ? 'framing merged would fit' : 'use fewer segments or a larger queue'),
  );
  return framing;
}
