import type { RingLayout } from '../virtqueue/layouts.js';
import type { QueueOptions } from '../virtqueue/queue.js';
import type { EventWriter } from './event-ring.js';
import { LifeFeature } from './ring-event.js';

/** From one set-up of a queue to its reset. */
export interface RingLife {
  /** The queue's number. */
  readonly queue: number;
  /** The same on both sides, another one for each ring that the queue gets. */
  readonly life: number;
  readonly layout: RingLayout;
  readonly options: QueueOptions;
}

export function recordLife(log: EventWriter, { queue, life, layout, options }: RingLife): void {
  const features =
    (options.eventIdx ? LifeFeature.eventIdx : 0) |
    (options.indirect ? LifeFeature.indirect : 0) |
    (options.inOrder ? LifeFeature.inOrder : 0);
  log.write(
    'lifeBegan',
    queue,
    life,
    options.size,
    layout === 'packed' ? 1 : 0,
    options.startIndex,
    features,
  );
}
