import { describe, expect, test } from 'vitest';
import { FeatureSet } from '../../src/transport/features.js';
import { Mmio } from '../../src/transport/mmio-registers.js';
import { InterruptCause } from '../../src/transport/status.js';
import { BlkMachine } from '../support/transport/blk-machine.js';
import { jobPlan } from '../support/transport/job-plan.js';
import { AT, RegisterRig } from '../support/transport/register-rig.js';

const { usedBuffer, configChange } = InterruptCause;

describe('4.2.2 MMIO registers, device', () => {
  test('4.2.2.1 N0360 MagicValue is "virt"', () => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(new RegisterRig().read(0x000));
    expect(bytes.toString('latin1')).toBe('virt');
    expect(bytes.readUInt32LE()).toBe(0x74726976);
  });

  test('4.2.2.1 N0361 Version is 2', () => {
    expect(new RegisterRig().read(0x004)).toBe(2);
  });

  test('4.2.2.1 N0362 an event stays in InterruptStatus until it is acknowledged, and only that one goes', () => {
    const rig = RegisterRig.live();
    rig.queues[1]?.interrupter.notify(0);
    rig.device.updateConfig(new Uint8Array(4));
    expect(rig.read(Mmio.interruptStatus)).toBe(usedBuffer | configChange);
    expect(rig.read(Mmio.interruptStatus), 'a read takes nothing away').toBe(usedBuffer | configChange);
    rig.write(Mmio.interruptAck, configChange);
    expect(rig.read(Mmio.interruptStatus)).toBe(usedBuffer);
    rig.device.updateConfig(new Uint8Array(4));
    rig.write(Mmio.interruptAck, usedBuffer);
    expect(rig.read(Mmio.interruptStatus)).toBe(configChange);
    rig.write(Mmio.interruptAck, usedBuffer | configChange);
    expect(rig.read(Mmio.interruptStatus)).toBe(0);
  });

  test('4.2.2.1 N0362 an event after the acknowledgement is there again', () => {
    const rig = RegisterRig.live();
    for (let i = 0; i < 3; i++) {
      rig.queues[0]?.interrupter.notify(0);
      expect(rig.read(Mmio.interruptStatus)).toBe(usedBuffer);
      rig.write(Mmio.interruptAck, usedBuffer);
      expect(rig.read(Mmio.interruptStatus)).toBe(0);
    }
  });

  test('4.2.2.1 N0363 no other bit is ever set, and an acknowledgement of nothing does nothing', () => {
    const rig = RegisterRig.live();
    expect(rig.read(Mmio.interruptStatus)).toBe(0);
    rig.write(Mmio.interruptAck, 0xffff_ffff);
    expect(rig.read(Mmio.interruptStatus)).toBe(0);
    rig.queues[2]?.interrupter.notify(0);
    rig.write(Mmio.interruptAck, 0xffff_fffe);
    expect(rig.read(Mmio.interruptStatus)).toBe(usedBuffer);
    expect(rig.codes).toEqual([]);
  });

  test('4.2.2.1 N0364 a reset clears InterruptStatus, and QueueReady of every queue', () => {
    const rig = RegisterRig.live();
    rig.queues[0]?.interrupter.notify(0);
    rig.device.updateConfig(new Uint8Array(4));
    rig.write(Mmio.status, 0);
    rig.settle();
    expect(rig.status).toBe(0);
    expect(rig.read(Mmio.interruptStatus)).toBe(0);
    expect([0, 1, 2].map((queue) => rig.queueReady(queue))).toEqual([0, 0, 0]);
  });

  test('4.2.2.1 N0364 QueueReady is cleared also where the device never became live', () => {
    const rig = new RegisterRig().initialise(AT.featuresOk);
    rig.enableQueue(1);
    rig.write(Mmio.status, 0);
    expect(rig.queueReady(1)).toBe(0);
  });

  test('4.2.2.1 N0366 a ring is not touched while QueueReady is 0', () => {
    const machine = new BlkMachine(jobPlan());
    const { blk, queue } = machine.start();
    machine.hostRunsDry();
    blk.read(0, 0, 512, 1);
    queue.publish();
    machine.device.write(Mmio.queueSel, 4, 0);
    machine.device.write(Mmio.queueReady, 4, 0);
    while (machine.device.read(Mmio.queueReady, 4) === 1) expect(machine.hostRuns()).toBe(true);
    const before = machine.ram.bytes(0, machine.ram.sizeBytes).slice();
    machine.driver.kicker(0, FeatureSet.empty).notify(1);
    machine.hostRunsDry();
    expect(machine.stats.buffersPopped).toBe(0);
    expect(Buffer.compare(machine.ram.bytes(0, machine.ram.sizeBytes), before)).toBe(0);
    expect(machine.violations).toEqual([]);
  });

  test('4.2.2 QueueSizeMax is 0 for a queue that does not exist', () => {
    const rig = new RegisterRig();
    const sizes = [0, 1, 2, 3, 1000].map((queue) => {
      rig.write(Mmio.queueSel, queue);
      return rig.read(Mmio.queueSizeMax);
    });
    expect(sizes).toEqual([256, 256, 256, 0, 0]);
  });

  test('4.2.2 DeviceFeatures shows 32 of 128 bits at a time, and none behind them', () => {
    const rig = new RegisterRig();
    const words = [0, 1, 2, 3, 4, 5, 0x8000_0000, 0xffff_ffff].map((select) => rig.offeredWord(select));
    expect(words).toEqual([
      2 ** 3 + 2 ** 9 + 2 ** 11 + 2 ** 28 + 2 ** 29,
      2 ** 0 + 2 ** (50 - 32),
      2 ** (70 - 64),
      2 ** (127 - 96),
      0,
      0,
      0,
      0,
    ]);
  });

  test('4.2.2 DriverFeatures takes 32 of 128 bits at a time, the last write of each word', () => {
    const rig = new RegisterRig().initialise(AT.driver);
    rig.accept(rig.model.features);
    rig.write(Mmio.driverFeaturesSel, 0);
    rig.write(Mmio.driverFeatures, 1 << 3);
    rig.write(Mmio.driverFeaturesSel, 4);
    rig.write(Mmio.driverFeatures, 0xffff_ffff);
    rig.write(Mmio.status, AT.featuresOk);
    expect(rig.status).toBe(AT.featuresOk);
    expect(rig.queues[0]?.negotiatedFeatures().bits()).toEqual([3, 32, 50, 70, 127]);
  });

  test('4.2.2 a shared memory region that does not exist has length and base of all ones', () => {
    const rig = new RegisterRig();
    rig.write(Mmio.shmSel, 7);
    const region = [0x0b0, 0x0b4, 0x0b8, 0x0bc].map((offset) => rig.read(offset));
    expect(region).toEqual([0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff]);
  });
});
