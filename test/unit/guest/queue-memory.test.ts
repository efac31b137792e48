import { describe, expect, test } from 'vitest';
import { InvariantError } from '../../../src/errors.js';
import { allocateRing } from '../../../src/guest/queue-memory.js';
import { Allocator } from '../../../src/memory/allocator.js';
import { SharedMemory } from '../../../src/memory/shared-memory.js';
import { initRing, type RingLayout, ringParts } from '../../../src/virtqueue/layouts.js';
import { splitLayout, splitParts } from '../../../src/virtqueue/split-layout.js';

const MEMORY_BYTES = 1 << 21;

const RINGS: [RingLayout, number][] = [
  ['split', 1],
  ['split', 2],
  ['split', 256],
  ['split', 32768],
  ['packed', 1],
  ['packed', 7],
  ['packed', 32768],
];

describe.each(RINGS)('a %s ring of %i entries', (layout, size) => {
  test('has its parts on lines that no other part touches', () => {
    const allocator = new Allocator(MEMORY_BYTES);
    allocator.allocate(24);
    const ring = allocateRing(allocator, layout, size);
    const parts = ringParts(layout, size);
    const spans = (['desc', 'driver', 'device'] as const).map((name) => ({
      from: Math.floor(ring[name] / 128),
      to: Math.floor((ring[name] + parts[name].sizeBytes - 1) / 128),
    }));
    spans.sort((a, b) => a.from - b.from);
    for (let i = 1; i < spans.length; i++) expect(spans[i]?.from).toBeGreaterThan(spans[i - 1]?.to ?? 0);
    for (const name of ['desc', 'driver', 'device'] as const) expect(ring[name] % parts[name].align).toBe(0);
  });
});

describe.each([1, 2, 256, 32768])('a split ring of %i entries', (size) => {
  test('is all zeros but its indices, whatever was there before', () => {
    const memory = SharedMemory.ofSize(MEMORY_BYTES);
    const ring = allocateRing(new Allocator(MEMORY_BYTES), 'split', size);
    memory.bytes(0, MEMORY_BYTES).fill(0xa5);
    initRing('split', memory, size, ring, 0xfffe);
    const layout = splitLayout(size, ring);
    const parts = splitParts(size);
    const indices = [layout.availIdx, layout.usedIdx, layout.usedEvent, layout.availEvent];
    for (const index of indices) {
      expect(memory.load16(index)).toBe(0xfffe);
      memory.store16(index, 0);
    }
    expect(memory.load8(ring.device + parts.device.sizeBytes), 'behind the last part').toBe(0xa5);
    for (const name of ['desc', 'driver', 'device'] as const) {
      expect(
        memory.bytes(ring[name], parts[name].sizeBytes).every((byte) => byte === 0),
        name,
      ).toBe(true);
    }
  });
});

test('a ring that memory has no room for is refused', () => {
  expect(() => allocateRing(new Allocator(8192), 'split', 256)).toThrow(InvariantError);
});
