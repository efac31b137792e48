import { beforeAll, describe, expect, test } from 'vitest';
import { BlkFeature, BlkRequest } from '../../../src/devices/blk.js';
import { BLK_DRIVER_FEATURES } from '../../../src/guest/blk-limits.js';
import type { WorkloadPlan } from '../../../src/scenario/plan.js';
import { DISK_SECTORS } from '../../support/transport/job-plan.js';
import type { Posted } from '../../support/transport/queue-tap.js';
import { Requests } from '../../support/transport/requests.js';
import { WorkRig } from '../../support/transport/run-work.js';

/** What the spec asks of every request of a driver (virtio 1.4, 5.2.6.1), of everything that a workload posts. */

const MIX: WorkloadPlan['mix'] = (['read', 'write', 'flush', 'discard', 'write_zeroes'] as const).map(
  (operation) => ({ operation, weight: 1 }),
);

const posted: Posted[] = [];

beforeAll(() => {
  for (const framing of ['separate', 'merged'] as const) {
    for (const pattern of ['random', 'sequential'] as const) {
      const blocks = [1, 3, 8, 64].map((sectors) => ({ sizeBytes: sectors * 512, weight: 1 }));
      const segments = { min: 1, max: 4 };
      const workload = { mix: MIX, blocks, framing, pattern, segments, operations: 200 };
      const rig = new WorkRig({ workload, blk: { sizeMaxBytes: 8192 } });
      rig.machine.log.accesses.length = 0;
      posted.push(...rig.run().queue.history);
    }
  }
});

function ofType(...types: number[]): Posted[] {
  const found = posted.filter(({ type }) => types.includes(type));
  expect(found.length).toBeGreaterThan(20);
  return found;
}

function sum(lengths: readonly number[]): number {
  return lengths.reduce((total, length) => total + length, 0);
}

function readable({ lengths, readableCount }: Posted): number {
  return sum(lengths.slice(0, readableCount));
}

function writable({ lengths, readableCount }: Posted): number {
  return sum(lengths.slice(readableCount));
}

describe('5.2.6.1 a block driver', () => {
  test('N0709 asks for nothing beyond the end of the disk', () => {
    for (const { sector, count } of posted) expect(sector + count).toBeLessThanOrEqual(DISK_SECTORS);
  });

  test('N0711 N0712 flushes with sector 0 and without data', () => {
    for (const request of ofType(BlkRequest.flush)) {
      expect(request.sector).toBe(0);
      expect([readable(request), writable(request)]).toEqual([16, 1]);
    }
  });

  test('N0713 reads and writes whole sectors, at least one', () => {
    for (const request of ofType(BlkRequest.in, BlkRequest.out)) {
      const isRead = request.type === BlkRequest.in;
      const data = isRead ? writable(request) - 1 : readable(request) - 16;
      expect(data % 512).toBe(0);
      expect(data).toBeGreaterThan(0);
      expect(isRead ? readable(request) : writable(request), 'and nothing in the other direction').toBe(
        isRead ? 16 : 1,
      );
    }
  });

  test('N0714 N0716 N0718 N0721 sends one whole range to discard or to zero, with the unmap bit 0', () => {
    for (const request of ofType(BlkRequest.discard, BlkRequest.writeZeroes)) {
      expect([readable(request), writable(request)]).toEqual([16 + 16, 1]);
      expect(request.flags).toBe(0);
      expect(request.count).toBeGreaterThan(0);
    }
  });

  test('N0715 asks for 20 bytes of serial number', () => {
    for (const framing of ['separate', 'merged'] as const) {
      const rig = new Requests({ workload: { framing } });
      rig.do((blk) => blk.getId(0));
      const [request] = rig.queue.history;
      expect(request?.type).toBe(BlkRequest.getId);
      expect(writable(request as Posted)).toBe(20 + 1);
    }
  });

  test('2.7.4.2 N0034 puts what the device reads in front of what it writes, and leaves no range empty', () => {
    for (const { lengths, readableCount } of posted) {
      expect(readableCount).toBeGreaterThan(0);
      expect(readableCount).toBeLessThan(lengths.length);
      expect(Math.min(...lengths)).toBeGreaterThan(0);
    }
  });

  test('N0681 N0685 N0710 accepts RO and FLUSH, which it can use, and not ZONED or CONFIG_WCE, which it cannot', () => {
    expect(BLK_DRIVER_FEATURES.has(BlkFeature.readOnly)).toBe(true);
    expect(BLK_DRIVER_FEATURES.has(BlkFeature.flush)).toBe(true);
    expect(BLK_DRIVER_FEATURES.has(BlkFeature.configWce)).toBe(false);
    expect(BLK_DRIVER_FEATURES.has(17)).toBe(false);
  });
});
