import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Feature, FeatureSet } from '../../src/transport/features.js';
import { Mmio } from '../../src/transport/mmio-registers.js';
import { negotiate, setDriverOk, setFailed } from '../../src/transport/negotiate.js';
import { InterruptCause, Status } from '../../src/transport/status.js';
import { seeded } from '../support/ring/seeded.js';
import { BlkMachine } from '../support/transport/blk-machine.js';
import { DriverRig } from '../support/transport/driver-rig.js';
import { jobPlan } from '../support/transport/job-plan.js';
import { AT, RegisterRig } from '../support/transport/register-rig.js';

const WISHES = { supported: FeatureSet.of(3, 9), dependencies: [] };

describe('2.1 device status field, driver', () => {
  test('2.1.1 N0001 the driver sets a bit for each step that is done', () => {
    const rig = new DriverRig();
    negotiate(rig.driver, WISHES);
    setDriverOk(rig.driver);
    expect(rig.log.written(Mmio.status)).toEqual([0, 1, 1 + 2, 1 + 2 + 8, 1 + 2 + 8 + 4]);
  });

  test('2.1.1 N0002 the driver clears no bit but by a reset, also where things go wrong', () => {
    const lives: ((rig: DriverRig) => void)[] = [
      (rig) => setDriverOk(rig.driver),
      (rig) => setFailed(rig.driver),
      (rig) => {
        rig.read(Mmio.queueSel);
        setFailed(rig.driver);
      },
    ];
    for (const live of lives) {
      const rig = new DriverRig();
      for (let round = 0; round < 2; round++) {
        negotiate(rig.driver, WISHES);
        live(rig);
      }
      const written = rig.log.written(Mmio.status);
      written.forEach((status, i) => {
        const before = written[i - 1] ?? 0;
        expect(status === 0 || (before & ~status) === 0, `${status} after ${before}`).toBe(true);
      });
      expect(rig.codes.filter((code) => code === 'STATUS_CLEARED')).toEqual([]);
    }
  });

  test('2.1.1 N0002 a bit that a driver clears all the same stays, and the device says so', () => {
    const property = fc.property(fc.array(fc.nat(255), { maxLength: 10 }), (writes) => {
      const rig = new RegisterRig();
      for (const status of writes) {
        const before = rig.status;
        const violations = rig.violations.length;
        rig.write(Mmio.status, status);
        if (status === 0) expect(rig.status).toBe(0);
        else expect(before & ~rig.status).toBe(0);
        const cleared = status !== 0 && (before & ~status & ~Status.needsReset) !== 0;
        const added = rig.codes.slice(violations);
        expect(added.includes('STATUS_CLEARED')).toBe(cleared);
      }
    });
    fc.assert(property, seeded(300));
  });

  test('2.1.1 N0003 what follows FAILED is a reset, and it leads to a device like new', () => {
    const rig = new DriverRig();
    negotiate(rig.driver, WISHES);
    setFailed(rig.driver);
    expect(rig.status).toBe(AT.featuresOk | Status.failed);
    negotiate(rig.driver, WISHES);
    const written = rig.log.written(Mmio.status);
    expect(written[written.indexOf(AT.featuresOk | Status.failed) + 1]).toBe(0);
    expect(rig.status).toBe(AT.featuresOk);
  });

  test('2.1.1 N0004 what was in flight when the device needs a reset is neither done nor lost to the driver', () => {
    const machine = new BlkMachine(jobPlan());
    const { blk, queue } = machine.start();
    machine.hostRunsDry();
    blk.read(0, 1, 512, 1);
    blk.read(1, 2, 512, 1);
    queue.publish();
    machine.device.read(Mmio.queueSel, 4);
    machine.hostRunsDry();
    expect(blk.complete()).toBe(-1);
    expect(blk.outstandingCount).toBe(2);
    machine.driver.writeStatus(0);
    expect(machine.driver.readStatus()).toBe(0);
    expect([blk.detach(), blk.detach(), blk.detach()].sort((a, b) => a - b)).toEqual([-1, 0, 1]);
  });
});

