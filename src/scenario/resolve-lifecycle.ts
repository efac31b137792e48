import type { JobContext } from './job-context.js';
import { QUEUE_SIZE_MAX } from './limits.js';
import type { LifecycleEvent, LifecyclePlan, QueuePlan, RingFeatureName, WorkloadPlan } from './plan.js';

const DEFAULT_EVERY_OPERATIONS = 1000;

/** Events that the driver may only cause with a feature (virtio 1.4, 2.6.1 and 3.4). */
const NEEDS: Readonly<Record<LifecycleEvent, RingFeatureName | null>> = {
  device_reset: null,
  ring_reset: 'RING_RESET',
  resize: 'RING_RESET',
  suspend: 'SUSPEND',
};

/** The smallest and the largest ring that a queue will have, and the key that says so. */
export interface RingSizes {
  readonly min: number;
  readonly max: number;
  readonly minPath: 'queue.size' | 'lifecycle.sizes';
}

export function resolveLifecycle(job: JobContext, layout: QueuePlan['layout']): LifecyclePlan | null {
  const { lifecycle } = job.settings;
  if (lifecycle === undefined || lifecycle === null) return null;
  const { events = [] } = lifecycle;
  if (events.length === 0) {
    job.miss('lifecycle.events', 'expected a list of device_reset, ring_reset, resize, suspend', 'lifecycle');
  }
  return {
    everyOperations: lifecycle.every ?? DEFAULT_EVERY_OPERATIONS,
    events: [...new Set(events)],
    sizes: sizesOf(job, layout, events.includes('resize')),
    count: lifecycle.count ?? null,
  };
}

/** A feature that an event needs and nobody spoke of is switched on; one that was left out on purpose is missed. */
export function featuresFor(
  job: JobContext,
  lifecycle: LifecyclePlan | null,
  asked: readonly RingFeatureName[],
): readonly RingFeatureName[] {
  const added: RingFeatureName[] = [];
  for (const event of lifecycle?.events ?? []) {
    const feature = NEEDS[event];
    if (feature === null || asked.includes(feature) || added.includes(feature)) continue;
    added.push(feature);
    if (!job.says(`queue.features.${feature}`)) continue;
    const text = `${event} needs the feature ${feature}, which queue.features does not have; add it there`;
    job.refuse(job.latest('lifecycle.events', `queue.features.${feature}`), text);
  }
  return added;
}

export function ringSizes(queue: QueuePlan, lifecycle: LifecyclePlan | null): RingSizes {
  const sizes = [queue.size, ...(lifecycle?.sizes ?? [])];
  const min = Math.min(...sizes);
  return { min, max: Math.max(...sizes), minPath: min === queue.size ? 'queue.size' : 'lifecycle.sizes' };
}

/** A count that cannot be reached would make the run say less than its scenario promises. */
export function checkLifecycleCount(
  job: JobContext,
  { lifecycle, queueCount }: { readonly lifecycle: LifecyclePlan | null; readonly queueCount: number },
  { operations, warmup }: Pick<WorkloadPlan, 'operations' | 'warmup'>,
): void {
  if (lifecycle === null || lifecycle.count === null || operations === null) return;
  const { count, everyOperations, events } = lifecycle;
  // Events of the whole device are the first queue's alone; all others are shared like the operations.
  const isShared = events.some((event) => event === 'ring_reset' || event === 'resize');
  const sharers = isShared ? queueCount : 1;
  const needed = Math.ceil(count / sharers) * everyOperations * queueCount;
  if (operations + warmup.operations >= needed) return;
  const spacing = `one in ${everyOperations} operations of a queue`;
  const text = `${count} events, ${spacing}, need ${needed} operations`;
  const path = job.latest('lifecycle.count', 'operations', 'lifecycle.every');
  job.refuse(path, `${text}, and there are ${operations + warmup.operations}`);
}

function sizesOf(job: JobContext, layout: QueuePlan['layout'], resizes: boolean): readonly number[] {
  const sizes = job.settings.lifecycle?.sizes;
  if (!resizes) {
    if (sizes !== undefined && job.rank('lifecycle.sizes') >= job.rank('lifecycle.events')) {
      job.refuse('lifecycle.sizes', 'belongs to the event resize, which is not among lifecycle.events');
    }
    return [];
  }
  if (sizes === undefined) {
    job.miss(
      'lifecycle.sizes',
      'resize needs the sizes to draw from, such as [32, 128, 256]',
      'lifecycle.events',
    );
    return [];
  }
  const wrong = layout === 'split' ? sizes.filter((size) => (size & (size - 1)) !== 0) : [];
  if (wrong.length > 0) {
    const wanted = `a split queue needs powers of two up to ${QUEUE_SIZE_MAX}`;
    const path = job.latest('lifecycle.sizes', 'queue.layout');
    job.refuse(
      path,
      `${wanted}, and there ${wrong.length === 1 ? 'is' : 'are'} ${wrong.join(', ')}; a packed one takes any`,
    );
  }
  if (sizes.includes(1) && job.settings.device !== 'rng') {
    job.refuse(
      'lifecycle.sizes',
      'a queue of 1 has no room for a block request; device rng can use such a queue',
    );
  }
  return [...new Set(sizes)];
}
