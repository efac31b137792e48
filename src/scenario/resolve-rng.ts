import type { JobContext } from './job-context.js';

/** Keys of a disk. */
const DISK_KEYS = ['backend', 'blk', 'framing', 'hash', 'source', 'mix', 'pattern'] as const;

/** An entropy device has one queue and is only read: what a job says beyond that has no meaning, and is refused. */
export function checkRng(job: JobContext): void {
  const { workload, queue } = job.settings;
  for (const key of DISK_KEYS) {
    if (job.says(key) && job.rank(key) >= job.rank('device'))
      job.refuse(key, 'belongs to device blk, and this is rng');
  }
  if (workload !== undefined && workload !== 'read') {
    job.refuse(job.latest('workload', 'device'), `device rng is only read, and this is ${workload}`);
  }
  if ((queue?.count ?? 1) !== 1) job.refuse(job.latest('queue.count', 'device'), 'device rng has one queue');
}
