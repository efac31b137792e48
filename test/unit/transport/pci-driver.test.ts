import { describe, expect, test } from 'vitest';
import { FeatureSet } from '../../../src/transport/features.js';
import { negotiate, resetDevice, setDriverOk, setFailed } from '../../../src/transport/negotiate.js';
import { PCI_CONFIG_AT, PciBar } from '../../../src/transport/pci-layout.js';
import { NO_VECTOR, PciCommon } from '../../../src/transport/pci-registers.js';
import { ProbeError } from '../../../src/transport/probe-error.js';
import { PciRig } from '../../support/transport/pci-rig.js';
import { AT, ringAt } from '../../support/transport/register-rig.js';

function code(expected: string): Error {
  return expect.objectContaining({ code: expected }) as Error;
}

describe('probe', () => {
  test('returns the type of the device, and enables MSI-X', () => {
    const rig = new PciRig();
    expect(rig.driver.probe()).toBe(42);
    rig.initialise(AT.featuresOk);
    rig.set('queueMsixVector', 0);
    rig.queues[0]?.interrupter.notify(0);
    expect(rig.window.interruptStatus, 'no line any more').toBe(0);
  });

  test('finds nothing in an empty slot, and looks no further', () => {
    const rig = new PciRig();
    rig.filter.answer = () => 0xffff;
    expect(rig.driver.probe()).toBe(0);
    expect(rig.log.accesses).toHaveLength(1);
  });

  test.each([
    ['PCI_VENDOR', 0x8086, 0x1042],
    ['PCI_DEVICE', 0x1af4, 0x1001],
    ['PCI_DEVICE', 0x1af4, 0x103f],
    ['PCI_DEVICE', 0x1af4, 0x1080],
  ])('%s: 0x%i:0x%i is no device for this driver', (wanted, vendor, device) => {
    const rig = new PciRig();
    rig.filter.answer = (offset, value) => {
      if (offset === PCI_CONFIG_AT) return vendor;
      return offset === PCI_CONFIG_AT + 2 ? device : value;
    };
    expect(() => rig.driver.probe()).toThrow(ProbeError);
    expect(() => rig.driver.probe()).toThrow(code(wanted));
  });

  test('walks the capabilities once', () => {
    const rig = new PciRig();
    rig.driver.probe();
    const before = rig.log.accesses.length;
    rig.driver.readStatus();
    rig.driver.configGeneration();
    expect(rig.log.accesses).toHaveLength(before + 2);
  });
});

describe('enableQueue', () => {
  test('hands size and addresses over in halves, and the vector of the queue’s vCPU', () => {
    const rig = new PciRig({ memoryBytes: 2 ** 48 });
    rig.driver.probe();
    rig.initialise(AT.live);
    const far = { size: 64, desc: 2 ** 40 + 0x1000, driver: 0xffff_f000, device: 2 ** 33 + 0x2000 };
    rig.driver.enableQueue(2, 64, far);
    expect(rig.window.queueSetup(2)).toEqual(far);
    expect(rig.of(2, 'queueMsixVector')).toBe(2);
    expect(rig.codes).toEqual([]);
  });

  test('refuses a queue that is in use', () => {
    const rig = new PciRig().initialise(AT.featuresOk);
    rig.driver.enableQueue(0, 16, ringAt(0));
    expect(() => rig.driver.enableQueue(0, 16, ringAt(0))).toThrow(code('PCI_QUEUE_IN_USE'));
    expect(rig.codes, 'noticed before the device could be hurt').toEqual([]);
  });

  test('refuses a queue whose doorbell is outside of the notification structure', () => {
    const rig = new PciRig().initialise(AT.featuresOk);
    rig.filter.answer = (offset, value) => (offset === PciBar.common + PciCommon.queueNotifyOff ? 3 : value);
    expect(() => rig.driver.enableQueue(0, 16, ringAt(0))).toThrow(code('PCI_NOTIFY'));
    expect(rig.of(0, 'queueEnable')).toBe(0);
  });

  test('and the size of a queue are of the queue that is asked for', () => {
    const rig = new PciRig();
    expect([0, 2, 3].map((queue) => rig.driver.queueSizeMax(queue))).toEqual([256, 256, 0]);
  });
});

describe('vectors', () => {
  test('are mapped again in every life of the device, the configuration’s with DRIVER_OK', () => {
    const rig = new PciRig();
    rig.driver.probe();
    for (let life = 0; life < 2; life++) {
      negotiate(rig.driver, { supported: rig.model.features, dependencies: [] });
      rig.driver.enableQueue(1, 16, ringAt(1));
      expect(rig.get('configMsixVector')).toBe(NO_VECTOR);
      setDriverOk(rig.driver);
      expect([
        rig.get('configMsixVector'),
        rig.of(0, 'queueMsixVector'),
        rig.of(1, 'queueMsixVector'),
      ]).toEqual([3, NO_VECTOR, 1]);
      rig.settle();
      resetDevice(rig.driver);
      expect([rig.get('configMsixVector'), rig.of(1, 'queueMsixVector')]).toEqual([NO_VECTOR, NO_VECTOR]);
    }
    expect(rig.codes).toEqual([]);
  });

  test('are left alone when the driver gives up', () => {
    const rig = PciRig.live();
    setFailed(rig.driver);
    expect(rig.get('configMsixVector')).toBe(NO_VECTOR);
  });
});

describe('the ways past the registers', () => {
  test('a kick rings the bell of the queue without an exit', () => {
    const rig = new PciRig();
    rig.driver.kicker(2, FeatureSet.empty).notify(0);
    rig.driver.kicker(2, FeatureSet.empty).notify(1);
    expect([0, 1, 2].map((queue) => rig.window.kickBell(queue).sequence())).toEqual([0, 0, 2]);
    expect(rig.log.accesses).toEqual([]);
  });

  test('an interrupt is seen and acknowledged without an exit', () => {
    const rig = new PciRig();
    rig.driver.probe();
    const line = rig.driver.interrupts(1);
    rig.log.accesses.length = 0;
    rig.window.interruptBell(1).ring();
    line.acknowledge(line.pending());
    expect(line.pending()).toBe(0);
    expect(rig.log.accesses).toEqual([]);
  });
});

describe('the configuration', () => {
  test('is read with the width of the field', () => {
    const rig = new PciRig();
    expect(rig.driver.readConfig(1, 1)).toBe(0x82);
    expect(rig.driver.readConfig(2, 2)).toBe(0x8483);
    expect(rig.driver.readConfig(4, 4)).toBe(0x88878685);
  });

  test('is written through the registers, where the device can refuse it', () => {
    const rig = new PciRig();
    rig.driver.writeConfig(8, 2, 77);
    expect(rig.log.accesses.at(-1)).toEqual({ kind: 'write', offset: 0x408, widthBytes: 2, value: 77 });
    expect(rig.codes).toEqual(['PCI_CONFIG_WRITE']);
  });

  test('is asked for in vain where there is none', () => {
    const rig = new PciRig({ model: { config: new Uint8Array(0) } });
    expect(() => rig.driver.readConfig(0, 4)).toThrow(code('PCI_STRUCTURE'));
  });
});
