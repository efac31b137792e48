import { describe, expect, onTestFinished, test } from 'vitest';
import { BlkFeature, BlkRequest, BlkStatus } from '../../../src/devices/blk.js';
import { MAX_RANGE_SECTORS, MAX_RANGES } from '../../../src/host/blk-config.js';
import { FaultyBackend } from '../../../src/host/faulty-backend.js';
import { FileBackend } from '../../../src/host/file-backend.js';
import { openImage } from '../../../src/host/image-file.js';
import { MemoryBackend } from '../../../src/host/memory-backend.js';
import { SharedMemory } from '../../../src/memory/shared-memory.js';
import { Rng } from '../../../src/rng.js';
import type { BackendFaultPlan } from '../../../src/scenario/plan.js';
import { BlkRig, header, range, type RigSetup } from '../../support/host/blk-rig.js';
import { patternBytes, tempImage } from '../../support/host/temp-image.js';

const SECTORS = 64;
const DISK_BYTES = SECTORS * 512;

/** A rig over a disk that is full of a known pattern, and a look at that disk. */
class DiskRig extends BlkRig {
  readonly disk: SharedMemory;

  constructor(setup: RigSetup = {}, readOnly = false, faults: readonly BackendFaultPlan[] = []) {
    const disk = SharedMemory.ofSize(DISK_BYTES);
    disk.copyIn(0, patternBytes(DISK_BYTES), 0, DISK_BYTES);
    super({ ...setup, backend: new FaultyBackend(new MemoryBackend(disk, readOnly), faults, new Rng(1)) });
    this.disk = disk;
  }

  diskIs(expected: Uint8Array): boolean {
    return Buffer.compare(this.disk.bytes(0, DISK_BYTES), expected) === 0;
  }
}

const untouched = patternBytes(DISK_BYTES);
const without =
  (bit: number): NonNullable<RigSetup['negotiate']> =>
  (offered) =>
    offered.without(bit);

describe('IN', () => {
  test('fills the data from the sector on and counts it with the status (N0060)', () => {
    const rig = new DiskRig();
    const { status, data, usedLength } = rig.request([header(BlkRequest.in, 3)], [1024, 1]);
    expect(status).toBe(BlkStatus.ok);
    expect(Buffer.compare(data, untouched.subarray(1536, 2560))).toBe(0);
    expect(usedLength).toBe(1025);
    expect(rig.stats.requestsByType.in).toBe(1);
  });

  test('reaches the last sector and not the one behind (N0709)', () => {
    const rig = new DiskRig();
    expect(rig.request([header(BlkRequest.in, SECTORS - 2)], [1024, 1]).status).toBe(BlkStatus.ok);
    expect(rig.request([header(BlkRequest.in, SECTORS - 1)], [1024, 1]).status).toBe(BlkStatus.ioErr);
    expect(rig.request([header(BlkRequest.in, SECTORS)], [512, 1]).status).toBe(BlkStatus.ioErr);
  });

  test('with no data at all asks for nothing and gets it', () => {
    const rig = new DiskRig();
    expect(rig.request([header(BlkRequest.in, SECTORS)], [1]).status).toBe(BlkStatus.ok);
    expect(rig.request([header(BlkRequest.in, SECTORS + 1)], [1]).status).toBe(BlkStatus.ioErr);
  });

  // As a 32-bit number, as a byte offset in 32 or 64 bits, or as a sum, each of these is a sector of the
  // disk.
  test.each([2n ** 32n, 2n ** 23n, 2n ** 55n, 2n ** 64n - 1n, 2n ** 63n, 2n ** 53n])(
    'at sector %s is beyond the disk',
    (sector) => {
      const rig = new DiskRig();
      expect(rig.request([header(BlkRequest.in, sector)], [512, 1]).status).toBe(BlkStatus.ioErr);
      expect(rig.request([header(BlkRequest.out, sector), patternBytes(512, 9)], [1]).status).toBe(
        BlkStatus.ioErr,
      );
      expect(rig.diskIs(untouched)).toBe(true);
    },
  );

  test('larger than the disk is an error and clears its data (N0060)', () => {
    const { status, data, usedLength } = new DiskRig().request(
      [header(BlkRequest.in)],
      [DISK_BYTES + 512, 1],
    );
    expect(status).toBe(BlkStatus.ioErr);
    expect(usedLength).toBe(DISK_BYTES + 513);
    expect(data.every((byte) => byte === 0)).toBe(true);
  });

  test.each([1, 511, 513, 1023])('of %i bytes is an error (N0713)', (length) => {
    const { status, usedLength } = new DiskRig().request([header(BlkRequest.in)], [length, 1]);
    expect([status, usedLength]).toEqual([BlkStatus.ioErr, length + 1]);
  });

  test('with its data in the readable part is an error', () => {
    expect(new DiskRig().request([header(BlkRequest.in), new Uint8Array(512)], [1]).status).toBe(
      BlkStatus.ioErr,
    );
  });
});

