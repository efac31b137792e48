import { BLK_HEADER_BYTES, SECTOR_BYTES } from '../devices/blk.js';
import type { JobContext } from './job-context.js';
import type { BackendPlan, BlkPlan, QueuePlan, WorkloadPlan } from './plan.js';
import type { RingSizes } from './resolve-lifecycle.js';
import type { JobSettings } from './settings.js';
import { showBytes } from './units.js';

/** What the requests of a job look like, and what that takes of the ring. */
export interface RequestPlan extends Pick<WorkloadPlan, 'blocks' | 'segments' | 'framing'> {
  readonly largestBlockBytes: number;
  readonly smallestBlockBytes: number;
  /** Data ranges of a request at most, those included that the limit of a range demands. */
  readonly dataRangesMax: number;
}

export interface RequestDevice {
  readonly queue: QueuePlan;
  readonly rings: RingSizes;
  readonly backend: BackendPlan;
  readonly blk: BlkPlan;
  /** The longest range that the driver can map; Infinity: any. */
  readonly mappingMaxBytes: number;
}

/** The length that no range of a request may exceed, and what says so. */
interface RangeLimit {
  readonly bytes: number;
  readonly because: string;
  readonly paths: readonly string[];
}

/** What follows from the settings, whether it can be run or not. */
interface RequestShape extends RequestPlan {
  readonly limit: RangeLimit;
  /** Data ranges that the limit demands of the largest block. */
  readonly demanded: number;
  /** Descriptors of the longest chain. */
  readonly descriptors: Readonly<Record<WorkloadPlan['framing'], number>>;
}

const DEFAULT_BLOCK_BYTES = 4096;

export function resolveRequest(job: JobContext, device: RequestDevice): RequestPlan {
  const request = shapeRequest(job.settings, device);
  if (job.settings.device === 'rng') {
    checkDemanded(job, request);
    checkRngChain(job, device.rings, request);
    return request;
  }
  checkBlocks(job, device, request.largestBlockBytes);
  checkChain(job, device.rings, request);
  checkDemanded(job, request);
  checkSegMax(job, device.blk.segMax, request);
  return request;
}

/** Entropy buffers are what they are: no header, no status, no limits but the ring's and that of a mapping. */
export function shapeRequest(settings: JobSettings, device: RequestDevice): RequestShape {
  const blocks = settings.block ?? [{ sizeBytes: DEFAULT_BLOCK_BYTES, weight: 1 }];
  const sizes = blocks.map(({ sizeBytes }) => sizeBytes);
  const largestBlockBytes = Math.max(...sizes);
  const smallestBlockBytes = Math.min(...sizes);
  const segments = settings.segments ?? { min: 1, max: 1 };
  const isRng = settings.device === 'rng';
  const limit = rangeLimit(isRng ? null : device.blk.sizeMaxBytes, device.mappingMaxBytes);
  // The driver raises the number of segments to what the limit demands, one request at a time. Merged, the header or
  // the status is in the same descriptors as the data, and counts towards their length.
  const demandedBy = {
    separate: rangesIn(largestBlockBytes, limit),
    merged: rangesIn(largestBlockBytes + BLK_HEADER_BYTES, limit),
  };
  const rangesOf = (framing: WorkloadPlan['framing']): number => Math.max(segments.max, demandedBy[framing]);
  const descriptors = { separate: rangesOf('separate') + 2, merged: rangesOf('merged') + 1 };
  const fitting = descriptors.separate <= device.rings.min ? 'separate' : 'merged';
  const framing = isRng ? 'separate' : (settings.framing ?? fitting);
  return {
    blocks,
    segments,
    framing,
    largestBlockBytes,
    smallestBlockBytes,
    dataRangesMax: rangesOf(framing),
    limit,
    demanded: demandedBy[framing],
    descriptors,
  };
}

