import { describe, expect, test } from 'vitest';
import { BLK_HEADER_BYTES } from '../../../src/devices/blk.js';
import { InvariantError } from '../../../src/errors.js';
import { BlkSlots } from '../../../src/guest/blk-slots.js';
import { Allocator } from '../../../src/memory/allocator.js';
import { SharedMemory } from '../../../src/memory/shared-memory.js';

const MEMORY_BYTES = 1 << 20;

function makeSlots(count: number, dataBytes: number): { memory: SharedMemory; slots: BlkSlots } {
  const memory = SharedMemory.ofSize(MEMORY_BYTES);
  return { memory, slots: new BlkSlots(memory, new Allocator(MEMORY_BYTES), count, dataBytes) };
}

describe.each([512, 4096, 4096 + 512, 65536])('slots for %i bytes', (dataBytes) => {
  test('have header, data and status where one descriptor can hold neighbours', () => {
    const { slots } = makeSlots(3, dataBytes);
    for (let slot = 0; slot < 3; slot++) {
      expect(slots.header(slot) + BLK_HEADER_BYTES).toBe(slots.data(slot));
      expect(slots.data(slot) % 4096).toBe(0);
      expect(slots.status(slot)).toBeLessThan(slots.header(slot));
      expect(Math.floor(slots.status(slot) / 64)).toBe(Math.floor(slots.header(slot) / 64));
    }
  });

  test('share no byte with each other', () => {
    const { slots } = makeSlots(3, dataBytes);
    const ends = [0, 1, 2].map((slot) => ({
      from: Math.min(slots.status(slot), slots.header(slot)),
      to: slots.data(slot) + dataBytes + 1,
    }));
    for (let i = 1; i < ends.length; i++) expect(ends[i]?.from).toBeGreaterThanOrEqual(ends[i - 1]?.to ?? 0);
  });

  test('show their data as bytes and as words of the same memory', () => {
    const { memory, slots } = makeSlots(2, dataBytes);
    expect([slots.bytes(1).length, slots.words(1).length]).toEqual([dataBytes, dataBytes / 4]);
    memory.store32(slots.data(1) + dataBytes - 4, 0x04030201);
    expect(slots.words(1).at(-1)).toBe(0x04030201);
    expect([...slots.bytes(1).subarray(-4)]).toEqual([1, 2, 3, 4]);
    expect(slots.words(0).at(-1)).toBe(0);
  });

  test('take no more memory than they say', () => {
    const needed = BlkSlots.sizeBytes(4, dataBytes);
    const memory = SharedMemory.ofSize(MEMORY_BYTES);
    // Started at the worst place for pages.
    const allocator = new Allocator(4104 + needed, 4104);
    expect(new BlkSlots(memory, allocator, 4, dataBytes).count).toBe(4);
  });
});

test('slots that are no whole sectors, or that memory has no room for, are refused', () => {
  expect(() => makeSlots(1, 0)).toThrow(InvariantError);
  expect(() => makeSlots(1, 513)).toThrow(InvariantError);
  expect(() => makeSlots(1000, 65536)).toThrow(InvariantError);
});
