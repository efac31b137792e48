import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type Backend, BackendError } from '../../../src/host/backend.js';
import { FaultyBackend } from '../../../src/host/faulty-backend.js';
import { FileBackend } from '../../../src/host/file-backend.js';
import { openImage } from '../../../src/host/image-file.js';
import { MemoryBackend } from '../../../src/host/memory-backend.js';
import { SharedMemory } from '../../../src/memory/shared-memory.js';
import { Rng } from '../../../src/rng.js';
import type { WorkloadPlan } from '../../../src/scenario/plan.js';
import type { OperationSource } from '../../../src/workload/operation.js';
import { stampDisk } from '../../../src/workload/payload.js';
import { patternBytes, tempImage } from '../../support/host/temp-image.js';
import { DISK_SECTORS } from '../../support/transport/job-plan.js';
import { WorkRig } from '../../support/transport/run-work.js';

const DISK_BYTES = DISK_SECTORS * 512;
const SEED = 7;

/** A disk that is stamped as the machine's own would be. */
function stamped(): { memory: SharedMemory; disk: MemoryBackend } {
  const memory = SharedMemory.ofSize(DISK_BYTES);
  stampDisk(memory.words(0, DISK_BYTES), SEED);
  return { memory, disk: new MemoryBackend(memory, false) };
}

/** Passes everything on, and lets a write fail after it has changed the first half of what it was to change. */
function halfWriting(inner: Backend, fails: () => boolean): Backend {
  return {
    sizeBytes: inner.sizeBytes,
    readOnly: false,
    read: (...transfer) => inner.read(...transfer),
    write: (offset, guest, address, length) => {
      if (!fails()) return inner.write(offset, guest, address, length);
      inner.write(offset, guest, address, length / 2);
      throw new BackendError('EIO', 'write', 'half way');
    },
    flush: () => inner.flush(),
    discard: (offset, length) => inner.discard(offset, length),
    writeZeroes: (offset, length, mayUnmap) => inner.writeZeroes(offset, length, mayUnmap),
    close: () => inner.close(),
  };
}

/** A write of everything, a read of everything, and so on. */
function alternating(operations: number, sectors: number): OperationSource {
  let at = 0;
  return {
    next(operation) {
      const kind = at % 2 === 0 ? 'write' : 'read';
      Object.assign(operation, { kind, sector: 0, count: sectors, segments: 1, barrier: false });
      return at++ < operations;
    },
  };
}

const WRITES_AND_READS: WorkloadPlan['mix'] = [
  { operation: 'write', weight: 1 },
  { operation: 'read', weight: 1 },
];

describe('what was read', () => {
  test('is compared with what must be there: one wrong bit on the disk is found', () => {
    const { memory, disk } = stamped();
    memory.store8(100 * 512 + 77, memory.load8(100 * 512 + 77) ^ 0x10);
    const workload = { pattern: 'sequential', operations: null } as const;
    const rig = new WorkRig({ disk, workload }).run();
    expect(rig.count('mismatches')).toBe(1);
    expect(rig.work.mismatchSamples).toHaveLength(1);
    expect(rig.work.mismatchSamples[0]).toContain('sector 100');
    expect(rig.count('verifiedBytes')).toBe(DISK_BYTES);
  });

  test('is compared with what was written: a disk that forgets a write is found', () => {
    const { disk } = stamped();
    let writes = 0;
    const forgetful: Backend = Object.assign(
      halfWriting(disk, () => false),
      {
        write: (...transfer: Parameters<Backend['write']>) => {
          if (++writes % 50 !== 0) disk.write(...transfer);
        },
      },
    );
    const workload = { mix: WRITES_AND_READS, operations: 2000 };
    const rig = new WorkRig({ disk: forgetful, workload }).run();
    expect(rig.count('mismatches')).toBeGreaterThan(0);
  });

  test('is not looked at when nobody asked for it', () => {
    const { memory, disk } = stamped();
    memory.bytes(0, DISK_BYTES).fill(1);
    const rig = new WorkRig({ disk, workload: { verify: false } }).run();
    expect([rig.count('verifiedBytes'), rig.count('mismatches')]).toEqual([0, 0]);
  });

  test('from an image is compared with the file', () => {
    const path = tempImage(patternBytes(64 * 512 + 512));
    const disk = new FileBackend(openImage(path, false), false);
    const backend = { kind: 'file', path, readOnly: false, faults: [] } as const;
    const rig = new WorkRig({ disk, backend, workload: { mix: WRITES_AND_READS, operations: 400 } }).run();
    expect([rig.count('mismatches'), rig.count('errors')]).toEqual([0, 0]);
    expect(rig.count('verifiedBytes')).toBeGreaterThan(0);
    disk.close();
  });
});