function rangeLimit(sizeMaxBytes: number | null, mappingMaxBytes: number): RangeLimit {
  if (mappingMaxBytes < (sizeMaxBytes ?? Infinity)) {
    const because = `a bounce takes ${showBytes(mappingMaxBytes)} at most`;
    return { bytes: mappingMaxBytes, because, paths: ['dma.align_mask', 'dma', 'memory.encryption'] };
  }
  const because = sizeMaxBytes === null ? '' : `size_max is ${showBytes(sizeMaxBytes)}`;
  return { bytes: sizeMaxBytes ?? Infinity, because, paths: ['blk.size_max'] };
}

function rangesIn(sizeBytes: number, { bytes }: RangeLimit): number {
  return bytes === Infinity ? 1 : Math.ceil(sizeBytes / bytes);
}

function checkBlocks(job: JobContext, { backend, queue }: RequestDevice, largestBlockBytes: number): void {
  if (backend.kind !== 'memory') return;
  const shareBytes = Math.floor(backend.sizeBytes / SECTOR_BYTES / queue.count) * SECTOR_BYTES;
  if (largestBlockBytes <= shareBytes) return;
  const part = queue.count === 1 ? 'the disk' : `each of ${queue.count} queues has a part of the disk that`;
  job.refuse(
    job.latest('block', 'backend.size', 'queue.count'),
    `a block of ${showBytes(largestBlockBytes)} is too large: ${part} is ${showBytes(shareBytes)}`,
  );
}

/** The number of segments that was asked for is not raised in silence. */
function checkDemanded(job: JobContext, { demanded, largestBlockBytes, limit }: RequestShape): void {
  const { segments } = job.settings;
  if (segments === undefined || segments.max >= demanded) return;
  const text = `a block of ${showBytes(largestBlockBytes)} needs ${demanded} segments, because ${limit.because}`;
  job.refuse(job.latest('segments', ...limit.paths, 'block'), text);
}

function checkSegMax(job: JobContext, segMax: number | null, request: RequestShape): void {
  const { dataRangesMax, largestBlockBytes, limit } = request;
  if (segMax === null || dataRangesMax <= segMax) return;
  job.refuse(
    job.latest('segments', 'blk.seg_max', ...limit.paths, 'block'),
    `a block of ${showBytes(largestBlockBytes)} in ${dataRangesMax} segments${reasonOf(request)} is refused by a ` +
      `device whose seg_max is ${segMax}`,
  );
}

function checkChain(job: JobContext, { min: queueSize, minPath }: RingSizes, request: RequestShape): void {
  const { framing, descriptors, dataRangesMax: ranges, limit } = request;
  if (descriptors[framing] <= queueSize || queueSize === 1) return;
  const helps = framing === 'separate' && descriptors.merged <= queueSize;
  const segments = `${ranges} data ${ranges === 1 ? 'segment' : 'segments'}${reasonOf(request)}`;
  job.refuse(
    helps
      ? job.latest('framing', minPath, 'segments', ...limit.paths)
      : job.latest('segments', minPath, 'block', ...limit.paths),
    `a request with ${segments}, framing ${framing}, is a chain of ${descriptors[framing]} descriptors, and a chain ` +
      `longer than the queue (${queueSize}) is forbidden even when it is indirect (virtio 1.4, 2.7.5.3.1, N0042); ` +
      (helps ? 'framing merged would fit' : 'use fewer segments or a larger queue'),
  );
}

function checkRngChain(job: JobContext, { min: queueSize, minPath }: RingSizes, request: RequestShape): void {
  const { dataRangesMax: ranges, limit } = request;
  if (ranges <= queueSize) return;
  const text = `a buffer in ${ranges} segments${reasonOf(request)} is a chain longer than the queue (${queueSize})`;
  const path = job.latest('segments', minPath, 'block', ...limit.paths);
  job.refuse(path, `${text} (virtio 1.4, 2.7.5.3.1, N0042)`);
}

/** Why there are more segments than were asked for. */
function reasonOf({ demanded, segments, limit }: RequestShape): string {
  return demanded > segments.max ? ` (${limit.because})` : '';
}
