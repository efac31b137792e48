import { existsSync, openSync, readFileSync, truncateSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { BlkRequest, BlkStatus } from '../../../src/devices/blk.js';
import { ProtocolViolation, QueueBroken } from '../../../src/errors.js';
import { FileBackend } from '../../../src/host/file-backend.js';
import { openImage } from '../../../src/host/image-file.js';
import type { ServicePlan } from '../../../src/scenario/plan.js';
import { BlkRig, type Completion, header, type RigSetup } from '../../support/host/blk-rig.js';
import { patternBytes, tempImage } from '../../support/host/temp-image.js';

function readSector(rig: BlkRig, sector: number): number {
  return rig.submit([header(BlkRequest.in, sector)], [512, 1]);
}

/** Submits `count` reads at once and returns the tokens in the order in which they came back. */
function returnOrder(setup: RigSetup, count: number): number[] {
  const rig = new BlkRig(setup);
  for (let i = 0; i < count; i++) readSector(rig, i);
  return rig.drain().map((completion) => completion.token);
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

describe('completions come back', () => {
  test('one after the other with a window of 1', () => {
    for (const planned of ['fifo', 'lifo', 'random'] as const) {
      expect(returnOrder({ service: { window: 1, order: planned } }, 16)).toEqual(upTo(16));
    }
  });

  test('last first within the window', () => {
    expect(returnOrder({ service: { window: 8, order: 'lifo' } }, 5)).toEqual([4, 3, 2, 1, 0]);
  });

  test('in any order within a window of random order, each exactly once (2.6)', () => {
    const service: ServicePlan = { window: 8, order: 'random' };
    const seen = upTo(20).map((seed) => returnOrder({ service, seed }, 20));
    for (const tokens of seen) expect([...tokens].sort((a, b) => a - b)).toEqual(upTo(20));
    expect(new Set(seen.map(String)).size).toBe(20);
    expect(returnOrder({ service, seed: 7 }, 20)).toEqual(seen[7]);
  });

  test('with the data of their own request, out of order over many laps of the ring', () => {
    const rig = new BlkRig({
      service: { window: 6, order: 'random' },
      queue: { size: 16, startIndex: 0xfff0, eventIdx: true },
    });
    for (let i = 0; i < 64; i++) rig.request([header(BlkRequest.out, i), patternBytes(512, i)], [1]);
    const sectorOf = new Map<number, number>();
    const returned: number[] = [];
    const check = ({ token, status, data }: Completion): void => {
      expect(status).toBe(BlkStatus.ok);
      expect(Buffer.compare(data, patternBytes(512, sectorOf.get(token) as number))).toBe(0);
      returned.push(token);
    };
    for (let i = 0; i < 500; i++) {
      while (rig.driver.freeCount >= 3) {
        const sector = (i * 31 + rig.driver.freeCount) % 64;
        sectorOf.set(readSector(rig, sector), sector);
      }
      rig.service.poll();
      rig.collect().forEach(check);
    }
    rig.drain().forEach(check);
    expect([...returned].sort((a, b) => a - b)).toEqual([...sectorOf.keys()].sort((a, b) => a - b));
    expect(returned.some((token, i) => token < (returned[i - 1] ?? 0))).toBe(true);
    expect(rig.driver.outstandingCount).toBe(0);
    expect(rig.stats.buffersUsed).toBe(rig.stats.buffersPopped);
  });

  test('N1474: in order with IN_ORDER, although they are executed in another', () => {
    for (const startIndex of [0, 0xfff8]) {
      const queue = { inOrder: true, startIndex };
      const rig = new BlkRig({ service: { window: 8, order: 'lifo' }, queue });
      // Executed backwards, the last of these to be written is the first that was sent.
      for (let i = 0; i < 8; i++) rig.submit([header(BlkRequest.out), patternBytes(512, i)], [1]);
      const completions = rig.drain();
      expect(completions.map(({ token }) => token)).toEqual(upTo(8));
      expect(completions.every(({ usedLength }) => usedLength === 1)).toBe(true);
      const { data } = rig.request([header(BlkRequest.in)], [512, 1]);
      expect(Buffer.compare(data, patternBytes(512, 0))).toBe(0);
    }
  });

  test('N1474: in order over many turns of a window that is never empty', () => {
    const rig = new BlkRig({
      service: { window: 5, order: 'random' },
      queue: { inOrder: true, size: 32 },
    });
    const returned: number[] = [];
    let submitted = 0;
    for (let i = 0; i < 300; i++) {
      for (; rig.driver.freeCount >= 3; submitted++) readSector(rig, submitted % 64);
      rig.service.poll();
      returned.push(...rig.collect().map(({ token }) => token));
    }
    returned.push(...rig.drain().map(({ token }) => token));
    expect(returned).toEqual(upTo(submitted));
  });
});

describe('a turn', () => {
  test('without requests is none', () => {
    const rig = new BlkRig();
    expect(rig.service.poll()).toBe(false);
    expect(rig.stats.turns).toBe(0);
    expect(rig.interrupts).toBe(0);
  });

  test('finishes a window, and shows it at once with one interrupt', () => {
    const rig = new BlkRig({ service: { window: 4, order: 'fifo' } });
    for (let i = 0; i < 10; i++) readSector(rig, i);
    const counts = [];
    while (rig.service.poll()) counts.push([rig.collect().length, rig.interrupts]);
    expect(counts).toEqual([
      [4, 1],
      [4, 2],
      [2, 3],
    ]);
    expect(rig.stats).toMatchObject({ turns: 3, buffersPopped: 10, buffersUsed: 10, interrupts: 3 });
  });

  test('refills the window after each request', () => {
    const rig = new BlkRig({ service: { window: 4, order: 'lifo' } });
    for (let i = 0; i < 10; i++) readSector(rig, i);
    expect(rig.service.poll()).toBe(true);
    expect(rig.collect().map(({ token }) => token)).toEqual([3, 4, 5, 6]);
    expect(rig.service.inService).toBe(3);
    expect(rig.drain().map(({ token }) => token)).toEqual([7, 8, 9, 2, 1, 0]);
  });

  test('holds nothing back when the window is not full', () => {
    const rig = new BlkRig({ service: { window: 32, order: 'random' } });
    readSector(rig, 0);
    expect(rig.service.poll()).toBe(true);
    expect(rig.collect()).toHaveLength(1);
    expect(rig.service.poll()).toBe(false);
  });

  test('counts the interrupts that the driver did not want', () => {
    const rig = new BlkRig();
    rig.driver.disableCallbacks();
    readSector(rig, 0);
    rig.drain();
    expect(rig.interrupts).toBe(0);
    expect(rig.stats).toMatchObject({ interrupts: 0, interruptsSuppressed: 1 });
  });

  test.each(['fifo', 'lifo', 'random'] as const)('returns something with IN_ORDER too (%s)', (planned) => {
    for (let seed = 0; seed < 20; seed++) {
      const rig = new BlkRig({ service: { window: 4, order: planned }, queue: { inOrder: true }, seed });
      for (let i = 0; i < 15; i++) readSector(rig, i);
      while (rig.service.poll()) expect(rig.collect().length).toBeGreaterThan(0);
      expect(rig.stats.buffersUsed).toBe(15);
      expect(rig.interrupts).toBe(rig.stats.turns);
    }
  });

  test('may have a window that is larger than the ring', () => {
    const rig = new BlkRig({ service: { window: 1_000_000, order: 'lifo' }, queue: { size: 4 } });
    rig.submit([header(BlkRequest.in)], [513]);
    rig.submit([header(BlkRequest.in)], [513]);
    expect(rig.drain()).toHaveLength(2);
  });
});

describe('a driver that breaks the protocol', () => {
  test.each([
    ['BLK_HEADER', [new Uint8Array(15)], [1]],
    ['BLK_STATUS_MISSING', [header(BlkRequest.flush), new Uint8Array(8)], []],
  ])('%s is told to the caller, and the service is over', (code, readable, writable) => {
    const rig = new BlkRig({ service: { window: 4, order: 'fifo' } });
    readSector(rig, 0);
    rig.submit(readable, writable);
    expect(() => rig.service.poll()).toThrow(expect.objectContaining({ code }) as Error);
    expect(() => rig.service.poll()).toThrow(QueueBroken);
    rig.service.abandon();
    expect(rig.service.inService).toBe(0);
  });

  test('on the ring is told to the caller too', () => {
    const rig = new BlkRig();
    const token = rig.submit([header(BlkRequest.flush)], [1]);
    expect(token).toBe(0);
    // A descriptor that points out of memory: the address is the first field of the table's first entry.
    rig.memory.store32(4096 + 4, 1);
    expect(() => rig.service.poll()).toThrow(ProtocolViolation);
    expect(() => rig.service.poll()).toThrow(QueueBroken);
  });
});

describe('abandon', () => {
  /** A rig with some requests in service between two turns. */
  function busyRig(inOrder: boolean): BlkRig {
    for (let seed = 0; ; seed++) {
      const rig = new BlkRig({ service: { window: 4, order: 'random' }, queue: { inOrder }, seed });
      for (let i = 0; i < 10; i++) readSector(rig, i);
      rig.service.poll();
      rig.collect();
      if (rig.service.inService > 0) return rig;
    }
  }

  test.each([false, true])(
    'forgets what is in service and leaves the ring alone (IN_ORDER: %s)',
    (inOrder) => {
      const rig = busyRig(inOrder);
      const { inFlightCount } = rig.queue;
      expect(rig.service.inService).toBe(inFlightCount);
      const memory = rig.memory.bytes(0, rig.memory.sizeBytes).slice();
      const stats = structuredClone(rig.stats);
      rig.service.abandon();
      expect(rig.service.inService).toBe(0);
      expect(rig.queue.inFlightCount).toBe(inFlightCount);
      expect(rig.stats).toEqual(stats);
      expect(Buffer.compare(rig.memory.bytes(0, rig.memory.sizeBytes), memory)).toBe(0);
    },
  );

  test('returns none of them later', () => {
    const rig = busyRig(false);
    const abandoned = rig.service.inService;
    rig.service.abandon();
    expect(rig.drain()).toHaveLength(10 - 4 - abandoned);
    expect(rig.driver.outstandingCount).toBe(abandoned);
  });
});

describe('over a file', () => {
  function fileRig(path: string): BlkRig {
    const backend = new FileBackend(openImage(path, false), false);
    onTestFinished(() => backend.close());
    return new BlkRig({ backend, service: { window: 4, order: 'random' } });
  }

  test('requests read and write the image itself', () => {
    const path = tempImage(patternBytes(32 * 512));
    const rig = fileRig(path);
    const fresh = patternBytes(1024, 6);
    rig.request([header(BlkRequest.out, 4), fresh.subarray(0, 100), fresh.subarray(100)], [1]);
    rig.request([header(BlkRequest.flush)], [1]);
    const { data } = rig.request([header(BlkRequest.in, 3)], [700, 836, 1]);
    const expected = patternBytes(32 * 512);
    expected.set(fresh, 2048);
    expect(Buffer.compare(data, expected.subarray(1536, 3072))).toBe(0);
    expect(readFileSync(path).equals(expected)).toBe(true);
  });

  test('an image that was truncated meanwhile fails the read, not the device', () => {
    const path = tempImage(patternBytes(32 * 512));
    const rig = fileRig(path);
    truncateSync(path, 700);
    const { status, data } = rig.request([header(BlkRequest.in, 0)], [512, 512, 1]);
    expect(status).toBe(BlkStatus.ioErr);
    expect(data.every((byte) => byte === 0)).toBe(true);
    expect(rig.stats.backendErrorsByErrno).toEqual({ EIO: 1 });
    expect(rig.request([header(BlkRequest.in, 0)], [512, 1]).status).toBe(BlkStatus.ok);
  });

  test.skipIf(!existsSync('/dev/full'))('a full file system fails the write, not the device', () => {
    const backend = new FileBackend({ fd: openSync('/dev/full', 'r+'), sizeBytes: 4096 }, false);
    onTestFinished(() => backend.close());
    const rig = new BlkRig({ backend });
    expect(rig.request([header(BlkRequest.out), patternBytes(512)], [1]).status).toBe(BlkStatus.ioErr);
    expect(rig.stats.backendErrorsByErrno).toEqual({ ENOSPC: 1 });
    expect(rig.request([header(BlkRequest.in)], [512, 1]).status).toBe(BlkStatus.ok);
  });

  test('a bug below is not taken for a failure of the disk', () => {
    const backend = new FileBackend({ fd: 2 ** 40, sizeBytes: 4096 }, false);
    const rig = new BlkRig({ backend });
    readSector(rig, 0);
    expect(() => rig.service.poll()).toThrow(RangeError);
  });
});

describe('a device that is to come to rest', () => {
  test.each([false, true])('finishes what it has taken and takes nothing more, IN_ORDER %s', (inOrder) => {
    const order = inOrder ? 'fifo' : 'lifo';
    const rig = new BlkRig({ service: { window: 8, order }, queue: { inOrder } });
    for (let i = 0; i < 20; i++) readSector(rig, i);
    rig.service.poll();
    const { inService } = rig.service;
    expect(inService).toBeGreaterThan(0);
    const { interrupts } = rig;
    expect([rig.service.drain(), rig.service.inService, rig.queue.inFlightCount]).toEqual([true, 0, 0]);
    expect(rig.interrupts).toBe(interrupts + 1);
    expect([rig.service.drain(), rig.interrupts]).toEqual([true, interrupts + 1]);
    expect(rig.collect()).toHaveLength(8 + inService);
    expect(rig.drain()).toHaveLength(12 - inService);
  });
});
