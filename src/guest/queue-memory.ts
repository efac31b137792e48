import { assert } from '../assert.js';
import type { Allocator } from '../memory/allocator.js';
import type { MemoryPort } from '../memory/port.js';
import { initSplitRing } from '../virtqueue/split-init.js';
import { type RingAddresses, type SplitLayout, splitLayout, splitParts } from '../virtqueue/split-layout.js';

/** The two cache lines that a core fetches together. */
const LINE_PAIR_BYTES = 128;

/** Takes memory for a split virtqueue. The parts one side writes share no cache line with those the other writes. */
export function allocateSplitRing(allocator: Allocator, size: number): RingAddresses {
  const parts = splitParts(size);
  const place = (sizeBytes: number): number => {
    const padded = Math.ceil(sizeBytes / LINE_PAIR_BYTES) * LINE_PAIR_BYTES;
    const address = allocator.allocate(padded, LINE_PAIR_BYTES);
    assert(address !== null, `guest memory has no room for a ring of ${size} entries`);
    return address;
  };
  return {
    desc: place(parts.desc.sizeBytes),
    driver: place(parts.driver.sizeBytes),
    device: place(parts.device.sizeBytes),
  };
}

/** The layout of a ring at `addresses`, with its memory made ready to be enabled. */
export function prepareSplitRing(
  port: MemoryPort,
  addresses: RingAddresses,
  size: number,
  startIndex: number,
): SplitLayout {
  const layout = splitLayout(size, addresses);
  initSplitRing(port, layout, startIndex);
  return layout;
}
