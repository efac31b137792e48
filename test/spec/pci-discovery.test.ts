import { beforeAll, describe, expect, test } from 'vitest';
import { PCI_CONFIG_AT, PciBar } from '../../src/transport/pci-layout.js';
import {
  CapField,
  CapId,
  CapType,
  commonWidth,
  PCI_COMMON_BYTES,
  PciHeader,
} from '../../src/transport/pci-registers.js';
import { resetDevice } from '../../src/transport/negotiate.js';
import type { Access } from '../support/transport/driver-rig.js';
import { PciRig } from '../support/transport/pci-rig.js';
import { WorkRig } from '../support/transport/run-work.js';

describe('4.1.2 PCI device discovery, device', () => {
  test('4.1.1 N0256 the function is found the PCI way: a header of type 0, a status with capabilities, a list', () => {
    const rig = new PciRig();
    expect(rig.readSpace(0x0e, 1)).toBe(0);
    expect(rig.readSpace(PciHeader.status, 2) & 0x10).toBe(0x10);
    expect(rig.capabilities.length).toBeGreaterThan(5);
    expect(rig.readSpace(PciHeader.bar0, 4) & 0xf, 'memory, 32 bits').toBe(0);
  });

  test('4.1.2.1 N0257 the vendor is 0x1af4', () => {
    expect(new PciRig().readSpace(PciHeader.vendorId, 2)).toBe(0x1af4);
  });

  test.each([1, 2, 3, 4, 19, 42])(
    '4.1.2.1 N0258 N0260 the device ID of type %i is 0x1040 more, whatever the type',
    (deviceId) => {
      const rig = new PciRig({ model: { deviceId } });
      expect(rig.readSpace(PciHeader.deviceId, 2)).toBe(0x1040 + deviceId);
    },
  );

  test('4.1.2.1 N0259 N0261 N0262 revision and subsystem are those of a device that is not transitional', () => {
    const rig = new PciRig();
    expect(rig.readSpace(PciHeader.revisionId, 1)).toBeGreaterThanOrEqual(1);
    expect(rig.readSpace(PciHeader.subsystemId, 2)).toBeGreaterThanOrEqual(0x40);
  });
});

describe('4.1.2 PCI device discovery, driver', () => {
  test('4.1.2.2 N0263 N0264 the driver takes every ID from 0x1040 to 0x107f, less 0x1040, of the vendor', () => {
    for (const deviceId of [1, 2, 0x3f]) {
      expect(new PciRig({ model: { deviceId } }).driver.probe()).toBe(deviceId);
    }
    expect(() => new PciRig({ model: { deviceId: 0x40 } }).driver.probe()).toThrow(/PCI ID/);
  });

  test('4.1.2.2 N0265 N0266 whatever the revision and the subsystem are', () => {
    const rig = new PciRig();
    const others = [PciHeader.revisionId, PciHeader.subsystemId, PciHeader.subsystemVendorId];
    rig.filter.answer = (offset, value) =>
      others.some((field) => offset === PCI_CONFIG_AT + field) ? 0x7f : value;
    expect(rig.driver.probe()).toBe(42);
  });
});

