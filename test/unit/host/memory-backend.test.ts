import { expect, test } from 'vitest';
import { InvariantError } from '../../../src/errors.js';
import { MemoryBackend } from '../../../src/host/memory-backend.js';
import { SharedMemory } from '../../../src/memory/shared-memory.js';
import { memoryOf } from '../../support/host/memory-of.js';
import { patternBytes } from '../../support/host/temp-image.js';

test('a disk in memory is the same disk for every backend over it', () => {
  const disk = memoryOf(patternBytes(4096));
  const one = new MemoryBackend(disk, false);
  const other = new MemoryBackend(new SharedMemory(disk.buffer), true);
  one.write(1024, memoryOf(patternBytes(512, 5)), 0, 512);
  one.flush();
  const guest = SharedMemory.ofSize(1024);
  other.read(1024, guest, 512, 512);
  expect(Buffer.compare(guest.bytes(512, 512), patternBytes(512, 5))).toBe(0);
  expect(Buffer.compare(guest.bytes(0, 512), new Uint8Array(512))).toBe(0);
  one.close();
  other.close();
});

test.each(['discard', 'writeZeroes'] as const)(
  '%s leaves zeros in the range and nothing else',
  (operation) => {
    const disk = memoryOf(patternBytes(4096));
    new MemoryBackend(disk, false)[operation](512, 1024);
    expect(Buffer.compare(disk.bytes(0, 4096), patternBytes(4096).fill(0, 512, 1536))).toBe(0);
  },
);

test('a read-only disk in memory must not be written', () => {
  const disk = memoryOf(patternBytes(1024));
  const backend = new MemoryBackend(disk, true);
  expect(() => backend.write(0, memoryOf(512), 0, 512)).toThrow(/read-only/);
  expect(() => backend.writeZeroes(0, 512)).toThrow(/read-only/);
  expect(() => backend.discard(0, 512)).toThrow(/read-only/);
  expect(Buffer.compare(disk.bytes(0, 1024), patternBytes(1024))).toBe(0);
});

test('a disk in memory is a whole number of sectors', () => {
  expect(() => new MemoryBackend(SharedMemory.ofSize(520), false)).toThrow(/520 bytes/);
});

test('what is not on the disk, or not in the memory, is neither read nor written', () => {
  const disk = memoryOf(patternBytes(1024));
  const backend = new MemoryBackend(disk, false);
  const guest = memoryOf(patternBytes(1024, 3));
  for (const [offset, address] of [
    [1024, 0],
    [768, 0],
    [0, 1024],
    [0, 768],
  ] as const) {
    expect(() => backend.read(offset, guest, address, 512)).toThrow(InvariantError);
    expect(() => backend.write(offset, guest, address, 512)).toThrow(InvariantError);
  }
  expect(() => backend.writeZeroes(768, 512)).toThrow(InvariantError);
  expect(Buffer.compare(disk.bytes(0, 1024), patternBytes(1024))).toBe(0);
  expect(Buffer.compare(guest.bytes(0, 1024), patternBytes(1024, 3))).toBe(0);
});
