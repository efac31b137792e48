import { describe, expect, it } from 'vitest';
import { InvariantError } from '../../../src/errors.js';
import { MAX_MEMORY_BYTES, SharedMemory } from '../../../src/memory/shared-memory.js';

// The pages of a large buffer cost nothing until they are touched, and these tests touch a few at the top.
describe.each([
  { title: '1 GiB', sizeBytes: 2 ** 30 },
  { title: '4 GiB', sizeBytes: 2 ** 32 },
])('a memory of $title', ({ sizeBytes }) => {
  const memory = SharedMemory.ofSize(sizeBytes);

  it('is accessed at its top by the address given, not by its low 31 or 32 bits', () => {
    memory.store8(sizeBytes - 1, 0x11);
    memory.store16(sizeBytes - 4, 0x2222);
    memory.store32(sizeBytes - 8, 0x3333_3333);
    memory.store16Release(sizeBytes - 10, 0x4444);
    memory.store32Release(sizeBytes - 16, 0x5555_5555);
    expect(memory.load8(sizeBytes - 1)).toBe(0x11);
    expect(memory.load16(sizeBytes - 4)).toBe(0x2222);
    expect(memory.load32(sizeBytes - 8)).toBe(0x3333_3333);
    expect(memory.load16Acquire(sizeBytes - 10)).toBe(0x4444);
    expect(memory.load32Acquire(sizeBytes - 16)).toBe(0x5555_5555);
    expect(memory.add32(sizeBytes - 16, 1)).toBe(0x5555_5555);
    expect(memory.load32(0), 'nothing wrapped round to the bottom').toBe(0);
  });

  it('is copied to and from up to its last byte', () => {
    const source = Uint8Array.from({ length: 100 }, (_, i) => i + 1);
    const target = new Uint8Array(100);
    memory.copyIn(sizeBytes - 100, source, 0, 100);
    memory.copyOut(sizeBytes - 100, target, 0, 100);
    expect(target).toEqual(source);
    expect(memory.bytes(sizeBytes - 3, 3)).toEqual(Uint8Array.of(98, 99, 100));
    expect(() => memory.copyIn(sizeBytes - 99, source, 0, 100)).toThrow(InvariantError);
  });

  it('is not accessed behind its end', () => {
    for (const address of [sizeBytes, sizeBytes + 8, sizeBytes + 2 ** 32]) {
      expect(() => memory.load8(address)).toThrow();
      expect(() => memory.load16(address)).toThrow();
      expect(() => memory.load32(address)).toThrow();
      expect(() => memory.store8(address, 1)).toThrow();
      expect(() => memory.store16(address, 1)).toThrow();
      expect(() => memory.store32(address, 1)).toThrow();
      expect(() => memory.load16Acquire(address)).toThrow();
      expect(() => memory.store16Release(address, 1)).toThrow();
      expect(() => memory.add32(address, 1)).toThrow();
    }
    expect(memory.load32(0)).toBe(0);
    expect(memory.load32(8)).toBe(0);
  });
});

describe('the limit', () => {
  it('is 4 GiB: what typed arrays can span, and what shifts of an address stay exact for', () => {
    expect(MAX_MEMORY_BYTES).toBe(2 ** 32);
    const small = new SharedArrayBuffer(1024);
    expect(() => new SharedMemory(small, 0, 2 ** 32 + 8)).toThrow(/out of range/);
  });
});
