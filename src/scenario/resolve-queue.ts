import type { JobContext } from './job-context.js';
import { QUEUE_SIZE_MAX } from './limits.js';
import type { DmaPlan, LifecyclePlan, QueuePlan, RingFeatureName, ServicePlan, WaitPlan } from './plan.js';
import { featuresFor } from './resolve-lifecycle.js';

const FEATURE_ORDER: readonly RingFeatureName[] = [
  'INDIRECT_DESC',
  'EVENT_IDX',
  'IN_ORDER',
  'NOTIFICATION_DATA',
  'RING_RESET',
  'ORDER_PLATFORM',
  'SUSPEND',
  'ACCESS_PLATFORM',
];
const DEFAULT_SIZE = 128;
const DEFAULT_WINDOW = 8;
const DEFAULT_SPIN_NS = 50_000;

export function resolveQueue(
  job: JobContext,
  { lifecycle, dma }: { readonly lifecycle: LifecyclePlan | null; readonly dma: DmaPlan | null },
): QueuePlan {
  const { queue = {} } = job.settings;
  const size = queue.size ?? DEFAULT_SIZE;
  if (size === 1 && job.settings.device !== 'rng') {
    job.refuse(
      'queue.size',
      'a queue of 1 has no room for a block request: each has a readable and a writable descriptor, and a chain ' +
        'longer than the queue is forbidden even when it is indirect (virtio 1.4, 2.7.5.3.1, N0042); device rng ' +
        'can use such a queue',
    );
  }
  const layout = queue.layout ?? 'split';
  if (layout === 'split' && (size & (size - 1)) !== 0) {
    const wanted = `a split queue needs a power of two up to ${QUEUE_SIZE_MAX}`;
    const text = `${wanted}, and this is ${size}; a packed one takes any`;
    job.refuse(job.latest('queue.size', 'queue.layout'), text);
  }
  // A DMA API is there to be used, unless somebody says otherwise.
  const isOn = (name: RingFeatureName): boolean =>
    queue.features?.[name] ?? (name === 'ACCESS_PLATFORM' && dma !== null);
  const asked = FEATURE_ORDER.filter(isOn);
  const wanted = [...asked, ...featuresFor(job, lifecycle, asked)];
  const features = FEATURE_ORDER.filter((name) => wanted.includes(name));
  return {
    layout,
    size,
    count: queue.count ?? 1,
    features,
    directCount: directCountOf(job, size, features.includes('INDIRECT_DESC')),
    startIndex: queue.start_index ?? 0,
  };
}

function directCountOf(job: JobContext, size: number, indirect: boolean): number {
  const direct = job.settings.queue?.direct ?? 0;
  const path = 'queue.direct';
  if (direct > 0 && !indirect) {
    const isOverruled = job.rank('queue.features.INDIRECT_DESC') > job.rank(path);
    if (!isOverruled) job.refuse(path, 'needs the feature INDIRECT_DESC');
    return 0;
  }
  if (direct >= size && job.rank(path) >= job.rank('queue.size')) {
    job.refuse(path, `${direct} leaves no room for the indirect descriptor in a queue of ${size}`);
  }
  return Math.min(direct, size - 1);
}

export function resolveWait(job: JobContext): WaitPlan {
  const { wait = {} } = job.settings;
  return { policy: wait.policy ?? 'adaptive', spinNs: wait.spin ?? DEFAULT_SPIN_NS };
}

/** With IN_ORDER, an order that was asked for is kept: the device may still hold completions back. */
export function resolveService(job: JobContext, queue: QueuePlan): ServicePlan {
  const { service = {} } = job.settings;
  const fallback = queue.features.includes('IN_ORDER') ? 'fifo' : 'random';
  return { window: service.window ?? DEFAULT_WINDOW, order: service.order ?? fallback };
}
