import { describe, expect, test } from 'vitest';
import { InvariantError } from '../../../src/errors.js';
import { allocateSplitRing, prepareSplitRing } from '../../../src/guest/queue-memory.js';
import { Allocator } from '../../../src/memory/allocator.js';
import { SharedMemory } from '../../../src/memory/shared-memory.js';
import { splitParts } from '../../../src/virtqueue/split-layout.js';

const MEMORY_BYTES = 1 << 21;

describe.each([1, 2, 256, 32768])('a ring of %i entries', (size) => {
  test('has its parts on lines that no other part touches', () => {
    const allocator = new Allocator(MEMORY_BYTES);
    allocator.allocate(24);
    const ring = allocateSplitRing(allocator, size);
    const parts = splitParts(size);
    const spans = (['desc', 'driver', 'device'] as const).map((name) => ({
      from: Math.floor(ring[name] / 128),
      to: Math.floor((ring[name] + parts[name].sizeBytes - 1) / 128),
    }));
    spans.sort((a, b) => a.from - b.from);
    for (let i = 1; i < spans.length; i++) expect(spans[i]?.from).toBeGreaterThan(spans[i - 1]?.to ?? 0);
    for (const name of ['desc', 'driver', 'device'] as const) expect(ring[name] % parts[name].align).toBe(0);
  });

  test('is all zeros but its indices, whatever was there before', () => {
    const memory = SharedMemory.ofSize(MEMORY_BYTES);
    const ring = allocateSplitRing(new Allocator(MEMORY_BYTES), size);
    memory.bytes(0, MEMORY_BYTES).fill(0xa5);
    const layout = prepareSplitRing(memory, ring, size, 0xfffe);
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
  expect(() => allocateSplitRing(new Allocator(8192), 256)).toThrow(InvariantError);
});
