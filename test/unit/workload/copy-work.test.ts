import { describe, expect, test } from 'vitest';
import { FaultyBackend } from '../../../src/host/faulty-backend.js';
import { MemoryBackend } from '../../../src/host/memory-backend.js';
import { SharedMemory } from '../../../src/memory/shared-memory.js';
import { Rng } from '../../../src/rng.js';
import type { BackendFaultPlan } from '../../../src/scenario/plan.js';
import { patternBytes, tempImage } from '../../support/host/temp-image.js';
import { WorkRig } from '../../support/transport/run-work.js';

const DISK_BYTES = 64 * 512;

/** A disk full of something, and a copy of a file to it. */
function copying(
  content: Uint8Array,
  offsetBytes: number,
  faults: BackendFaultPlan[] = [],
): {
  rig: WorkRig;
  disk: Uint8Array;
  before: Uint8Array;
} {
  const memory = SharedMemory.ofSize(DISK_BYTES);
  const disk = memory.bytes(0, DISK_BYTES);
  disk.set(patternBytes(DISK_BYTES, 77));
  const before = Uint8Array.from(disk);
  const backend = new FaultyBackend(new MemoryBackend(memory, false), faults, new Rng(1));
  const workload = {
    kind: 'copy',
    pattern: 'sequential',
    operations: null,
    blocks: [{ sizeBytes: 2048, weight: 1 }],
    source: { path: tempImage(content), offsetBytes },
  } as const;
  const plan = { kind: 'memory', sizeBytes: DISK_BYTES, readOnly: false, faults: [] } as const;
  const service = { window: 8, order: 'lifo' } as const;
  return { rig: new WorkRig({ workload, backend: plan, disk: backend, service }), disk, before };
}

describe('a copy', () => {
  test.each([1, 512, 1000, 2048, 5 * 2048 + 700])(
    'of %i bytes arrives, and nothing around it changes',
    (size) => {
      const content = patternBytes(size, 3);
      const offset = 5 * 512;
      const { rig, disk, before } = copying(content, offset);
      rig.run();
      const expected = Uint8Array.from(before);
      expected.set(content, offset);
      expect(Buffer.compare(disk, expected)).toBe(0);
      expect([rig.count('mismatches'), rig.count('errors')]).toEqual([0, 0]);
      expect(rig.count('verifiedBytes')).toBe(Math.ceil(size / 512) * 512);
      expect(rig.work.sha256(rig.ledger)).toBeNull();
    },
  );

  test('is read back: a sector that changes behind the write is found', () => {
    const { rig, disk } = copying(patternBytes(20 * 512, 3), 0);
    rig.queue.onPost = ({ type }) => {
      if (type === 4) rig.queue.onPost = () => disk.fill(0x80, 13 * 512 + 5, 13 * 512 + 6);
    };
    rig.run();
    expect(rig.count('mismatches')).toBe(1);
    expect(rig.work.mismatchSamples[0]).toContain('sector 13');
  });

  test('writes nothing when what is behind the end of the file cannot be read', () => {
    const fault = { operation: 'read', errno: 'EIO', afterCalls: 0, probability: 1 } as const;
    const { rig, disk, before } = copying(patternBytes(1000, 3), 0, [fault]);
    expect(() => rig.run()).toThrow(expect.objectContaining({ code: 'COPY_TAIL' }) as Error);
    expect(Buffer.compare(disk, before)).toBe(0);
  });

  test('whose writes fail has errors, and no mismatches', () => {
    const fault = { operation: 'write', errno: 'EIO', afterCalls: 2, probability: 1 } as const;
    const { rig } = copying(patternBytes(20 * 512, 3), 0, [fault]);
    rig.run();
    expect(rig.count('errors')).toBe(3);
    expect(rig.count('mismatches')).toBe(0);
    expect(rig.count('verifiedBytes')).toBe(2 * 2048);
  });
});