describe('OUT', () => {
  test('writes the data from the sector on; only the status is used (N0060)', () => {
    const rig = new DiskRig();
    const fresh = patternBytes(1024, 4);
    const { status, usedLength } = rig.request([header(BlkRequest.out, 5), fresh], [1]);
    expect([status, usedLength]).toEqual([BlkStatus.ok, 1]);
    const expected = patternBytes(DISK_BYTES);
    expected.set(fresh, 2560);
    expect(rig.diskIs(expected)).toBe(true);
  });

  test.each([
    ['beyond the disk (N0709)', header(BlkRequest.out, SECTORS - 1), 1024],
    ['of half a sector (N0713)', header(BlkRequest.out, 0), 256],
    ['of a sector and a byte (N0713)', header(BlkRequest.out, 0), 513],
  ])('%s changes nothing', (_, head, length) => {
    const rig = new DiskRig();
    expect(rig.request([head, patternBytes(length, 9)], [1]).status).toBe(BlkStatus.ioErr);
    expect(rig.diskIs(untouched)).toBe(true);
  });

  test('N0735: to a read-only disk is an error and changes nothing', () => {
    const rig = new DiskRig({}, true);
    expect(rig.request([header(BlkRequest.out), patternBytes(512, 9)], [1]).status).toBe(BlkStatus.ioErr);
    expect(rig.request([header(BlkRequest.in)], [512, 1]).status).toBe(BlkStatus.ok);
    expect(rig.diskIs(untouched)).toBe(true);
  });

  test('N0735: RO need not be accepted to hold', () => {
    const rig = new DiskRig({ negotiate: without(BlkFeature.readOnly) }, true);
    expect(rig.request([header(BlkRequest.out), patternBytes(512, 9)], [1]).status).toBe(BlkStatus.ioErr);
  });

  test('with its data in the writable part is an error, and what came is cleared', () => {
    const { status, data, usedLength } = new DiskRig().request([header(BlkRequest.out)], [512, 1]);
    expect([status, usedLength]).toEqual([BlkStatus.ioErr, 513]);
    expect(data.every((byte) => byte === 0)).toBe(true);
  });
});

