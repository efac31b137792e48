import { describe, expect, test } from 'vitest';
import { BlkStatus } from '../../src/devices/blk.js';
import { readBlkCapacity } from '../../src/guest/blk-limits.js';
import { blkConfig, blkOffer } from '../../src/host/blk-config.js';
import { MemoryBackend } from '../../src/host/memory-backend.js';
import { SharedMemory } from '../../src/memory/shared-memory.js';
import { InterruptCause } from '../../src/transport/status.js';
import { stampDisk } from '../../src/workload/payload.js';
import type { BlkMachine } from '../support/transport/blk-machine.js';
import { DISK_SECTORS } from '../support/transport/job-plan.js';
import { Requests } from '../support/transport/requests.js';
import { WorkRig, type WorkOptions } from '../support/transport/run-work.js';

const SEED = 7;
const TRANSPORTS = ['mmio', 'pci'] as const;

/** A disk that becomes larger or smaller, stamped as a workload expects it. */
class ElasticDisk extends MemoryBackend {
  override sizeBytes: number;

  constructor(sectors: number) {
    const memory = SharedMemory.ofSize(2 * DISK_SECTORS * 512);
    stampDisk(memory.words(0, memory.sizeBytes), SEED);
    super(memory, false);
    this.sizeBytes = sectors * 512;
  }

  /** As the device of `machine` does it: the disk first, then the field, with a notification. */
  resize(sectors: number, { plan, device }: BlkMachine): void {
    this.sizeBytes = sectors * 512;
    device.updateConfig(blkConfig(blkOffer(plan.blk, this, 1)));
  }
}

describe('5.2.6.2 a disk whose capacity changes, device', () => {
  test.each(TRANSPORTS.flatMap((transport) => [100, 300].map((to) => [transport, to] as const)))(
    'N0733 N0734 it tells the driver and serves what is there now: %s, to %i sectors',
    (transport, to) => {
      const disk = new ElasticDisk(DISK_SECTORS);
      const rig = new Requests({ transport }, disk);
      const { driver } = rig.machine;
      const line = driver.interrupts(0);
      const sequence = line.bell.sequence();
      expect(readBlkCapacity(driver)).toBe(DISK_SECTORS);
      expect(line.pending() & InterruptCause.configChange).toBe(0);

      disk.resize(to, rig.machine);
      expect(line.pending() & InterruptCause.configChange).toBe(InterruptCause.configChange);
      expect(line.bell.sequence()).not.toBe(sequence);
      expect(readBlkCapacity(driver)).toBe(to);

      rig.blk.resize(1000);
      expect(rig.do((blk) => blk.read(0, to - 1, 512, 1))).toBe(BlkStatus.ok);
      expect(rig.do((blk) => blk.read(0, to, 512, 1))).toBe(BlkStatus.ioErr);
      expect(rig.do((blk) => blk.write(0, to - 1, 1024, 1))).toBe(BlkStatus.ioErr);
      expect(rig.do((blk) => blk.discard(0, to - 1, 1024))).toBe(BlkStatus.ioErr);
      expect(rig.machine.violations).toEqual([]);
    },
  );
});

describe('5.2.6.1 a disk whose capacity changes, driver', () => {
  /** A workload on a disk that has `to` sectors from its 30th request on. */
  function resized(to: number, options: WorkOptions = {}): { rig: WorkRig; postedBefore: () => number } {
    const disk = new ElasticDisk(DISK_SECTORS);
    let postedBefore = 0;
    const afterCompletion = (count: number): void => {
      if (count !== 30) return;
      postedBefore = rig.queue.history.length;
      disk.resize(to, rig.machine);
    };
    const rig = new WorkRig({ ...options, seed: SEED, disk, control: { afterCompletion } });
    return { rig, postedBefore: () => postedBefore };
  }

  test.each(TRANSPORTS)(
    'N0708 it looks at the capacity again, and may use what has come: %s',
    (transport) => {
      const { rig } = resized(2 * DISK_SECTORS, { transport });
      const last = (): boolean => rig.blk.read(0, 2 * DISK_SECTORS - 1, 512, 1);
      expect(last).toThrow(/are wanted, the disk has 256/);
      rig.run();
      expect([rig.count('completed'), rig.count('errors'), rig.count('mismatches')]).toEqual([100, 0, 0]);
      expect(last()).toBe(true);
      expect(() => rig.blk.read(1, 2 * DISK_SECTORS, 512, 1)).toThrow(/the disk has 512/);
    },
  );

  test.each(TRANSPORTS)('N0708 N0709 and asks for nothing that is gone: %s', (transport) => {
    const { rig, postedBefore } = resized(DISK_SECTORS / 2, { transport });
    expect(() => rig.run()).toThrow(expect.objectContaining({ code: 'BEYOND_CAPACITY' }));
    // What was on its way when the disk shrank had been right when it was posted.
    const later = rig.queue.history.slice(postedBefore() + rig.plan.workload.arrival.depth);
    for (const { sector, count } of later) expect(sector + count).toBeLessThanOrEqual(DISK_SECTORS / 2);
    expect(rig.queue.history.length).toBeLessThan(100);
  });

  test.each(['read', 'write', 'discard', 'writeZeroes'] as const)(
    'N0709 no %s goes beyond the end, and nothing of one that would is in the ring',
    (kind) => {
      const rig = new Requests();
      const post = (): boolean =>
        kind === 'read' || kind === 'write'
          ? rig.blk[kind](0, DISK_SECTORS - 1, 1024, 1)
          : rig.blk[kind](0, DISK_SECTORS - 1, 1024);
      expect(post).toThrow(expect.objectContaining({ code: 'BEYOND_CAPACITY' }));
      expect(rig.queue.history).toEqual([]);
      expect(rig.blk.outstandingCount).toBe(0);
    },
  );
});
