import { z } from 'zod';
import { backendSchema, blkSchema, serviceSchema } from './backend-schema.js';
import { blocks } from './block-schema.js';
import { dmaSchema } from './dma-schema.js';
import { lifecycleSchema } from './lifecycle-schema.js';
import { QUEUE_COUNT_MAX, QUEUE_SIZE_MAX } from './limits.js';
import { memorySchema, queueSchema, waitSchema } from './queue-schema.js';
import { count, filePath, flag, integer, key, range, rate, size, spanMs, warmup } from './schema-values.js';
import type { JobSettings } from './settings.js';

const weight = (): z.ZodNumber => z.number({ error: 'a weight from 0 on' }).min(0, 'a weight from 0 on');
const mix = z.strictObject({
  read: key(weight(), 'Weight of reads.'),
  write: key(weight(), 'Weight of writes.'),
  flush: key(weight(), 'Weight of flushes.'),
  discard: key(weight(), 'Weight of discards.'),
  write_zeroes: key(weight(), 'Weight of writing zeroes.'),
});

const arrival = z.strictObject({
  rate: key(rate(), 'Operations for each second, over all queues, such as 50k/s.'),
  distribution: key(z.enum(['constant', 'poisson']), 'Equal gaps, or random ones.', 'constant'),
});

const source = z.strictObject({
  path: key(filePath(), 'File to copy from. Relative to this file; behind --set, to the current directory.'),
  offset: key(size(), 'Bytes from the start of the disk where the copy begins; a multiple of 512.', '0'),
});

const workerFault = z.strictObject({
  worker: key(z.enum(['guest', 'host']), 'Which side fails.'),
  queue: key(
    integer(0, QUEUE_COUNT_MAX - 1),
    'Which thread of that side: the number of its queue, from 0.',
    '0',
  ),
  how: key(
    z.enum(['exit', 'throw', 'hang', 'pause', 'needs_reset', 'lose_notification']),
    'The thread ends, throws, stops answering, or stands still for a while (pause); needs_reset: the device asks for ' +
      'a reset, and is recovered; lose_notification: one kick of the guest, or one interrupt of the host, gets lost.',
    'exit',
  ),
  after: key(count(0, Number.MAX_SAFE_INTEGER), 'Operations that the queue completes before.', '1000'),
  for: key(spanMs(), 'How long a `pause` is.', '100ms'),
});

/** The keys of a job. None is required here: a job is put together from several of these. */
export const jobSchema: z.ZodType<JobSettings> = z
  .strictObject({
    device: key(
      z.enum(['blk', 'rng']),
      'Device type: a disk, or a source of entropy, which is only read.',
      'blk',
    ),
    transport: key(
      z.enum(['mmio', 'pci']),
      'How the device is reached: virtio-mmio, or virtio-pci with MSI-X.',
      'mmio',
    ),
    memory: key(memorySchema, 'Guest memory.'),
    dma: key(
      dmaSchema.nullable(),
      "How the driver's DMA API maps buffers, with ACCESS_PLATFORM: direct, swiotlb or restricted, or a map with the " +
        'details. null: the device is given guest-physical addresses. Left out: null, with encryption swiotlb.',
    ),
    wait: key(
      waitSchema,
      'How threads wait for each other: a policy, or a map with its details.',
      'adaptive',
    ),
    queue: key(queueSchema, 'The virtqueues.'),
    backend: key(backendSchema, 'What is behind the disk.'),
    blk: key(blkSchema, 'What the block device offers (virtio 1.4, 5.2.4).'),
    service: key(serviceSchema, 'The order in which the device finishes requests.'),
    workload: key(
      z.enum(['read', 'write', 'mixed', 'copy']),
      'What the guest does. copy writes a file to the disk; mixed follows `mix`.',
    ),
    pattern: key(
      z.enum(['sequential', 'random']),
      'Where the next request goes. Left out: random; sequential for copy and with hash.',
    ),
    mix: key(
      mix,
      'mixed: weights of the operations. A job replaces the whole map of `defaults`. Left out: read 70, write 30.',
    ),
    block: key(
      blocks(),
      'Bytes of a request, a multiple of 512: one size, a list of equally likely ones, or a map from size to weight.',
      '4KiB',
    ),
    depth: key(
      integer(1, QUEUE_SIZE_MAX),
      'Requests kept outstanding on each queue. With `arrival` a cap; then 1024 or the queue size, if left out.',
      '32',
    ),
    arrival: key(
      arrival.nullable(),
      'Issue requests at a rate, whatever is outstanding (open loop). null: none.',
    ),
    segments: key(range(), 'Data ranges of a request: a number, or a range to draw from, such as 1..4.', '1'),
    framing: key(
      z.enum(['separate', 'merged']),
      'Header and status in descriptors of their own, or merged with the data. Left out: separate, if that fits.',
    ),
    operations: key(
      count(1, Number.MAX_SAFE_INTEGER).nullable(),
      'End after so many operations over all queues, such as 200k or 1M. With `duration`: whichever comes first.',
    ),
    duration: key(spanMs().nullable(), 'End after this time, such as 10s.'),
    warmup: key(warmup(), 'Time (2s) or operations (1000) at the start that no statistic counts.', '0'),
    verify: key(flag(), 'Check every byte that is read.', 'true'),
    hash: key(flag(), 'SHA-256 of the whole disk: a sequential read over one queue.', 'false'),
    source: key(source.nullable(), 'copy: the file whose bytes are written to the disk.'),
    stall_timeout: key(
      spanMs(),
      'No completion for this long, although requests are outstanding, is a stall.',
      '3500ms',
    ),
    fault: key(workerFault.nullable(), 'A worker thread that is made to fail on purpose. null: none.'),
    lifecycle: key(
      lifecycleSchema.nullable(),
      'Resets, resizes and suspensions in the middle of the load. Features of queue.features that these need are ' +
        'switched on, unless that says otherwise. null: none.',
    ),
  })
  .meta({ id: 'job' });
