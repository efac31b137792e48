import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, openSync, readFileSync, truncateSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { BackendError } from '../../../src/host/backend.js';
import { FileBackend } from '../../../src/host/file-backend.js';
import { openImage } from '../../../src/host/image-file.js';
import { SharedMemory } from '../../../src/memory/shared-memory.js';
import { memoryOf } from '../../support/host/memory-of.js';
import { patternBytes, tempImage } from '../../support/host/temp-image.js';

const GIBIBYTE = 2 ** 30;

function openBackend(path: string, readOnly = false): FileBackend {
  const backend = new FileBackend(openImage(path, readOnly), readOnly);
  onTestFinished(() => backend.close());
  return backend;
}

/** A backend over a file that is no image, to have the system itself fail. */
function overDevice(path: string, flags: 'r' | 'r+', sizeBytes: number): FileBackend {
  const backend = new FileBackend({ fd: openSync(path, flags), sizeBytes }, flags === 'r');
  onTestFinished(() => backend.close());
  return backend;
}

function errorOf(action: () => void): BackendError {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(BackendError);
    return error as BackendError;
  }
  throw new Error('nothing was thrown');
}

describe('a file as a disk', () => {
  test('is read and written in place, straight from and to shared memory', () => {
    const path = tempImage(patternBytes(8 * 512));
    const memory = SharedMemory.ofSize(4096);
    const backend = openBackend(path);
    expect(backend.sizeBytes).toBe(4096);
    backend.read(512, memory, 1024, 1024);
    expect(Buffer.from(memory.bytes(1024, 1024)).equals(patternBytes(4096).subarray(512, 1536))).toBe(true);
    const fresh = patternBytes(512, 1);
    memory.copyIn(0, fresh, 0, 512);
    backend.write(2048, memory, 0, 512);
    backend.flush();
    const expected = patternBytes(4096);
    expected.set(fresh, 2048);
    expect(readFileSync(path).equals(expected)).toBe(true);
  });

  test('has zeros where zeros were written, over more than one chunk, and nowhere else', () => {
    const sizeBytes = 1024 * 1024;
    const path = tempImage(patternBytes(sizeBytes));
    openBackend(path).writeZeroes(512, sizeBytes - 1024, true);
    const expected = patternBytes(sizeBytes).fill(0, 512, sizeBytes - 512);
    expect(readFileSync(path).equals(expected)).toBe(true);
  });

  test('N0738: keeps its content on a discard', () => {
    const path = tempImage(patternBytes(1024));
    openBackend(path).discard(0, 1024);
    expect(readFileSync(path).equals(patternBytes(1024))).toBe(true);
  });

  test('fails a read behind its end when it was truncated meanwhile', () => {
    const path = tempImage(patternBytes(4096));
    const backend = openBackend(path);
    truncateSync(path, 1000);
    const error = errorOf(() => backend.read(512, memoryOf(1024), 0, 1024));
    expect(error.errno).toBe('EIO');
    expect(error.message).toContain('ends at byte 1000');
    expect(errorOf(() => backend.read(2048, memoryOf(512), 0, 512)).errno).toBe('EIO');
  });

  test('is closed once, however often it is asked', () => {
    const backend = openBackend(tempImage(512));
    backend.close();
    // The number is free again: closed a second time, it would be this file.
    const other = openBackend(tempImage(patternBytes(512)));
    backend.close();
    expect(() => other.read(0, memoryOf(512), 0, 512)).not.toThrow();
  });

  test('that is read-only must not be written', () => {
    const backend = openBackend(tempImage(512), true);
    expect(() => backend.write(0, memoryOf(512), 0, 512)).toThrow(/read-only backend was written/);
    expect(() => backend.writeZeroes(0, 512, false)).toThrow(/read-only backend was written/);
    backend.flush();
  });

  test('passes on what is no failure of the storage', () => {
    const backend = openBackend(tempImage(512));
    expect(() => backend.read(-1.5, memoryOf(512), 0, 512)).toThrow(RangeError);
  });
});

describe('the system says no', () => {
  test.skipIf(!existsSync('/dev/full'))('ENOSPC to a write, and keeps its name', () => {
    const backend = overDevice('/dev/full', 'r+', 4096);
    const error = errorOf(() => backend.write(0, memoryOf(512), 0, 512));
    expect(error).toMatchObject({ errno: 'ENOSPC', fields: { errno: 'ENOSPC', operation: 'write' } });
    expect(errorOf(() => backend.writeZeroes(0, 512, false))).toMatchObject({
      errno: 'ENOSPC',
      fields: { operation: 'write_zeroes' },
    });
  });

  test.skipIf(!existsSync('/proc/self/mem'))('EIO to a read', () => {
    const backend = overDevice('/proc/self/mem', 'r', 4096);
    expect(errorOf(() => backend.read(0, memoryOf(512), 0, 512))).toMatchObject({
      errno: 'EIO',
      fields: { operation: 'read' },
    });
  });

  test.skipIf(!existsSync('/dev/full'))('to a flush', () => {
    const backend = overDevice('/dev/full', 'r+', 4096);
    expect(errorOf(() => backend.flush())).toMatchObject({ fields: { operation: 'flush' } });
  });
});

describe('a system call that does a part', () => {
  const symbols = '/proc/kallsyms';
  test.skipIf(!existsSync(symbols))('of a read is continued where it ended', () => {
    const sizeBytes = 64 * 1024;
    const memory = memoryOf(sizeBytes);
    // The kernel hands out its files about a page at a time, whatever is asked for.
    overDevice(symbols, 'r', sizeBytes).read(0, memory, 0, sizeBytes);
    expect(readFileSync(symbols).subarray(0, sizeBytes).equals(memory.bytes(0, sizeBytes))).toBe(true);
  });

  const query = ['--pid', String(process.pid), '--fsize', '--output=SOFT', '--noheadings'];
  const canLimit = spawnSync('prlimit', query, { encoding: 'utf8' }).stdout?.trim() === 'unlimited';
  test.skipIf(!canLimit)('of a write is continued, and the rest gets the error', () => {
    const backend = openBackend(tempImage(GIBIBYTE + 4096));
    // Beyond the largest file size that is allowed, and far beyond all that anybody else writes here.
    execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${GIBIBYTE}:`]);
    try {
      expect(errorOf(() => backend.write(GIBIBYTE - 512, memoryOf(patternBytes(2048)), 0, 2048)).errno).toBe(
        'EFBIG',
      );
    } finally {
      execFileSync('prlimit', ['--pid', String(process.pid), '--fsize=unlimited:']);
    }
    const tail = memoryOf(1024);
    backend.read(GIBIBYTE - 512, tail, 0, 1024);
    const expected = patternBytes(1024).fill(0, 512);
    expect(Buffer.compare(tail.bytes(0, 1024), expected)).toBe(0);
  });
});
