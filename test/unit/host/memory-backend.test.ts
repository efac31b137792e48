import { expect, test } from 'vitest';
import { MemoryBackend } from '../../../src/host/memory-backend.js';
import { SharedMemory } from '../../../src/memory/shared-memory.js';
import { patternBytes } from '../../support/host/temp-image.js';

function filledDisk(sizeBytes: number): SharedMemory {
  const disk = SharedMemory.ofSize(sizeBytes);
  disk.copyIn(0, patternBytes(sizeBytes), 0, sizeBytes);
  return disk;
}

test('a disk in memory is the same disk for every backend over it', () => {
  const disk = filledDisk(4096);
  const one = new MemoryBackend(disk, false);
  const other = new MemoryBackend(new SharedMemory(disk.buffer), true);
  one.write(1024, patternBytes(512, 5));
  one.flush();
  const guest = SharedMemory.ofSize(1024);
  other.read(1024, guest.bytes(512, 512));
  expect(Buffer.compare(guest.bytes(512, 512), patternBytes(512, 5))).toBe(0);
  one.close();
  other.close();
});

test.each(['discard', 'writeZeroes'] as const)(
  '%s leaves zeros in the range and nothing else',
  (operation) => {
    const disk = filledDisk(4096);
    new MemoryBackend(disk, false)[operation](512, 1024);
    expect(Buffer.compare(disk.bytes(0, 4096), patternBytes(4096).fill(0, 512, 1536))).toBe(0);
  },
);

test('a read-only disk in memory must not be written', () => {
  const disk = filledDisk(1024);
  const backend = new MemoryBackend(disk, true);
  expect(() => backend.write(0, new Uint8Array(512))).toThrow(/read-only/);
  expect(() => backend.writeZeroes(0, 512)).toThrow(/read-only/);
  expect(() => backend.discard(0, 512)).toThrow(/read-only/);
  expect(Buffer.compare(disk.bytes(0, 1024), patternBytes(1024))).toBe(0);
});

test('a disk in memory is a whole number of sectors', () => {
  expect(() => new MemoryBackend(SharedMemory.ofSize(520), false)).toThrow(/520 bytes/);
});
