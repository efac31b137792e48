import { describe, expect, test } from 'vitest';
import { ProtocolViolation } from '../../../src/errors.js';
import { allocateRing } from '../../../src/guest/queue-memory.js';
import { RingArea, type RetiredBy } from '../../../src/guest/ring-area.js';
import { Allocator } from '../../../src/memory/allocator.js';
import { SharedMemory } from '../../../src/memory/shared-memory.js';
import { type RingLayout, ringParts } from '../../../src/virtqueue/layouts.js';
import type { RingAddresses } from '../../../src/virtqueue/split-layout.js';

function area(layout: RingLayout, size: number): { port: SharedMemory; at: RingAddresses; area: RingArea } {
  const port = SharedMemory.ofSize(1 << 16);
  const at = allocateRing(new Allocator(port.sizeBytes), layout, size);
  return { port, at, area: new RingArea(port, layout, size, at) };
}

function violation(of: RingArea, because: RetiredBy): ProtocolViolation | null {
  try {
    of.checkUntouched(because);
    return null;
  } catch (error) {
    if (error instanceof ProtocolViolation) return error;
    throw error;
  }
}

describe.each(['split', 'packed'] as const)('an area that a %s ring has left', (layout) => {
  test('shows any byte that is written into it', () => {
    const { port, at, area: old } = area(layout, 7 + 1);
    const parts = ringParts(layout, 8);
    for (const name of ['desc', 'driver', 'device'] as const) {
      for (let offset = 0; offset < parts[name].sizeBytes; offset++) {
        old.retire();
        expect(violation(old, 'device_reset')).toBeNull();
        port.store8(at[name] + offset, port.load8(at[name] + offset) ^ 0x80);
        const found = violation(old, 'device_reset');
        expect(found?.code).toBe('RING_WRITTEN_AFTER_RESET');
        expect(found?.message).toContain(`${name} area + ${offset - (offset % 4)}:`);
      }
    }
  });
});

test('a write after a reset names the clause of that reset, and both values', () => {
  const { port, at, area: old } = area('split', 8);
  old.retire();
  const before = port.load32(at.device);
  port.store32(at.device, 0x1234);
  expect(violation(old, 'device_reset')?.detail).toEqual({
    section: '2.4.1',
    expected: `0x${before.toString(16)} at 0x${at.device.toString(16)}`,
    actual: '0x1234',
  });
  expect(violation(old, 'ring_reset'), 'it is told once').toBeNull();
  port.store32(at.device, 0x1234);
  expect(violation(old, 'ring_reset')?.detail.section).toBe('2.6.1.1.1');
});

test('what is copied from another area is noticed too', () => {
  const port = SharedMemory.ofSize(1 << 16);
  const allocator = new Allocator(port.sizeBytes);
  const [one, two] = [allocateRing(allocator, 'split', 8), allocateRing(allocator, 'split', 8)];
  const areas = [new RingArea(port, 'split', 8, one), new RingArea(port, 'split', 8, two)] as const;
  for (const each of areas) each.retire();
  port.store32(two.device + 4, port.load32(one.device + 4));
  expect(violation(areas[0], 'ring_reset')).toBeNull();
  expect(violation(areas[1], 'ring_reset')).not.toBeNull();
});