describe('2.1 device status field, device', () => {
  test('2.1.2 N0005 nothing is consumed and nothing is notified before DRIVER_OK, kicked or not', () => {
    const machine = new BlkMachine(jobPlan());
    const { blk, queue } = machine.drive(machine.bringUp());
    for (let slot = 0; slot < 3; slot++) blk.read(slot, slot, 512, 1);
    queue.publish();
    machine.driver.kicker(0, FeatureSet.empty).notify(3);
    machine.hostRunsDry();
    expect(machine.stats.buffersPopped).toBe(0);
    expect(machine.ram.load16Acquire(machine.ring.device + 2), 'used.idx').toBe(0);
    expect(machine.window.interruptStatus).toBe(0);
    expect(machine.window.interruptBell(0).sequence()).toBe(0);
    // What is there at DRIVER_OK is found without another kick (3.1.1).
    setDriverOk(machine.driver);
    machine.hostRunsDry();
    expect([blk.complete(), blk.complete(), blk.complete(), blk.complete()]).toEqual([0, 1, 2, -1]);
    expect(machine.window.interruptStatus).toBe(InterruptCause.usedBuffer);
    expect(machine.violations).toEqual([]);
  });

  test('2.1.2 N0006 a device that cannot go on sets DEVICE_NEEDS_RESET: on its registers', () => {
    const rig = RegisterRig.live();
    rig.write(Mmio.queueNotify, 99);
    expect(rig.status).toBe(AT.live | Status.needsReset);
  });

  test('2.1.2 N0006 a device that cannot go on sets DEVICE_NEEDS_RESET: on a ring', () => {
    const machine = new BlkMachine(jobPlan());
    const { blk, queue } = machine.start();
    machine.hostRunsDry();
    blk.read(0, 0, 512, 1);
    // The first descriptor points out of memory.
    machine.ram.store32(machine.ring.desc + 4, 0xffff);
    queue.kick();
    machine.hostRunsDry();
    expect(machine.violations.map(({ code }) => code)).toEqual(['VIRTQ_DESC_ADDRESS']);
    expect(machine.window.status).toBe(AT.live | Status.needsReset);
    expect(machine.window.interruptStatus).toBe(InterruptCause.configChange);
    expect(machine.live, 'nothing is served any more').toBeNull();
  });

  test('2.1.2 N0007 a live driver is told of it by a configuration interrupt', () => {
    const rig = RegisterRig.live();
    rig.write(Mmio.magicValue, 0);
    expect(rig.read(Mmio.interruptStatus)).toBe(InterruptCause.configChange);
    expect([0, 1, 2].map((vcpu) => rig.window.interruptBell(vcpu).sequence())).toEqual([1, 1, 1]);
    expect(rig.read(Mmio.configGeneration), 'the configuration itself did not change').toBe(0);
  });

  test.each([AT.start, AT.driver, AT.featuresOk])(
    '2.1.2 N0007 a driver at status %i is not interrupted',
    (at) => {
      const rig = new RegisterRig();
      if (at !== AT.start) rig.initialise(at);
      rig.write(Mmio.magicValue, 0);
      expect(rig.status).toBe(at | Status.needsReset);
      expect(rig.window.interruptStatus).toBe(0);
      expect(rig.window.interruptBell(0).sequence()).toBe(0);
    },
  );
});

describe('2.1 status bits that are not for the driver to set', () => {
  test('3.4.2 N0248 SUSPEND, which was not negotiated, is ignored', () => {
    const rig = new RegisterRig().initialise(AT.live);
    rig.write(Mmio.status, AT.live | Status.suspend);
    expect(rig.status).toBe(AT.live);
    expect(rig.codes).toEqual([]);
  });

  test.each([
    ['DEVICE_NEEDS_RESET', Status.needsReset],
    ['a bit that has no meaning', 0x20],
  ])('%s is reported', (_, bit) => {
    const rig = new RegisterRig().initialise(AT.live);
    rig.write(Mmio.status, AT.live | bit);
    expect(rig.status).toBe(AT.live | Status.needsReset);
    expect(rig.codes).toEqual(['STATUS_BIT']);
  });
});

describe('6 reserved feature bits that decide about the start', () => {
  test('6.1 N1458 the driver accepts VERSION_1 without being asked to', () => {
    const rig = new DriverRig();
    expect(negotiate(rig.driver, { supported: FeatureSet.empty, dependencies: [] }).bits()).toEqual([32]);
  });

  test('6.1 N1459 a driver may stop without VERSION_1, and ours does', () => {
    const rig = new DriverRig({ model: { features: FeatureSet.of(Feature.indirectDesc) } });
    expect(() => negotiate(rig.driver, WISHES)).toThrow(
      expect.objectContaining({ code: 'NO_VERSION_1' }) as Error,
    );
    expect(rig.status & Status.failed).not.toBe(0);
  });

  test('6.2 N1471 a device may refuse a driver that did not accept VERSION_1, and ours does', () => {
    const rig = new RegisterRig().initialise(AT.driver);
    rig.accept(FeatureSet.of(3, 9));
    rig.write(Mmio.status, AT.featuresOk);
    expect(rig.status).toBe(AT.driver);
    expect(rig.codes).toEqual([]);
  });
});
