import { assert } from '../assert.js';
import type { CoherentMemory, DmaApi } from '../dma/dma-api.js';
import type { Allocator } from '../memory/allocator.js';
import { type RingLayout, ringParts } from '../virtqueue/layouts.js';
import type { RingAddresses } from '../virtqueue/split-layout.js';

/** The two cache lines that a core fetches together. */
export const LINE_PAIR_BYTES = 128;

/** A ring that was allocated by the DMA API, and what to give back to it. */
export interface CoherentRing {
  readonly addresses: RingAddresses;
  readonly memories: readonly CoherentMemory[];
}

/**
 * Takes memory for a virtqueue straight from pages: the device is told guest-physical addresses. The parts one side
 * writes share no cache line with those the other writes.
 */
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

/**
 * Takes memory for a virtqueue through the DMA API: pages that the device can reach, in whatever way that takes. A
 * split ring is one piece, a packed one three. Null: there is no such memory, or the host would not share it.
 */
export function allocateCoherentRing(dma: DmaApi, layout: RingLayout, size: number): CoherentRing | null {
  const { desc, driver, device } = ringParts(layout, size);
  const lines = (sizeBytes: number): number => Math.ceil(sizeBytes / LINE_PAIR_BYTES) * LINE_PAIR_BYTES;
  const offsets = [0, lines(desc.sizeBytes), lines(desc.sizeBytes) + lines(driver.sizeBytes)] as const;
  const pieces =
    layout === 'split'
      ? [offsets[2] + lines(device.sizeBytes)]
      : [desc.sizeBytes, driver.sizeBytes, device.sizeBytes];
  const memories: CoherentMemory[] = [];
  for (const sizeBytes of pieces) {
    const memory = dma.allocCoherent(sizeBytes);
    if (memory === null) {
      for (const taken of memories) dma.freeCoherent(taken);
      return null;
    }
    assert(memory.busAddress === memory.address, 'a bus that translates is not supported');
    memories.push(memory);
  }
  const [first, second = first, third = first] = memories.map((memory) => memory.address) as [number];
  const addresses =
    layout === 'split'
      ? { desc: first, driver: first + offsets[1], device: first + offsets[2] }
      : { desc: first, driver: second, device: third };
  return { addresses, memories };
}
