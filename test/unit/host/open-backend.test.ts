import { expect, test } from 'vitest';
import { BackendError } from '../../../src/host/backend.js';
import { openBackend } from '../../../src/host/open-backend.js';
import { SharedMemory } from '../../../src/memory/shared-memory.js';
import { Rng } from '../../../src/rng.js';
import { memoryOf } from '../../support/host/memory-of.js';
import { patternBytes, tempImage } from '../../support/host/temp-image.js';

const fault = { operation: 'read', errno: 'EIO', afterCalls: 1, probability: 1 } as const;

test('a plan for a file opens that file', () => {
  const path = tempImage(patternBytes(1024));
  const backend = openBackend({ kind: 'file', path, readOnly: true, faults: [] }, null, new Rng(1));
  const target = memoryOf(512);
  backend.read(512, target, 0, 512);
  backend.close();
  expect(Buffer.compare(target.bytes(0, 512), patternBytes(1024).subarray(512))).toBe(0);
  expect([backend.sizeBytes, backend.readOnly]).toEqual([1024, true]);
});

test('a plan for a file reports what the user got wrong', () => {
  const path = tempImage(513);
  expect(() => openBackend({ kind: 'file', path, readOnly: false, faults: [] }, null, new Rng(1))).toThrow(
    expect.objectContaining({ code: 'BACKEND_SIZE' }),
  );
});

test('a plan for memory uses the memory it is given', () => {
  const disk = SharedMemory.ofSize(1024);
  const plan = { kind: 'memory', sizeBytes: 1024, readOnly: false, faults: [] } as const;
  openBackend(plan, disk, new Rng(1)).write(512, memoryOf(patternBytes(512)), 0, 512);
  expect(Buffer.compare(disk.bytes(512, 512), patternBytes(512))).toBe(0);
  expect(() => openBackend(plan, null, new Rng(1))).toThrow(/needs the memory/);
  expect(() => openBackend(plan, SharedMemory.ofSize(2048), new Rng(1))).toThrow(/2048 bytes where the plan/);
});

test('planned faults come with it', () => {
  const plan = { kind: 'memory', sizeBytes: 1024, readOnly: false, faults: [fault] } as const;
  const backend = openBackend(plan, SharedMemory.ofSize(1024), new Rng(1));
  backend.read(0, memoryOf(512), 0, 512);
  expect(() => backend.read(0, memoryOf(512), 0, 512)).toThrow(BackendError);
});