describe('a write that failed', () => {
  test('may have changed anything: its sectors are not verified until the next that succeeds', () => {
    const smallBytes = 8 * 512;
    const disk = new MemoryBackend(SharedMemory.ofSize(smallBytes), false);
    let fails = true;
    const rig = new WorkRig({
      disk: halfWriting(disk, () => fails),
      backend: { kind: 'memory', sizeBytes: smallBytes, readOnly: false, faults: [] },
      // The whole disk in each request: everything is known, or nothing.
      workload: {
        mix: [{ operation: 'write', weight: 1 }],
        blocks: [{ sizeBytes: smallBytes, weight: 1 }],
      },
      parts: () => ({ source: alternating(60, smallBytes / 512) }),
      control: { afterCompletion: (count) => (fails = count < 30) },
    }).run();
    expect(rig.count('mismatches')).toBe(0);
    expect(rig.count('errors')).toBe(15);
    expect(Object.keys(rig.ledger.errorsByKind)).toEqual(['IOERR write']);
    // 15 reads behind a write that failed, 15 behind one that did not.
    expect(rig.count('verifiedBytes')).toBe(15 * smallBytes);
  });

  test('is an error and no mismatch, many at once too', () => {
    const { disk } = stamped();
    const rng = new Rng(3);
    const rig = new WorkRig({
      disk: halfWriting(disk, () => rng.chance(0.3)),
      service: { window: 8, order: 'random' },
      workload: { mix: WRITES_AND_READS, operations: 1500 },
    }).run();
    expect(rig.count('mismatches')).toBe(0);
    expect(rig.count('errors')).toBeGreaterThan(100);
    expect(rig.count('completed')).toBe(1500);
  });
});

describe('a hash', () => {
  const workload = { pattern: 'sequential', operations: null, hash: true, verify: false } as const;

  test('is of the whole disk in its order, in whatever order the device answers', () => {
    for (const order of ['fifo', 'lifo', 'random'] as const) {
      const rig = new WorkRig({ workload, service: { window: 8, order } }).run();
      const bytes = rig.machine.disk?.bytes(0, DISK_BYTES) ?? new Uint8Array();
      expect(rig.work.sha256(rig.ledger)).toBe(createHash('sha256').update(bytes).digest('hex'));
      if (order !== 'fifo') expect(rig.count('outOfOrder')).toBeGreaterThan(0);
    }
  });

  test('is none when a read failed', () => {
    const { disk } = stamped();
    const fault = { operation: 'read', errno: 'EIO', afterCalls: 20, probability: 0.1 } as const;
    const faulty = new FaultyBackend(disk, [fault], new Rng(1));
    const rig = new WorkRig({ disk: faulty, workload, service: { window: 8, order: 'lifo' } }).run();
    expect(rig.count('errors')).toBeGreaterThan(0);
    expect(rig.work.sha256(rig.ledger)).toBeNull();
  });

  test('is none when the run was stopped before the end', () => {
    let stop = false;
    const rig = new WorkRig({ workload, control: { stopRequested: () => stop } });
    rig.queue.onReturn = () => (stop = true);
    expect(rig.run().work.sha256(rig.ledger)).toBeNull();
  });
});
