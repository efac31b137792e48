import { describe, expect, test } from 'vitest';
import { BlkRequest, BlkStatus } from '../../../src/devices/blk.js';
import { InvariantError } from '../../../src/errors.js';
import type { PlanChanges } from '../../support/transport/job-plan.js';
import type { Posted } from '../../support/transport/queue-tap.js';
import { expectBytes, pattern, Requests } from '../../support/transport/requests.js';

const FRAMINGS = ['separate', 'merged'] as const;

describe.each(FRAMINGS)('%s requests', (framing) => {
  function make(changes: PlanChanges = {}): Requests {
    const workload = { framing, blocks: [{ sizeBytes: 4096, weight: 1 }], ...changes.workload };
    return new Requests({ ...changes, workload });
  }

  test('write and read what is in the slot', () => {
    const rig = make();
    rig.fill(0, pattern(2048, 3));
    expect(rig.do((blk) => blk.write(0, 8, 2048, 1))).toBe(BlkStatus.ok);
    expect(rig.do((blk) => blk.read(1, 9, 1024, 1))).toBe(BlkStatus.ok);
    expectBytes(rig.data(1, 1024), pattern(2048, 3).slice(512, 1536));
    expectBytes(rig.machine.disk?.bytes(8 * 512, 2048), pattern(2048, 3));
    expect(rig.machine.violations).toEqual([]);
  });

  test('have the descriptors that were asked for', () => {
    const rig = make();
    for (const segments of [1, 2, 7]) {
      rig.do((blk) => blk.write(0, 0, 4096, segments));
      rig.do((blk) => blk.read(0, 0, 4096, segments));
    }
    rig.do((blk) => blk.flush(0));
    rig.do((blk) => blk.discard(0, 0, 512));
    rig.do((blk) => blk.writeZeroes(0, 0, 512));
    rig.do((blk) => blk.getId(0));
    // Merged, the header is in the first range of a write, and the status in the last of a read.
    const extra = framing === 'merged' ? 1 : 2;
    const wanted = [1, 1, 2, 2, 7, 7].map((segments) => segments + extra);
    const fixed = framing === 'merged' ? [2, 2, 2, 2] : [2, 3, 3, 3];
    expect(rig.queue.history.map(({ lengths }) => lengths.length)).toEqual([...wanted, ...fixed]);
    expect(rig.statuses.every((status) => status === BlkStatus.ok)).toBe(true);
  });

  test('cut their data evenly, and lose no byte of it', () => {
    const rig = make();
    rig.fill(0, pattern(4096, 9));
    rig.do((blk) => blk.write(0, 0, 4096, 5));
    expectBytes(rig.machine.disk?.bytes(0, 4096), pattern(4096, 9));
    const { lengths, readableCount } = rig.queue.history[0] as Posted;
    const data = lengths.slice(framing === 'merged' ? 0 : 1, readableCount);
    expect(data.reduce((sum, length) => sum + length)).toBe(4096 + (framing === 'merged' ? 16 : 0));
    expect(Math.max(...data) - Math.min(...data)).toBeLessThanOrEqual(1);
  });

  test('have no range longer than size_max, however few were asked for', () => {
    const rig = make({ blk: { sizeMaxBytes: 700 } });
    rig.fill(0, pattern(4096, 2));
    expect(rig.do((blk) => blk.write(0, 0, 4096, 1))).toBe(BlkStatus.ok);
    expect(rig.do((blk) => blk.read(1, 0, 4096, 2))).toBe(BlkStatus.ok);
    expectBytes(rig.data(1, 4096), pattern(4096, 2));
    for (const { lengths } of rig.queue.history) expect(Math.max(...lengths)).toBeLessThanOrEqual(700);
    expect(rig.queue.history[0]?.lengths).toHaveLength(6 + (framing === 'merged' ? 1 : 2));
  });

  test('may use seg_max ranges, and asking for more is our bug', () => {
    const rig = make({ blk: { segMax: 3 } });
    expect(rig.do((blk) => blk.write(0, 0, 4096, 3))).toBe(BlkStatus.ok);
    expect(rig.do((blk) => blk.read(0, 0, 4096, 3))).toBe(BlkStatus.ok);
    expect(() => rig.blk.read(0, 0, 4096, 4)).toThrow(InvariantError);
  });

  test('fit a ring of the least size, many times over', () => {
    const size = framing === 'merged' ? 2 : 4;
    const rig = make({ queue: { size, startIndex: 0xfff0 } });
    for (let i = 0; i < 100; i++) {
      rig.fill(0, pattern(512, i));
      expect(rig.do((blk) => blk.write(0, i % 16, 512, 1))).toBe(BlkStatus.ok);
      expect(rig.do((blk) => blk.read(1, i % 16, 512, 1))).toBe(BlkStatus.ok);
      expectBytes(rig.data(1, 512), pattern(512, i));
    }
    expect(rig.machine.violations).toEqual([]);
  });

  test('go into indirect tables', () => {
    for (const directCount of [0, 2]) {
      const rig = make({ queue: { features: ['INDIRECT_DESC'], directCount, size: 4 } });
      rig.fill(0, pattern(4096, 5));
      expect(rig.do((blk) => blk.write(0, 0, 4096, 2))).toBe(BlkStatus.ok);
      expect(rig.do((blk) => blk.read(1, 0, 4096, 2))).toBe(BlkStatus.ok);
      expectBytes(rig.data(1, 4096), pattern(4096, 5));
    }
  });

  test('answer with the serial number, up to 20 characters', () => {
    for (const serial of ['', 'SN-7', 'abcdefghijklmnopqrst']) {
      const rig = make({ blk: { serial } });
      expect(rig.do((blk) => blk.getId(2))).toBe(BlkStatus.ok);
      expect(rig.blk.identity(2)).toBe(serial);
    }
  });

  test('discard and zero the range that was named', () => {
    const rig = make();
    rig.do((blk) => blk.discard(0, 5, 1024));
    rig.do((blk) => blk.writeZeroes(0, 9, 2048));
    const ranges = rig.queue.history.map(({ type, sector, count, flags }) => ({
      type,
      sector,
      count,
      flags,
    }));
    expect(ranges).toEqual([
      { type: BlkRequest.discard, sector: 5, count: 2, flags: 0 },
      { type: BlkRequest.writeZeroes, sector: 9, count: 4, flags: 0 },
    ]);
    const zero = (sector: number): boolean =>
      rig.machine.disk?.bytes(sector * 512, 512).every((byte) => byte === 0) === true;
    const zeroed = Array.from({ length: 16 }, (_, sector) => sector).filter(zero);
    expect(zeroed).toEqual([5, 6, 9, 10, 11, 12]);
    expect(rig.statuses).toEqual([BlkStatus.ok, BlkStatus.ok]);
  });

  test('name sectors past 2^32 exactly', () => {
    const rig = make();
    const far = 2 ** 44 + 0xffff_ffff;
    rig.blk.resize(2 * far);
    expect(rig.do((blk) => blk.read(0, far, 512, 1))).toBe(BlkStatus.ioErr);
    expect(rig.do((blk) => blk.write(0, far, 512, 1))).toBe(BlkStatus.ioErr);
    expect(rig.do((blk) => blk.writeZeroes(0, far, 512))).toBe(BlkStatus.ioErr);
    expect(rig.queue.history.map(({ sector }) => sector)).toEqual([far, far, far]);
  });

  test('that fail say so, and their data is not trusted', () => {
    const rig = make({ backend: { kind: 'memory', sizeBytes: 4096, readOnly: true, faults: [] } });
    rig.blk.resize(9);
    expect(rig.do((blk) => blk.write(0, 0, 512, 1))).toBe(BlkStatus.ioErr);
    expect(rig.do((blk) => blk.read(0, 8, 512, 1))).toBe(BlkStatus.ioErr);
    expect(rig.do((blk) => blk.discard(0, 0, 512))).toBe(BlkStatus.unsupported);
  });
});

