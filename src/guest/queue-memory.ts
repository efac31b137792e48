import { assert } from '../assert.js';
import type { Allocator } from '../memory/allocator.js';
import { type RingLayout, ringParts } from '../virtqueue/layouts.js';
import type { RingAddresses } from '../virtqueue/split-layout.js';

/** The two cache lines that a core fetches together. */
export const LINE_PAIR_BYTES = 128;

/** Takes memory for a virtqueue. The parts one side writes share no cache line with those the other writes. */
export function allocateRing(allocator: Allocator, layout: RingLayout, size: number): RingAddresses {
  const parts = ringParts(layout, size);
  const place = (sizeBytes: number): number => {
    const padded = Math.ceil(sizeBytes / LINE_PAIR_BYTES) * LINE_PAIR_BYTES;
    const address = allocator.allocate(padded, LINE_PAIR_BYTES);
    assert(address !== null, 'guest memory has no room for a ring of % entries', size);
    return address;
  };
  return {
    desc: place(parts.desc.sizeBytes),
    driver: place(parts.driver.sizeBytes),
    device: place(parts.device.sizeBytes),
  };
}
