import { z } from 'zod';
import { encryptionSchema } from './dma-schema.js';
import { MEMORY_MAX_BYTES, QUEUE_COUNT_MAX, QUEUE_SIZE_MAX } from './limits.js';
import { durationNs, flag, integer, key, sizeBetween } from './schema-values.js';
import type { MemorySettings, QueueSettings, WaitSettings } from './settings.js';

const PAGE_BYTES = 4096;

export const memorySchema: z.ZodType<MemorySettings> = z.strictObject({
  size: key(
    sizeBetween(2 ** 20, MEMORY_MAX_BYTES, 'a size from 1MiB to 4GiB in whole pages of 4KiB').refine(
      (bytes) => bytes % PAGE_BYTES === 0,
      'a size from 1MiB to 4GiB in whole pages of 4KiB',
    ),
    'Bytes of guest memory, 1MiB to 4GiB, with the bounce pool. Left out: what the job needs.',
  ),
  encryption: key(
    encryptionSchema.nullable(),
    'Pages are private until the guest shares them. What the host gets of a private page: garbage, zero or fault ' +
      '(its access fails); or a map with the details. null: memory is not encrypted.',
    'null',
  ),
});

const policy = z.enum(['poll', 'block', 'adaptive']);
export const waitSchema: z.ZodType<WaitSettings> = z.union([
  policy.transform((name) => ({ policy: name })),
  z.strictObject({
    policy: key(policy, 'Spin all the time, sleep at once, or spin first and then sleep.', 'adaptive'),
    spin: key(durationNs(), 'How long adaptive spins before it sleeps, such as 50us.', '50us'),
  }),
]);

const FEATURES = [
  'INDIRECT_DESC',
  'EVENT_IDX',
  'IN_ORDER',
  'NOTIFICATION_DATA',
  'RING_RESET',
  'ORDER_PLATFORM',
  'SUSPEND',
  'ACCESS_PLATFORM',
] as const;
const features = z.union([
  z.array(z.enum(FEATURES)).transform((list) => ({
    INDIRECT_DESC: list.includes('INDIRECT_DESC'),
    EVENT_IDX: list.includes('EVENT_IDX'),
    IN_ORDER: list.includes('IN_ORDER'),
    NOTIFICATION_DATA: list.includes('NOTIFICATION_DATA'),
    RING_RESET: list.includes('RING_RESET'),
    ORDER_PLATFORM: list.includes('ORDER_PLATFORM'),
    SUSPEND: list.includes('SUSPEND'),
    // It belongs to `dma`: a list of what the ring can do says nothing about it.
    ACCESS_PLATFORM: list.includes('ACCESS_PLATFORM') ? true : undefined,
  })),
  z.strictObject({
    INDIRECT_DESC: key(
      flag(),
      'Buffers may be described by a table outside the ring (virtio 1.4, 2.7.5.3).',
      'true',
    ),
    EVENT_IDX: key(flag(), 'Each side says at which index it wants to be notified (2.7.10).', 'true'),
    IN_ORDER: key(
      flag(),
      'The device gives buffers back in the order in which it got them (2.7.9).',
      'false',
    ),
    NOTIFICATION_DATA: key(flag(), 'Each kick says how far the driver has come in the ring (2.9).', 'false'),
    RING_RESET: key(flag(), 'The driver may reset one queue, and the others go on (2.6.1).', 'false'),
    ORDER_PLATFORM: key(
      flag(),
      'The device asks for barriers that hold against real hardware (6); the driver agrees when its own do.',
      'false',
    ),
    SUSPEND: key(flag(), 'The driver may suspend the device, which keeps its state (3.4).', 'false'),
    ACCESS_PLATFORM: key(
      flag(),
      'The device reaches memory as the platform lets it: the driver uses its DMA API (6.1). Left out, also of a ' +
        'list: on with `dma`.',
    ),
  }),
]);

export const queueSchema: z.ZodType<QueueSettings> = z.strictObject({
  layout: key(z.enum(['split', 'packed']), 'Ring layout (virtio 1.4, 2.7 and 2.8).', 'split'),
  size: key(
    integer(1, QUEUE_SIZE_MAX),
    'Descriptors in a queue, up to 32768: split a power of two, packed any number. A disk needs at least 2.',
    '128',
  ),
  count: key(integer(1, QUEUE_COUNT_MAX), 'Queues; each has a guest and a host thread of its own.', '1'),
  features: key(
    features,
    'Ring features on offer: a list of names, or a map from name to true or false.',
    '[INDIRECT_DESC, EVENT_IDX]',
  ),
  direct: key(
    integer(0, QUEUE_SIZE_MAX - 1),
    'Needs INDIRECT_DESC. split: ranges in front of the indirect descriptor; packed: buffers of up to one range more ' +
      'stay direct.',
    '0',
  ),
  start_index: key(
    integer(0, 65535),
    'First value of the ring indices, to run across the wrap at 65536 early.',
    '0',
  ),
});