describe('limits', () => {
  test('SEG_MAX counts ranges of data, not header and status', () => {
    const rig = new DiskRig({ plan: { segMax: 2 } });
    expect(rig.request([header(BlkRequest.in)], [512, 512, 1]).status).toBe(BlkStatus.ok);
    expect(rig.request([header(BlkRequest.in)], [512, 256, 256, 1]).status).toBe(BlkStatus.ioErr);
    const thirds = [patternBytes(256), patternBytes(128), patternBytes(128)];
    expect(rig.request([header(BlkRequest.out), ...thirds], [1]).status).toBe(BlkStatus.ioErr);
  });

  test('SIZE_MAX bounds each range of data, not what is merged with it', () => {
    const rig = new DiskRig({ plan: { sizeMaxBytes: 1024 } });
    const merged = Buffer.concat([header(BlkRequest.out), patternBytes(1024)]);
    expect(rig.request([merged], [1]).status).toBe(BlkStatus.ok);
    expect(rig.request([header(BlkRequest.in)], [1025]).status).toBe(BlkStatus.ok);
    expect(rig.request([header(BlkRequest.in)], [1536, 1]).status).toBe(BlkStatus.ioErr);
    expect(rig.request([header(BlkRequest.out), patternBytes(1536)], [1]).status).toBe(BlkStatus.ioErr);
  });

  test('hold for ranges of discards too', () => {
    const rig = new DiskRig({ plan: { segMax: 1 } });
    const halves = [range(0, 1).slice(0, 8), range(0, 1).slice(8)];
    expect(rig.request([header(BlkRequest.discard), ...halves], [1]).status).toBe(BlkStatus.ioErr);
  });

  test('are none when they were not negotiated', () => {
    const rig = new DiskRig({
      plan: { segMax: 1, sizeMaxBytes: 512 },
      negotiate: (offered) => offered.without(BlkFeature.segMax, BlkFeature.sizeMax),
    });
    expect(rig.request([header(BlkRequest.in)], [1024, 1024, 1]).status).toBe(BlkStatus.ok);
  });
});

describe('FLUSH', () => {
  const fault = { operation: 'flush', errno: 'EIO', afterCalls: 0, probability: 1 } as const;

  test('is answered, with data too (N0712)', () => {
    const rig = new DiskRig();
    expect(rig.request([header(BlkRequest.flush)], [1])).toMatchObject({
      status: BlkStatus.ok,
      usedLength: 1,
    });
    const odd = rig.request([header(BlkRequest.flush), patternBytes(3)], [7, 1]);
    expect(odd).toMatchObject({ status: BlkStatus.ok, usedLength: 8 });
  });

  test('reaches the backend', () => {
    const rig = new DiskRig({}, false, [fault]);
    expect(rig.request([header(BlkRequest.flush)], [1]).status).toBe(BlkStatus.ioErr);
  });

  test('is unsupported when it was not negotiated', () => {
    const rig = new DiskRig({ negotiate: without(BlkFeature.flush) });
    expect(rig.request([header(BlkRequest.flush)], [1]).status).toBe(BlkStatus.unsupported);
  });

  test.each([
    [BlkRequest.out, patternBytes(512)],
    [BlkRequest.writeZeroes, range(0, 1)],
  ])('5.2.6.2: without it, a write of type %i is stable before it is answered', (type, data) => {
    const through = new DiskRig({ negotiate: without(BlkFeature.flush) }, false, [fault]);
    expect(through.request([header(type), data], [1]).status).toBe(BlkStatus.ioErr);
    const back = new DiskRig({}, false, [fault]);
    expect(back.request([header(type), data], [1]).status).toBe(BlkStatus.ok);
  });
});

describe('GET_ID', () => {
  test('writes 20 bytes, over any descriptors, and clears what is behind', () => {
    const rig = new DiskRig({ plan: { serial: 'vring-0' } });
    const { status, data, usedLength } = rig.request([header(BlkRequest.getId)], [3, 14, 9, 1]);
    expect([status, usedLength]).toEqual([BlkStatus.ok, 27]);
    expect(Buffer.from(data).toString('latin1')).toBe(`vring-0${'\0'.repeat(19)}`);
  });

  test('of 20 characters is not terminated', () => {
    const rig = new DiskRig({ plan: { serial: 'ABCDEFGHIJKLMNOPQRST' } });
    const { data } = rig.request([header(BlkRequest.getId)], [20, 1]);
    expect(Buffer.from(data).toString('latin1')).toBe('ABCDEFGHIJKLMNOPQRST');
  });

  test('into fewer than 20 bytes is an error (N0715)', () => {
    const { status, data } = new DiskRig().request([header(BlkRequest.getId)], [19, 1]);
    expect(status).toBe(BlkStatus.ioErr);
    expect(data.every((byte) => byte === 0)).toBe(true);
  });
});

