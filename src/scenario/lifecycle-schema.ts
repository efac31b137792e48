import { z } from 'zod';
import { QUEUE_SIZE_MAX } from './limits.js';
import { count, integer, key } from './schema-values.js';
import type { LifecycleSettings } from './settings.js';

const event = z.enum(['device_reset', 'ring_reset', 'resize', 'suspend']);

export const lifecycleSchema: z.ZodType<LifecycleSettings> = z.strictObject({
  every: key(
    count(1, 2 ** 32),
    'Of so many operations that a queue completes, one, at random, is followed by an event.',
    '1000',
  ),
  events: key(
    z.array(event, { error: 'a list of events' }).min(1, 'at least one event'),
    'What happens, in random order: device_reset, the whole device, and all that was in flight is posted again; ' +
      'ring_reset, one ring alone; resize, a ring reset that changes its size; suspend, and resume.',
  ),
  sizes: key(
    z.array(integer(1, QUEUE_SIZE_MAX), { error: 'a list of queue sizes' }).min(1, 'at least one size'),
    'resize: the sizes to draw from.',
  ),
  count: key(
    count(1, Number.MAX_SAFE_INTEGER).nullable(),
    'Events over all queues. Left out or null: as many as fall due.',
  ),
});
