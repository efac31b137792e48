import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvariantError } from '../../../src/errors.js';
import { SharedMemory } from '../../../src/memory/shared-memory.js';
import { seeded } from '../../support/ring/seeded.js';

const SIZE = 256;

/** Loads and stores by width, under every order that the port declares. */
const accesses = [
  { width: 1, load: 'load8', store: 'store8' },
  { width: 2, load: 'load16', store: 'store16' },
  { width: 2, load: 'load16Relaxed', store: 'store16Relaxed' },
  { width: 2, load: 'load16Acquire', store: 'store16Release' },
  { width: 4, load: 'load32', store: 'store32' },
  { width: 4, load: 'load32Acquire', store: 'store32Release' },
] as const;

describe.each(accesses)('$load and $store', ({ width, load, store }) => {
  const top = 2 ** (8 * width);

  it('move unsigned little-endian values, and touch no other byte', () => {
    const memory = SharedMemory.ofSize(SIZE);
    const bytes = memory.bytes(0, SIZE);
    for (const value of [0, 1, 0x80, 0xff, top / 2 - 1, top / 2, top - 1].filter((v) => v < top)) {
      for (const address of [0, width, 64, SIZE - width]) {
        bytes.fill(0x5a);
        memory[store](address, value);
        expect(memory[load](address)).toBe(value);
        const expected = Array.from({ length: width }, (_, i) => Math.floor(value / 2 ** (8 * i)) % 256);
        expect([...bytes.subarray(address, address + width)]).toEqual(expected);
        expect(bytes.filter((byte) => byte !== 0x5a).length).toBeLessThanOrEqual(width);
      }
    }
  });

  it('fail outside the memory, above it and below it, and change nothing', () => {
    const memory = SharedMemory.ofSize(SIZE);
    for (const address of [
      SIZE,
      SIZE + 4,
      2 ** 31,
      2 ** 32 - 4,
      2 ** 32,
      2 ** 32 + 8,
      2 ** 53 - 8,
      -4,
      -SIZE,
    ]) {
      expect(() => memory[load](address), `load at ${address}`).toThrow();
      expect(() => memory[store](address, 1), `store at ${address}`).toThrow();
    }
    expect(memory.bytes(0, SIZE).every((byte) => byte === 0)).toBe(true);
  });
});

it.each(accesses.filter(({ width }) => width > 1))(
  '$load and $store refuse an address that is not aligned',
  ({ width, load, store }) => {
    const memory = SharedMemory.ofSize(SIZE);
    for (let offset = 1; offset < width; offset++) {
      expect(() => memory[load](8 + offset)).toThrow(InvariantError);
      expect(() => memory[store](8 + offset, 1)).toThrow(InvariantError);
    }
  },
);

describe('plain stores', () => {
  it('notice an address that is not a number, which would otherwise be lost or land at 0', () => {
    const memory = SharedMemory.ofSize(SIZE);
    for (const store of ['store8', 'store16', 'store32'] as const) {
      expect(() => memory[store](Number.NaN, 0xff), store).toThrow(InvariantError);
    }
    expect(memory.load32(0)).toBe(0);
  });
});

describe('copyIn and copyOut', () => {
  // 64 bytes is where the way of copying changes.
  it.each([0, 1, 15, 63, 64, 65, 200])('copy %i bytes exactly, from and to any offset', (length) => {
    for (const [address, offset] of [
      [0, 0],
      [1, 3],
      [SIZE - length, 5],
    ] as const) {
      const memory = SharedMemory.ofSize(SIZE);
      const source = Uint8Array.from({ length: 300 }, (_, i) => 1 + (i % 255));
      memory.copyIn(address, source, offset, length);
      const all = [...memory.bytes(0, SIZE)];
      expect(all.slice(address, address + length)).toEqual([...source.subarray(offset, offset + length)]);
      expect(all.filter((byte) => byte !== 0)).toHaveLength(length);

      const target = new Uint8Array(300).fill(0xee);
      memory.copyOut(address, target, offset, length);
      expect(target.subarray(offset, offset + length)).toEqual(source.subarray(offset, offset + length));
      expect(target.filter((byte, i) => byte !== 0xee && (i < offset || i >= offset + length))).toHaveLength(
        0,
      );
    }
  });

  it('agree with a plain array whatever the ranges, also when they overlap earlier ones', () => {
    const copy = fc.record({ at: fc.nat(SIZE), offset: fc.nat(200), length: fc.nat(150), seed: fc.nat(255) });
    const property = fc.property(fc.array(copy), (copies) => {
      const memory = SharedMemory.ofSize(SIZE);
      const model = new Uint8Array(SIZE);
      for (const { at, offset, length, seed } of copies) {
        const source = Uint8Array.from({ length: 400 }, (_, i) => (i * 7 + seed) & 0xff);
        if (at + length > SIZE) continue;
        memory.copyIn(at, source, offset, length);
        model.set(source.subarray(offset, offset + length), at);
      }
      const out = new Uint8Array(SIZE);
      memory.copyOut(0, out, 0, SIZE);
      expect(out).toEqual(model);
    });
    fc.assert(property, seeded(100));
  });

  it.each([10, 100])('refuse a range outside the memory or outside the array, of %i bytes', (length) => {
    const memory = SharedMemory.ofSize(SIZE);
    const array = new Uint8Array(300).fill(9);
    for (const address of [SIZE - length + 1, SIZE, -1, -length, 2 ** 32, Number.NaN]) {
      expect(() => memory.copyIn(address, array, 0, length), `in at ${address}`).toThrow(InvariantError);
      expect(() => memory.copyOut(address, array, 0, length), `out at ${address}`).toThrow(InvariantError);
      expect(() => memory.bytes(address, length), `bytes at ${address}`).toThrow(InvariantError);
    }
    for (const offset of [300 - length + 1, 300, -1]) {
      expect(() => memory.copyIn(0, array, offset, length), `from ${offset}`).toThrow(InvariantError);
      expect(() => memory.copyOut(0, array, offset, length), `to ${offset}`).toThrow(InvariantError);
    }
    expect(() => memory.copyIn(0, array, 0, -1)).toThrow(InvariantError);
    expect(memory.bytes(0, SIZE).every((byte) => byte === 0)).toBe(true);
    expect(array.every((byte) => byte === 9)).toBe(true);
  });
});