describe.each([
  ['DISCARD', BlkRequest.discard, BlkFeature.discard],
  ['WRITE_ZEROES', BlkRequest.writeZeroes, BlkFeature.writeZeroes],
])('%s', (_, type, bit) => {
  function status(rig: DiskRig, ...ranges: readonly Uint8Array[]): number {
    return rig.request([header(type), Buffer.concat(ranges)], [1]).status;
  }

  test('clears all its ranges and nothing else (N0740)', () => {
    const rig = new DiskRig();
    expect(status(rig, range(1, 2), range(10, 1), range(SECTORS - 1, 1), range(5, 0))).toBe(BlkStatus.ok);
    const expected = patternBytes(DISK_BYTES)
      .fill(0, 512, 1536)
      .fill(0, 5120, 5632)
      .fill(0, DISK_BYTES - 512);
    expect(rig.diskIs(expected)).toBe(true);
  });

  test('is unsupported when it was not negotiated', () => {
    const rig = new DiskRig({ negotiate: without(bit) });
    expect(status(rig, range(0, 1))).toBe(BlkStatus.unsupported);
    expect(rig.diskIs(untouched)).toBe(true);
  });

  test('is unsupported by a read-only disk, which does not offer it, and an error if taken anyway', () => {
    expect(status(new DiskRig({}, true), range(0, 1))).toBe(BlkStatus.unsupported);
    const taken = new DiskRig({ negotiate: (offered) => offered.with(bit) }, true);
    expect(status(taken, range(0, 1))).toBe(BlkStatus.ioErr);
  });

  test('N0736: is unsupported with an unknown flag in any range, whatever else is wrong', () => {
    for (const flags of [2, 4, 0x8000_0000, 0xffff_fffe]) {
      const rig = new DiskRig();
      expect(status(rig, range(SECTORS, 9), range(0, 1), range(0, 1, flags))).toBe(BlkStatus.unsupported);
      expect(rig.diskIs(untouched)).toBe(true);
    }
  });

  test.each([
    ['beyond the disk', range(SECTORS - 1, 2)],
    ['far beyond the disk', range(2n ** 64n - 1n, 1)],
    ['that wraps round', range(2n ** 55n, 1)],
    ['of more sectors than one may have', range(0, MAX_RANGE_SECTORS + 1)],
    ['of as many sectors as can be said', range(0, 0xffff_ffff)],
  ])('with a range %s changes nothing, the good range in front included', (_name, bad) => {
    const rig = new DiskRig();
    expect(status(rig, range(0, 1), bad)).toBe(BlkStatus.ioErr);
    expect(rig.diskIs(untouched)).toBe(true);
  });

  test('with the largest range is done, with a larger one not', () => {
    const image = openImage(tempImage((MAX_RANGE_SECTORS + 8) * 512), false);
    const backend = new FileBackend(image, false);
    onTestFinished(() => backend.close());
    const rig = new BlkRig({ backend });
    const sizes = [MAX_RANGE_SECTORS, MAX_RANGE_SECTORS + 1];
    const statuses = sizes.map((sectors) => rig.request([header(type), range(0, sectors)], [1]).status);
    expect(statuses).toEqual([BlkStatus.ok, BlkStatus.ioErr]);
  });

  test('of more ranges than the limit is an error (N0716, N0718)', () => {
    const rig = new DiskRig();
    const many = Array.from({ length: MAX_RANGES }, (_unused, i) => range(i, 1));
    expect(status(rig, ...many, range(20, 1))).toBe(BlkStatus.ioErr);
    expect(rig.diskIs(untouched)).toBe(true);
    expect(status(rig, ...many)).toBe(BlkStatus.ok);
    expect(rig.diskIs(patternBytes(DISK_BYTES).fill(0, 0, MAX_RANGES * 512))).toBe(true);
  });

  test('of no range, or of a part of one, is an error (N0714)', () => {
    const rig = new DiskRig();
    expect(rig.request([header(type)], [1]).status).toBe(BlkStatus.ioErr);
    expect(status(rig, range(0, 1), range(0, 1).subarray(0, 15))).toBe(BlkStatus.ioErr);
    expect(rig.diskIs(untouched)).toBe(true);
  });

  test('counts', () => {
    const rig = new DiskRig();
    status(rig, range(0, 1));
    const { discard, writeZeroes } = rig.stats.requestsByType;
    expect([discard, writeZeroes]).toEqual(type === BlkRequest.discard ? [1, 0] : [0, 1]);
  });
});

