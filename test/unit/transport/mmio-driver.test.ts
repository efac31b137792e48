import { describe, expect, test } from 'vitest';
import { FeatureSet } from '../../../src/transport/features.js';
import { Mmio } from '../../../src/transport/mmio-registers.js';
import { MmioDriver } from '../../../src/transport/mmio-driver.js';
import { ExitChannel, ExitServer, type RegisterFile } from '../../../src/transport/exits.js';
import { InterruptCause } from '../../../src/transport/status.js';
import { DeviceWindow, WINDOW_BYTES } from '../../../src/transport/window.js';
import { CooperativeMemory } from '../../support/transport/cooperative-memory.js';
import { DriverRig } from '../../support/transport/driver-rig.js';
import { AT, ringAt } from '../../support/transport/register-rig.js';

/** A driver in front of registers that read as told. */
function driverOver(values: ReadonlyMap<number, number>): MmioDriver {
  const memory = new CooperativeMemory(CooperativeMemory.ofSize(WINDOW_BYTES).buffer);
  const window = new DeviceWindow(memory);
  const registers: RegisterFile = { read: (offset) => values.get(offset) ?? 0, write: () => undefined };
  const server = new ExitServer(window, registers, 1);
  memory.whenAsleep(() => server.serve());
  return new MmioDriver(window, new ExitChannel(window, 0, () => false));
}

describe('probe', () => {
  test('returns the ID of the device', () => {
    expect(new DriverRig().driver.probe()).toBe(42);
    expect(new DriverRig({ model: { deviceId: 0 } }).driver.probe()).toBe(0);
  });

  test.each([
    ['MMIO_MAGIC', 0, 2],
    ['MMIO_MAGIC', 0x7472_6977, 2],
    ['MMIO_VERSION', 0x7472_6976, 1],
    ['MMIO_VERSION', 0x7472_6976, 3],
  ])('%s: magic %i, version %i is no device for this driver', (code, magic, version) => {
    const driver = driverOver(
      new Map([
        [Mmio.magicValue, magic],
        [Mmio.version, version],
      ]),
    );
    expect(() => driver.probe()).toThrow(expect.objectContaining({ name: 'ProbeError' }) as Error);
    expect(() => driver.probe()).toThrow(expect.objectContaining({ code }) as Error);
  });
});

describe('enableQueue', () => {
  test('hands size and addresses over, halves in their own registers', () => {
    const rig = new DriverRig({ memoryBytes: 2 ** 48 });
    rig.initialise(AT.live);
    const far = { size: 64, desc: 2 ** 40 + 0x1000, driver: 0xffff_f000, device: 2 ** 33 + 0x2000 };
    rig.driver.enableQueue(2, 64, far);
    expect(rig.window.queueSetup(2)).toEqual(far);
    expect(rig.codes).toEqual([]);
  });

  test('refuses a queue that is in use', () => {
    const rig = new DriverRig();
    rig.initialise(AT.featuresOk);
    rig.driver.enableQueue(0, 16, ringAt(0));
    expect(() => rig.driver.enableQueue(0, 16, ringAt(0))).toThrow(
      expect.objectContaining({ name: 'ProbeError' }) as Error,
    );
    expect(rig.codes, 'noticed before the device could be hurt').toEqual([]);
  });

  test('and the size of a queue are of the queue that is asked for', () => {
    const rig = new DriverRig();
    expect([0, 2, 3].map((queue) => rig.driver.queueSizeMax(queue))).toEqual([256, 256, 0]);
  });
});

describe('the ways past the registers', () => {
  test('a kick rings the bell of the queue without an exit', () => {
    const rig = new DriverRig();
    const kicker = rig.driver.kicker(2, FeatureSet.empty);
    kicker.notify(0);
    kicker.notify(1);
    expect([0, 1, 2].map((queue) => rig.window.kickBell(queue).sequence())).toEqual([0, 0, 2]);
    expect(rig.log.accesses).toEqual([]);
  });

  test('an interrupt is read and acknowledged without an exit', () => {
    const rig = new DriverRig();
    const line = rig.driver.interrupts(1);
    expect(line.pending()).toBe(0);
    rig.window.raiseUsedInterrupt(rig.window.interruptBell(1));
    rig.window.raiseConfigInterrupt(3);
    expect(line.pending()).toBe(InterruptCause.usedBuffer | InterruptCause.configChange);
    expect(line.bell.sequence()).toBe(2);
    line.acknowledge(InterruptCause.configChange);
    expect(line.pending()).toBe(InterruptCause.usedBuffer);
    expect(rig.log.accesses).toEqual([]);
  });

  test('a configuration change reaches every vCPU, whoever acknowledges it first', () => {
    const rig = new DriverRig();
    const [first, second] = [rig.driver.interrupts(0), rig.driver.interrupts(1)];
    rig.window.raiseConfigInterrupt(3);
    first.acknowledge(first.pending());
    expect(first.pending()).toBe(0);
    expect(second.pending()).toBe(InterruptCause.configChange);
    second.acknowledge(InterruptCause.usedBuffer);
    expect(second.pending()).toBe(InterruptCause.configChange);
    second.acknowledge(InterruptCause.configChange);
    expect(second.pending()).toBe(0);
  });
});

describe('the configuration', () => {
  test('is read with the width of the field', () => {
    const rig = new DriverRig();
    expect(rig.driver.readConfig(1, 1)).toBe(0x82);
    expect(rig.driver.readConfig(2, 2)).toBe(0x8483);
    expect(rig.driver.readConfig(4, 4)).toBe(0x88878685);
    expect(rig.driver.configGeneration()).toBe(0);
    rig.device.updateConfig(new Uint8Array(4));
    expect(rig.driver.configGeneration()).toBe(1);
  });

  test('is written through the registers, where the device can refuse it', () => {
    const rig = new DriverRig();
    rig.driver.writeConfig(8, 2, 77);
    expect(rig.log.accesses).toEqual([{ kind: 'write', offset: Mmio.config + 8, widthBytes: 2, value: 77 }]);
    expect(rig.codes).toEqual(['MMIO_CONFIG_WRITE']);
  });
});
