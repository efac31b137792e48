import { fstatSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { BlkConfig, BlkFeature, BlkRequest, BlkStatus } from '../../src/devices/blk.js';
import { type Backend, BackendError } from '../../src/host/backend.js';
import { blkConfig, blkOffer } from '../../src/host/blk-config.js';
import { FileBackend } from '../../src/host/file-backend.js';
import { openImage } from '../../src/host/image-file.js';
import { MemoryBackend } from '../../src/host/memory-backend.js';
import { SharedMemory } from '../../src/memory/shared-memory.js';
import { Rng } from '../../src/rng.js';
import type { WorkloadPlan } from '../../src/scenario/plan.js';
import { stampDisk } from '../../src/workload/payload.js';
import { BlkRig, header, range } from '../support/host/blk-rig.js';
import { patternBytes, tempImage } from '../support/host/temp-image.js';
import { DISK_SECTORS } from '../support/transport/job-plan.js';
import { WorkRig } from '../support/transport/run-work.js';

const DISK_BYTES = DISK_SECTORS * 512;
const SEED = 7;
const UNMAP = 1;

/** A disk like the machine's own, some of whose calls do something else. */
function diskThat(behaves: (inner: MemoryBackend, memory: SharedMemory) => Partial<Backend>): Backend {
  const memory = SharedMemory.ofSize(DISK_BYTES);
  stampDisk(memory.words(0, DISK_BYTES), SEED);
  const inner = new MemoryBackend(memory, false);
  return {
    sizeBytes: DISK_BYTES,
    readOnly: false,
    read: (...transfer) => inner.read(...transfer),
    write: (...transfer) => inner.write(...transfer),
    flush: () => inner.flush(),
    discard: (offset, length) => inner.discard(offset, length),
    writeZeroes: (offset, length) => inner.writeZeroes(offset, length),
    close: () => inner.close(),
    ...behaves(inner, memory),
  };
}

/** A workload of these operations, as many of each, on `disk`; everything that is read is verified. */
function run(disk: Backend, ...operations: WorkloadPlan['mix'][number]['operation'][]): WorkRig {
  const mix = operations.map((operation) => ({ operation, weight: 1 }));
  const blocks = [512, 1024, 4096].map((sizeBytes) => ({ sizeBytes, weight: 1 }));
  const rig = new WorkRig({ seed: SEED, disk, workload: { mix, blocks, operations: 1500 } }).run();
  expect(rig.count('completed')).toBe(1500);
  expect(rig.count('verifiedBytes')).toBeGreaterThan(0);
  return rig;
}

describe('5.2.6.1 what the driver does not count on', () => {
  const afterwards: [string, (memory: SharedMemory, offset: number, length: number) => void][] = [
    ['what was there', () => undefined],
    ['zeros', (memory, offset, length) => memory.bytes(offset, length).fill(0)],
    ['anything', (memory, offset, length) => memory.bytes(offset, length).fill(offset >>> 9)],
  ];

  test.each(afterwards)('N0722 any data may be read where a range was discarded: %s', (_, leave) => {
    const disk = diskThat((__, memory) => ({ discard: (offset, length) => leave(memory, offset, length) }));
    const rig = run(disk, 'read', 'write', 'discard');
    expect([rig.count('mismatches'), rig.count('errors')]).toEqual([0, 0]);
  });

  test('N0722 of zeros that were written it is not so: anything but zeros is found', () => {
    const disk = diskThat((_, memory) => ({
      writeZeroes: (offset, length) => memory.bytes(offset, length).fill(1),
    }));
    expect(run(disk, 'read', 'write', 'write_zeroes').count('mismatches')).toBeGreaterThan(0);
  });

  /** DISCARD and WRITE_ZEROES fail one time in three, when `share` of the range has been worked on. */
  function failing(share: number): Backend {
    const rng = new Rng(3);
    return diskThat((inner) => {
      const half = (offset: number, length: number): void => {
        const fails = rng.chance(1 / 3);
        inner.writeZeroes(offset, fails ? Math.floor((length * share) / 512) * 512 : length);
        if (fails) throw new BackendError('EIO', 'write_zeroes', 'not all of it');
      };
      return { discard: half, writeZeroes: half };
    });
  }

  test.each([0, 0.5, 1])(
    'N0723 a DISCARD or WRITE_ZEROES that failed may have been done in any part: %d of it',
    (share) => {
      const rig = run(failing(share), 'read', 'write', 'discard', 'write_zeroes');
      expect(Object.keys(rig.ledger.errorsByKind).sort()).toEqual(['IOERR discard', 'IOERR write_zeroes']);
      expect(rig.count('errors')).toBeGreaterThan(100);
      expect(rig.count('mismatches')).toBe(0);
    },
  );
});

describe('5.2.6.2 WRITE_ZEROES', () => {
  /** A file all of whose sectors take space, and a device over it. */
  function overFile(): { rig: BlkRig; blocks: () => number } {
    const image = openImage(tempImage(patternBytes(DISK_BYTES)), false);
    const backend = new FileBackend(image, false);
    onTestFinished(() => backend.close());
    backend.flush();
    return { rig: new BlkRig({ backend }), blocks: () => fstatSync(image.fd).blocks };
  }

  test('N0739 N0741 with unmap frees nothing here, and write_zeroes_may_unmap says that it cannot', () => {
    const { rig, blocks } = overFile();
    const before = blocks();
    expect(before).toBeGreaterThan(0);
    const all = range(0, DISK_SECTORS, UNMAP);
    expect(rig.request([header(BlkRequest.writeZeroes), all], [1]).status).toBe(BlkStatus.ok);
    rig.backend.flush();
    expect(blocks()).toBeGreaterThanOrEqual(before);
    expect(rig.request([header(BlkRequest.in)], [DISK_BYTES, 1]).data.every((byte) => byte === 0)).toBe(true);
    expect(blkConfig(rig.offer)[BlkConfig.writeZeroesMayUnmap]).toBe(0);
  });

  test('N0741 nor can a disk in memory, which has no space to give up', () => {
    const disk = new MemoryBackend(SharedMemory.ofSize(DISK_BYTES), false);
    const offer = blkOffer({ sizeMaxBytes: null, segMax: null, serial: '' }, disk, 1);
    expect(blkConfig(offer)[BlkConfig.writeZeroesMayUnmap]).toBe(0);
  });

  test('N0739 the backend hears whether it may give up the space', () => {
    const heard: boolean[] = [];
    const disk = diskThat(() => ({ writeZeroes: (_, __, mayUnmap) => heard.push(mayUnmap) }));
    const rig = new BlkRig({ backend: disk });
    for (const flags of [0, UNMAP]) {
      expect(rig.request([header(BlkRequest.writeZeroes), range(0, 1, flags)], [1]).status).toBe(
        BlkStatus.ok,
      );
    }
    expect(heard).toEqual([false, true]);
  });
});

describe('5.2.6.2 stable writes', () => {
  /** An image file whose every call is noted, with the completions that the driver could see at the time. */
  function noted(negotiatesFlush: boolean): { rig: BlkRig; log: string[] } {
    const image = openImage(tempImage(DISK_BYTES), false);
    const file = new FileBackend(image, false);
    onTestFinished(() => file.close());
    const log: string[] = [];
    const note = (call: string): void => {
      log.push(call, ...rig.collect().map(({ token }) => `answer ${token}`));
    };
    const backend: Backend = diskThat(() => ({
      read: (...transfer) => file.read(...transfer),
      write(...transfer) {
        file.write(...transfer);
        note('write');
      },
      writeZeroes(offset, length, mayUnmap) {
        file.writeZeroes(offset, length, mayUnmap);
        note('zeroes');
      },
      flush() {
        note('before commit');
        file.flush();
        note('commit');
      },
    }));
    const rig: BlkRig = new BlkRig({
      backend,
      negotiate: (offered) => (negotiatesFlush ? offered : offered.without(BlkFeature.flush)),
    });
    return { rig, log };
  }

  function ask(rig: BlkRig, log: string[], ...readable: Uint8Array[]): void {
    rig.submit(readable, [1]);
    for (const { token, status } of rig.drain()) log.push(`answer ${token}${status === 0 ? '' : ' failed'}`);
  }

  test('N0743 a flush is answered when what was written before is committed to the file', () => {
    const { rig, log } = noted(true);
    ask(rig, log, header(BlkRequest.out), patternBytes(512));
    ask(rig, log, header(BlkRequest.writeZeroes), range(4, 2));
    ask(rig, log, header(BlkRequest.flush));
    expect(log).toEqual(['write', 'answer 0', 'zeroes', 'answer 1', 'before commit', 'commit', 'answer 2']);
  });

  test('N0743 without FLUSH, so is each write', () => {
    const { rig, log } = noted(false);
    ask(rig, log, header(BlkRequest.out), patternBytes(512));
    ask(rig, log, header(BlkRequest.writeZeroes), range(4, 2));
    expect(log.join(', ')).toBe(
      'write, before commit, commit, answer 0, zeroes, before commit, commit, answer 1',
    );
  });

  test('N0743 and none is answered as done when the commit failed', () => {
    for (const negotiatesFlush of [true, false]) {
      const { rig } = noted(negotiatesFlush);
      rig.backend.flush = () => {
        throw new BackendError('EIO', 'flush', 'lost');
      };
      const request = negotiatesFlush
        ? [header(BlkRequest.flush)]
        : [header(BlkRequest.out), patternBytes(512)];
      expect(rig.request(request, [1]).status).toBe(BlkStatus.ioErr);
    }
  });
});

describe('5.2.6.2 commands of zoned devices', () => {
  // Numbers of the spec (5.2.6).
  test.each([
    ['ZONE_APPEND', 15, [patternBytes(512)], [8, 1]],
    ['ZONE_REPORT', 16, [], [4096, 1]],
    ['ZONE_OPEN', 18, [], [1]],
    ['ZONE_CLOSE', 20, [], [1]],
    ['ZONE_FINISH', 22, [], [1]],
    ['ZONE_RESET', 24, [], [1]],
    ['ZONE_RESET_ALL', 26, [], [1]],
  ] as const)('N0748 %s is unsupported without ZONED, and changes nothing', (_, type, data, writable) => {
    const content = patternBytes(DISK_BYTES);
    const memory = SharedMemory.ofSize(DISK_BYTES);
    memory.copyIn(0, content, 0, DISK_BYTES);
    const rig = new BlkRig({ backend: new MemoryBackend(memory, false) });
    const { status, data: answer } = rig.request([header(type), ...data], [...writable]);
    expect(status).toBe(BlkStatus.unsupported);
    expect(answer.every((byte) => byte === 0)).toBe(true);
    expect(Buffer.compare(memory.bytes(0, DISK_BYTES), content)).toBe(0);
  });
});