describe('unmap', () => {
  test('N0737: is unsupported in a DISCARD', () => {
    const rig = new DiskRig();
    expect(rig.request([header(BlkRequest.discard), range(0, 1, 1)], [1]).status).toBe(BlkStatus.unsupported);
    expect(rig.diskIs(untouched)).toBe(true);
  });

  test('N0740: leaves zeros behind a WRITE_ZEROES like any other', () => {
    const rig = new DiskRig();
    expect(rig.request([header(BlkRequest.writeZeroes), range(0, 1, 1)], [1]).status).toBe(BlkStatus.ok);
    expect(rig.diskIs(patternBytes(DISK_BYTES).fill(0, 0, 512))).toBe(true);
  });
});

test.each([2, 3, 5, 10, 14, 16, 0x8000_0000, 0xffff_ffff])('type %i is unsupported', (type) => {
  const rig = new DiskRig();
  const { status, usedLength, data } = rig.request([header(type), patternBytes(5)], [6, 1]);
  expect([status, usedLength]).toEqual([BlkStatus.unsupported, 7]);
  expect(data.every((byte) => byte === 0)).toBe(true);
  expect(rig.stats.requestsByType.unknown).toBe(1);
  expect(rig.stats.requestsByStatus).toEqual({ ok: 0, ioErr: 0, unsupported: 1 });
});

describe('a backend that fails', () => {
  test('in the middle of a read gives an error, cleared data and a used length of all of it', () => {
    const rig = new DiskRig({}, false, [{ operation: 'read', errno: 'EIO', afterCalls: 1, probability: 1 }]);
    const { status, data, usedLength } = rig.request([header(BlkRequest.in)], [512, 512, 1]);
    expect([status, usedLength]).toEqual([BlkStatus.ioErr, 1025]);
    expect(data.every((byte) => byte === 0)).toBe(true);
    expect(rig.stats.backendErrorsByErrno).toEqual({ EIO: 1 });
  });

  test('is counted by errno and does not stop the rest', () => {
    const rig = new DiskRig({}, false, [
      { operation: 'write', errno: 'ENOSPC', afterCalls: 1, probability: 1 },
      { operation: 'discard', errno: 'EIO', afterCalls: 0, probability: 1 },
      { operation: 'write_zeroes', errno: 'EIO', afterCalls: 0, probability: 1 },
    ]);
    const write = (): number => rig.request([header(BlkRequest.out), patternBytes(512, 2)], [1]).status;
    expect([write(), write(), write()]).toEqual([BlkStatus.ok, BlkStatus.ioErr, BlkStatus.ioErr]);
    for (const type of [BlkRequest.discard, BlkRequest.writeZeroes]) {
      expect(rig.request([header(type), range(0, 1)], [1]).status).toBe(BlkStatus.ioErr);
    }
    expect(rig.request([header(BlkRequest.in)], [512, 1]).status).toBe(BlkStatus.ok);
    expect(rig.stats.backendErrorsByErrno).toEqual({ ENOSPC: 2, EIO: 2 });
    expect(rig.stats.requestsByStatus).toEqual({ ok: 2, ioErr: 4, unsupported: 0 });
  });
});

test('CONFIG_WCE cannot have been negotiated', () => {
  expect(() => new DiskRig({ negotiate: (offered) => offered.with(BlkFeature.configWce) })).toThrow(/WCE/);
});
