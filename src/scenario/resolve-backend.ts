import { SECTOR_BYTES } from '../devices/blk.js';
import type { JobContext } from './job-context.js';
import type { BackendPlan, BlkPlan } from './plan.js';

const DEFAULT_DISK_BYTES: number = 64 * 2 ** 20;
const DEFAULT_SERIAL = 'vring-blk';

export function resolveBackend(job: JobContext): BackendPlan {
  const { backend = {} } = job.settings;
  const common = { readOnly: backend.read_only ?? false, faults: backend.faults ?? [] };
  if (kindOf(job) === 'memory') {
    const sizeBytes = backend.size ?? DEFAULT_DISK_BYTES;
    if (sizeBytes % SECTOR_BYTES !== 0) {
      job.refuse('backend.size', `must be a multiple of ${SECTOR_BYTES} bytes`);
    }
    return { kind: 'memory', sizeBytes, ...common };
  }
  if (backend.path === undefined) {
    job.miss('backend.path', 'name the image, as in --set backend.path=disk.img', 'backend.kind');
  }
  const chosenAt = Math.max(job.rank('backend.path'), job.rank('backend.kind'));
  if (job.says('backend.size') && job.rank('backend.size') >= chosenAt) {
    job.refuse('backend.size', 'the size of an image file is its own');
  }
  return { kind: 'file', path: backend.path ?? '', ...common };
}

/** `path` makes it a file, unless `kind` was said later, or in the same breath. */
function kindOf(job: JobContext): 'memory' | 'file' {
  const { kind, path } = job.settings.backend ?? {};
  if (path === undefined) return kind ?? 'memory';
  if (kind === undefined || job.rank('backend.path') > job.rank('backend.kind')) return 'file';
  if (kind === 'memory' && job.rank('backend.path') === job.rank('backend.kind')) {
    job.refuse('backend.path', 'belongs to a file, but `backend.kind` is memory');
  }
  return kind;
}

export function resolveBlk(job: JobContext): BlkPlan {
  const { blk = {} } = job.settings;
  return {
    sizeMaxBytes: blk.size_max ?? null,
    segMax: blk.seg_max ?? null,
    serial: blk.serial ?? DEFAULT_SERIAL,
  };
}
