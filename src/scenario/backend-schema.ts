import { z } from 'zod';
import { BLK_ID_BYTES, SECTOR_BYTES } from '../devices/blk.js';
import { MEMORY_MAX_BYTES, QUEUE_SIZE_MAX } from './limits.js';
import type { BackendFaultPlan } from './plan.js';
import { count, filePath, flag, integer, key, share, sizeBetween } from './schema-values.js';
import type { BackendSettings, BlkSettings, ServiceSettings } from './settings.js';

const fault = z
  .strictObject({
    operation: key(
      z.enum(['read', 'write', 'flush', 'discard', 'write_zeroes', 'any']),
      'Calls that fail.',
      'any',
    ),
    errno: z.enum(['EIO', 'ENOSPC']).meta({ description: 'The error that they fail with.' }),
    after: key(
      count(0, Number.MAX_SAFE_INTEGER),
      'Calls of that kind, on each queue, that succeed first.',
      '0',
    ),
    probability: key(share(), 'Of the calls after these, the share that fails: 0 to 1, or 5%.', '1'),
  })
  .transform(({ operation = 'any', errno, after = 0, probability = 1 }): BackendFaultPlan => {
    return { operation, errno, afterCalls: after, probability };
  });

export const backendSchema: z.ZodType<BackendSettings> = z.strictObject({
  kind: key(z.enum(['memory', 'file']), 'Where the disk is. May be left out when `path` is there.', 'memory'),
  size: key(
    sizeBetween(SECTOR_BYTES, MEMORY_MAX_BYTES, 'a size from 512 bytes to 4GiB'),
    'Bytes of a disk in memory, 512 bytes to 4GiB.',
    '64MiB',
  ),
  path: key(filePath(), 'Raw image file. Relative to this file; behind --set, to the current directory.'),
  read_only: key(flag(), 'The device refuses to write.', 'false'),
  faults: key(z.array(fault), 'Errors that the backend returns on purpose.'),
});

const SIZE_MAX_EXPECTED = 'a size from 512 bytes to below 4GiB, or null';
const SERIAL_EXPECTED = `text of at most ${BLK_ID_BYTES} bytes (in quotes if it looks like a number)`;
export const blkSchema: z.ZodType<BlkSettings> = z.strictObject({
  size_max: key(
    sizeBetween(SECTOR_BYTES, 2 ** 32 - 1, SIZE_MAX_EXPECTED).nullable(),
    'Bytes of the longest data segment that the device takes; null: any length.',
    'null',
  ),
  seg_max: key(
    integer(1, QUEUE_SIZE_MAX).nullable(),
    'Data segments of a request at most; null: any number.',
    'null',
  ),
  serial: key(
    z
      .string({ error: SERIAL_EXPECTED })
      .refine((text) => Buffer.byteLength(text) <= BLK_ID_BYTES, SERIAL_EXPECTED),
    'What the device answers to GET_ID, up to 20 bytes.',
    'vring-blk',
  ),
});

export const serviceSchema: z.ZodType<ServiceSettings> = z.strictObject({
  window: key(
    integer(1, QUEUE_SIZE_MAX),
    'Requests taken off the queue before one of them is finished; 1 finishes each before the next.',
    '8',
  ),
  order: key(
    z.enum(['random', 'fifo', 'lifo']),
    'Which request of the window is finished next. Left out: random, with IN_ORDER fifo.',
  ),
});
