import type { DmaApi } from '../../dma/dma-api.js';
import { Allocator } from '../../memory/allocator.js';
import { Doorbell } from '../../memory/doorbell.js';
import type { MemoryPort } from '../../memory/port.js';
import { IndirectTables } from '../../virtqueue/indirect-tables.js';
import { type RingLayout, ringParts } from '../../virtqueue/layouts.js';
import type { Notifier } from '../../virtqueue/queue.js';
import type { RingAddresses } from '../../virtqueue/split-layout.js';

/** Bytes of a buffer's request and of its answer: one word each. */
export const WORD_BYTES = 4;

const TABLES_BYTES = 4096;
const RING_AT = 4096;

/** Where a queue, its doorbells and its buffers are in the memory of an explored program. */
export interface RingMemory {
  readonly sizeBytes: number;
  readonly ring: RingAddresses;
  readonly kick: number;
  readonly interrupt: number;
  /** The request of buffer `i`; its answer is behind it. */
  readonly buffer: (i: number) => number;
  readonly tablesAt: number;
}

/** Lays a queue of `size` entries out, with room for `bufferCount` buffers of a request and an answer. */
export function ringMemory(
  layout: RingLayout,
  size: number,
  bufferCount: number,
  startAt: number = RING_AT,
): RingMemory {
  let end = startAt;
  const place = (sizeBytes: number): number => {
    const at = end;
    end += Math.ceil(sizeBytes / 64) * 64;
    return at;
  };
  const parts = ringParts(layout, size);
  const ring = {
    desc: place(parts.desc.sizeBytes),
    driver: place(parts.driver.sizeBytes),
    device: place(parts.device.sizeBytes),
  };
  const kick = place(WORD_BYTES);
  const interrupt = place(WORD_BYTES);
  const buffers = place(bufferCount * 2 * WORD_BYTES);
  const tablesAt = place(TABLES_BYTES);
  const buffer = (i: number): number => buffers + i * 2 * WORD_BYTES;
  return { sizeBytes: end, ring, kick, interrupt, buffer, tablesAt };
}

export function tablesOf({ tablesAt }: RingMemory, dma: DmaApi | null = null): IndirectTables {
  return new IndirectTables(new Allocator(tablesAt + TABLES_BYTES, tablesAt), dma);
}

/** The way to the other side: a doorbell at `address`. */
export function bellNotifier(port: MemoryPort, address: number): Notifier {
  const bell = new Doorbell(port, address);
  return { notify: () => bell.ring() };
}