describe('4.1.4 virtio structure capabilities, device', () => {
  test('4.1.4.2 N0277 cap_len covers everything that belongs to a capability', () => {
    const rig = new PciRig();
    const lengths = rig.capabilities
      .filter((at) => rig.readSpace(at, 1) === CapId.vendor)
      .map((at) => [rig.readSpace(at + CapField.type, 1), rig.readSpace(at + CapField.length, 1)]);
    expect(lengths).toEqual([
      [CapType.common, 16],
      [CapType.notify, 20],
      [CapType.isr, 16],
      [CapType.device, 16],
      [CapType.access, 20],
    ]);
  });

  test('4.1.4.2 N0278 a structure may be longer than its fields: what is behind them reads as zeros', () => {
    const rig = new PciRig();
    const at = rig.capability(CapType.device);
    const bytes = rig.readSpace(at + CapField.structureLength, 4);
    expect(bytes).toBeGreaterThan(rig.model.config.length);
    expect(rig.config(bytes - 4)).toBe(0);
    expect(rig.codes).toEqual([]);
  });

  test.each([
    ['N0280 N0281', CapType.common, 4],
    ['N0307 N0308 N0313', CapType.notify, 4],
    ['N0316', CapType.isr, 1],
    ['N0322', CapType.device, 4],
    ['N0330', CapType.access, 1],
  ])('4.1.4 %s there is a capability of type %i, and its offset is a multiple of %i', (_, type, align) => {
    const rig = new PciRig();
    const at = rig.capability(type);
    expect(at).toBeGreaterThan(0);
    expect(rig.readSpace(at + CapField.structureOffset, 4) % align).toBe(0);
    expect(rig.readSpace(at + CapField.bar, 1)).toBe(0);
  });

  test.each([1, 2, 16])(
    '4.1.4.4.1 N0309 N0310 N0311 N0312 N0314 N0315 every address of %i queues is within the structure',
    (queueCount) => {
      const rig = new PciRig({ model: { queueCount } });
      const at = rig.capability(CapType.notify);
      const multiplier = rig.readSpace(at + CapField.notifyMultiplier, 4);
      const lengthBytes = rig.readSpace(at + CapField.structureLength, 4);
      expect(multiplier & (multiplier - 1), 'a power of 2').toBe(0);
      expect(multiplier % 4, 'even, and enough for NOTIFICATION_DATA').toBe(0);
      for (let queue = 0; queue < queueCount; queue++) {
        expect(lengthBytes).toBeGreaterThanOrEqual(rig.of(queue, 'queueNotifyOff') * multiplier + 4);
      }
    },
  );

  test('4.1.3.2 N0269 the halves of a 64-bit field are accessed each for itself', () => {
    const config = Uint8Array.from({ length: 8 }, (_, i) => i + 1);
    const rig = new PciRig({ model: { config } });
    expect([rig.config(4), rig.config(0)]).toEqual([0x08070605, 0x04030201]);
    rig.set('queueDescHigh', 7);
    expect([rig.get('queueDescLow'), rig.get('queueDescHigh')]).toEqual([0, 7]);
    rig.set('queueDescLow', 16);
    expect([rig.get('queueDescLow'), rig.get('queueDescHigh')]).toEqual([16, 7]);
    expect(rig.codes).toEqual([]);
  });

  test('4.1.4.1 N0276 a capability that the driver must not write is not changed by it', () => {
    for (const type of [CapType.common, CapType.notify, CapType.isr, CapType.device]) {
      const rig = new PciRig();
      const at = rig.capability(type) + CapField.structureOffset;
      const before = rig.readSpace(at, 4);
      rig.writeSpace(at, 4, 0x1000);
      expect(rig.codes).toEqual(['PCI_CAP_WRITE']);
      expect(rig.readSpace(at, 4)).toBe(before);
    }
  });
});

describe('4.1.3 and 4.1.4, driver that works for a while and does all of it again', () => {
  let accesses: readonly Access[];

  beforeAll(() => {
    const options = { transport: 'pci', blk: { segMax: 4, sizeMaxBytes: 4096 } } as const;
    const { machine } = new WorkRig({ ...options, workload: { operations: 50 } }).run();
    resetDevice(machine.driver);
    machine.bringUp();
    resetDevice(machine.driver);
    ({ accesses } = machine.log);
    expect(accesses.length).toBeGreaterThan(100);
    expect(machine.violations).toEqual([]);
  });

  test('4.1.3.1 N0267 N0268 it accesses each field with its own width, and 64 bits as two halves', () => {
    const common = accesses.filter(({ offset }) => offset < PCI_COMMON_BYTES);
    expect(common.filter(({ offset, widthBytes }) => commonWidth(offset) !== widthBytes)).toEqual([]);
    const widths = new Map([...[0, 4, 8, 12, 20, 36, 48].map((at) => [at, 4] as const), [34, 2]]);
    const fields = accesses.filter(({ offset }) => offset >= PciBar.device && offset < PCI_CONFIG_AT);
    expect(fields.length).toBeGreaterThan(5);
    for (const { offset, widthBytes } of fields) {
      expect(widthBytes, `offset ${offset - PciBar.device}`).toBe(widths.get(offset - PciBar.device));
    }
  });

  test('4.1.4.1 4.1.4.9.2 N0276 N0333 N0334 it writes no capability but MSI-X, and needs no pci_cfg_data', () => {
    const writes = accesses.filter(({ kind, offset }) => kind === 'write' && offset >= PCI_CONFIG_AT);
    expect(writes.length).toBeGreaterThan(0);
    expect(new Set(writes.map(({ value }) => value))).toEqual(new Set([0x8000]));
    expect(new Set(writes.map(({ offset }) => offset)).size).toBe(1);
    const data = PCI_CONFIG_AT + new PciRig().capability(CapType.access) + CapField.accessData;
    const touched = accesses.filter(({ offset }) => offset > data - 4 && offset < data + 4);
    expect(touched.every(({ kind, offset }) => kind === 'read' && offset < data)).toBe(true);
  });

  test('4.1.4.5.2 N0321 it leaves ISR status alone, as it has MSI-X', () => {
    expect(accesses.filter(({ offset }) => offset === PciBar.isr)).toEqual([]);
  });

  test('4.1.5.2.1 a kick is no exit: the address of the queue is its doorbell', () => {
    const end = PciBar.notify + 64;
    expect(accesses.filter(({ offset }) => offset >= PciBar.notify && offset < end)).toEqual([]);
  });
});