describe('bytes and words', () => {
  it('are the memory itself, not a copy', () => {
    const memory = SharedMemory.ofSize(SIZE);
    memory.bytes(8, 4).set([1, 2, 3, 4]);
    expect(memory.load32(8)).toBe(0x04030201);
    const words = memory.words(8, 8);
    expect(words).toHaveLength(2);
    words[1] = 0xdeadbeef;
    expect(memory.load32(12)).toBe(0xdeadbeef);
    expect(() => memory.words(SIZE - 4, 8)).toThrow(InvariantError);
    expect(() => memory.words(2, 4)).toThrow(InvariantError);
    expect(() => memory.words(4, 2)).toThrow(InvariantError);
  });
});

describe('read-modify-writes', () => {
  it('return the value from before, and wrap at 32 bits', () => {
    const memory = SharedMemory.ofSize(SIZE);
    memory.store32(4, 0xffff_fffe);
    expect(memory.add32(4, 3)).toBe(0xffff_fffe);
    expect(memory.or32(4, 0x8000_0000)).toBe(1);
    expect(memory.and32(4, 0xf000_000f)).toBe(0x8000_0001);
    expect(memory.load32Acquire(4)).toBe(0x8000_0001);
    for (const call of ['add32', 'or32', 'and32'] as const) {
      expect(() => memory[call](2, 1), call).toThrow(InvariantError);
      expect(() => memory[call](SIZE, 1), call).toThrow();
    }
  });
});

describe('a window of a buffer', () => {
  it('starts at its offset, ends at its size, and leaves the rest alone', () => {
    const buffer = new SharedArrayBuffer(1024);
    const all = new Uint8Array(buffer);
    const window = new SharedMemory(buffer, 512, 64);
    expect(window.sizeBytes).toBe(64);
    window.store8(0, 1);
    window.store16Release(2, 0x0302);
    window.store32(60, 0x0d0c0b0a);
    window.copyIn(8, Uint8Array.of(9, 9), 0, 2);
    window.add32(16, 5);
    expect([...all.subarray(512, 516), ...all.subarray(572, 576)]).toEqual([1, 0, 2, 3, 10, 11, 12, 13]);
    expect(all.filter((byte, i) => byte !== 0 && (i < 512 || i >= 576))).toHaveLength(0);
    expect(() => window.load8(64)).toThrow(InvariantError);
    expect(() => window.load32(64)).toThrow(InvariantError);
    expect(() => window.copyOut(60, new Uint8Array(8), 0, 8)).toThrow(InvariantError);
  });

  it('reaches to the end of the buffer when no size is given; two windows share their bytes', () => {
    const buffer = new SharedArrayBuffer(1024);
    const [low, high] = [new SharedMemory(buffer), new SharedMemory(buffer, 512)];
    expect([low.sizeBytes, high.sizeBytes]).toEqual([1024, 512]);
    high.store32Release(508, 77);
    expect(low.load32Acquire(1020)).toBe(77);
  });

  it('must be aligned and of whole words, and lie in the buffer', () => {
    const buffer = new SharedArrayBuffer(1024);
    expect(() => new SharedMemory(buffer, 4)).toThrow(/8 bytes/);
    expect(() => new SharedMemory(buffer, 0, 1020)).toThrow(/multiple of 8/);
    expect(() => new SharedMemory(buffer, 0, 0)).toThrow(/out of range/);
    expect(() => new SharedMemory(buffer, 1024)).toThrow(/out of range/);
    expect(() => new SharedMemory(buffer, 0, 2048)).toThrow();
    expect(() => new SharedMemory(buffer, -8)).toThrow();
  });
});
