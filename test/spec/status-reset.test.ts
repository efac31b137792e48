import { describe, expect, test } from 'vitest';
import { FeatureSet } from '../../src/transport/features.js';
import { Mmio } from '../../src/transport/mmio-registers.js';
import { negotiate, resetDevice, setDriverOk } from '../../src/transport/negotiate.js';
import { InterruptCause } from '../../src/transport/status.js';
import { BlkMachine } from '../support/transport/blk-machine.js';
import { DriverRig } from '../support/transport/driver-rig.js';
import { jobPlan } from '../support/transport/job-plan.js';
import { AT, RegisterRig, ringAt } from '../support/transport/register-rig.js';

describe('2.4 device reset, device', () => {
  test('2.4.1 N0017 Status reads 0 once the reset is done, and not before every queue has stopped', () => {
    const rig = RegisterRig.live();
    rig.write(Mmio.status, 0);
    for (const queue of rig.queues) {
      expect(rig.status, `queue ${queue.index} still runs`).toBe(AT.live);
      queue.acknowledge();
    }
    expect(rig.status).toBe(0);
    expect(rig.codes).toEqual([]);
  });

  test('2.4.1 N0017 from every state of the initialisation', () => {
    for (const at of [AT.driver, AT.featuresOk, AT.live]) {
      const rig = new RegisterRig().initialise(at);
      rig.write(Mmio.status, 0);
      expect(rig.status).toBe(0);
    }
  });

  test('2.4.1 everything that the driver chose is forgotten', () => {
    const rig = RegisterRig.live();
    rig.write(Mmio.queueSel, 2);
    rig.write(Mmio.deviceFeaturesSel, 1);
    rig.write(Mmio.driverFeaturesSel, 1);
    rig.window.raiseUsedInterrupt(rig.window.interruptBell(0));
    rig.write(Mmio.status, 0);
    rig.settle();
    expect(rig.status).toBe(0);
    expect(rig.read(Mmio.interruptStatus)).toBe(0);
    expect(rig.read(Mmio.deviceFeatures), 'DeviceFeaturesSel').toBe(rig.model.features.word(0));
    // DriverFeaturesSel is 0 again, and no feature is left over.
    rig.write(Mmio.driverFeatures, 1 << 3);
    rig.write(Mmio.status, AT.driver);
    rig.write(Mmio.status, AT.featuresOk);
    expect(rig.status, 'VERSION_1 was not accepted this time').toBe(AT.driver);
    // QueueSel is 0 again: this makes queue 0 ready.
    rig.initialise(AT.featuresOk);
    rig.write(Mmio.queueSize, 4);
    rig.write(Mmio.queueReady, 1);
    expect([2, 1, 0].map((queue) => rig.queueReady(queue))).toEqual([0, 0, 1]);
    expect(rig.codes).toEqual([]);
  });

  test('2.4.1 sizes and addresses of the queues are forgotten too', () => {
    const rig = RegisterRig.live();
    rig.write(Mmio.status, 0);
    rig.settle();
    rig.initialise(AT.featuresOk);
    rig.write(Mmio.queueReady, 1);
    expect(rig.codes).toEqual(['MMIO_QUEUE_SIZE']);
    const other = RegisterRig.live();
    other.write(Mmio.status, 0);
    other.settle();
    other.initialise(AT.featuresOk);
    other.write(Mmio.queueSize, 1);
    other.write(Mmio.queueReady, 1);
    other.initialise(AT.live);
    expect(other.window.queueSetup(0)).toEqual({ size: 1, desc: 0, driver: 0, device: 0 });
  });

  test('2.4.1 N0018 after it the rings are left alone and nothing is notified, kick as one may', () => {
    const machine = new BlkMachine(jobPlan());
    const { blk, queue } = machine.start();
    machine.hostRunsDry();
    for (let slot = 0; slot < 3; slot++) blk.read(slot, slot, 512, 1);
    queue.publish();
    machine.driver.writeStatus(0);
    expect(machine.driver.readStatus()).toBe(0);
    const before = machine.ram.bytes(0, machine.ram.sizeBytes).slice();
    const bell = machine.window.interruptBell(0);
    const sequence = bell.sequence();
    machine.driver.kicker(0, FeatureSet.empty).notify(3);
    machine.hostRunsDry();
    expect(machine.live).toBeNull();
    expect(Buffer.compare(machine.ram.bytes(0, machine.ram.sizeBytes), before)).toBe(0);
    expect(machine.window.interruptStatus).toBe(0);
    expect(bell.sequence()).toBe(sequence);
  });

  test('2.4.1 N0018 a change of configuration is not announced after it', () => {
    const rig = RegisterRig.live();
    rig.write(Mmio.status, 0);
    rig.settle();
    expect(rig.status).toBe(0);
    rig.device.updateConfig(new Uint8Array(8));
    expect(rig.read(Mmio.interruptStatus)).toBe(0);
    expect(rig.window.interruptBell(0).sequence()).toBe(0);
  });

  test('2.4.1 N0018 a queue is not served in a new life before it is set up in it', () => {
    const machine = new BlkMachine(jobPlan());
    const { blk, queue } = machine.start();
    machine.hostRunsDry();
    blk.read(0, 0, 512, 1);
    queue.publish();
    resetDevice(machine.driver);
    negotiate(machine.driver, { supported: FeatureSet.empty, dependencies: [] });
    setDriverOk(machine.driver);
    machine.driver.kicker(0, FeatureSet.empty).notify(1);
    machine.hostRunsDry();
    expect(machine.live).toBeNull();
    expect(machine.stats.buffersPopped).toBe(0);
  });
});

describe('2.4 device reset, driver', () => {
  test('2.4.2 N0019 the driver takes the reset for done when it reads Status 0, and touches nothing before', () => {
    const rig = new DriverRig();
    rig.initialise(AT.featuresOk);
    rig.enableQueue(0);
    rig.initialise(AT.live);
    rig.settle();
    rig.slowness = 9;
    resetDevice(rig.driver);
    expect(rig.status).toBe(0);
    const [first, ...others] = rig.log.lines;
    expect(first).toBe('write status 0');
    expect(others.length).toBeGreaterThan(9);
    expect(others.at(-1)).toBe('read status 0');
    expect(others.slice(0, -1).every((line) => line === `read status ${AT.live}`)).toBe(true);
  });

  test('2.4.2 N0019 a queue of the life before can be used again only then', () => {
    const rig = new DriverRig();
    for (let life = 0; life < 3; life++) {
      negotiate(rig.driver, { supported: FeatureSet.empty, dependencies: [] });
      rig.driver.enableQueue(1, 16, ringAt(1));
      setDriverOk(rig.driver);
      rig.settle();
      expect(rig.isLive(1)).toBe(true);
      rig.slowness = 5;
    }
    expect(rig.codes).toEqual([]);
    expect(rig.window.interruptStatus & InterruptCause.configChange).toBe(0);
  });
});