describe('a queue of requests', () => {
  test('refuses one that does not fit now, and takes it later', () => {
    const rig = new Requests({ queue: { size: 8 } });
    expect(rig.blk.read(0, 0, 512, 1)).toBe(true);
    expect(rig.blk.read(1, 1, 512, 1)).toBe(true);
    expect(rig.blk.read(2, 2, 512, 1)).toBe(false);
    expect(rig.blk.outstandingCount).toBe(2);
    rig.kickAndWork();
    expect([rig.blk.complete(), rig.blk.complete(), rig.blk.complete()]).toEqual([0, 1, -1]);
    expect(rig.do((blk) => blk.read(2, 2, 512, 1))).toBe(BlkStatus.ok);
    expect(rig.blk.outstandingCount).toBe(0);
  });

  test('keeps slots apart, in whatever order they come back', () => {
    const rig = new Requests({ service: { window: 8, order: 'lifo' } });
    const sectors = [30, 10, 20];
    sectors.forEach((sector, slot) => expect(rig.blk.read(slot, sector, 512, 1)).toBe(true));
    rig.kickAndWork();
    const order = sectors.map(() => {
      const slot = rig.blk.complete();
      expect(rig.blk.status(slot)).toBe(BlkStatus.ok);
      return slot;
    });
    expect(order).toEqual([2, 1, 0]);
    // Each sector's stamp begins with its number.
    sectors.forEach((sector, slot) => expect(rig.blk.slots.words(slot)[0]).toBe(sector));
  });

  test('gives back, once each, what a reset device never answered', () => {
    const rig = new Requests();
    for (const slot of [3, 0, 5]) rig.blk.read(slot, slot, 512, 1);
    rig.queue.publish();
    rig.machine.driver.writeStatus(0);
    expect(rig.machine.driver.readStatus()).toBe(0);
    const slots = [rig.blk.detach(), rig.blk.detach(), rig.blk.detach()];
    expect(new Set(slots)).toEqual(new Set([0, 3, 5]));
    expect(rig.blk.detach()).toBe(-1);
    expect(rig.blk.outstandingCount).toBe(0);
  });
});
