import { describe, expect, test } from 'vitest';
import { PciBar } from '../../src/transport/pci-layout.js';
import {
  CapField,
  CapId,
  CapType,
  MsixField,
  NO_VECTOR,
  PciCommon,
  PciHeader,
  PciStatus,
} from '../../src/transport/pci-registers.js';
import { negotiate, setDriverOk } from '../../src/transport/negotiate.js';
import { InterruptCause, Status } from '../../src/transport/status.js';
import { PciRig } from '../support/transport/pci-rig.js';
import { AT, ringAt } from '../support/transport/register-rig.js';

function sizeOf(rig: PciRig): number {
  const msix = rig.capabilities.find((at) => rig.readSpace(at, 1) === CapId.msix) ?? -1;
  return (rig.readSpace(msix + MsixField.control, 2) & 0x7ff) + 1;
}

describe('4.1.4.5 ISR status, device', () => {
  test('4.1.4.5.1 N0317 the configuration bit is set before the change is announced, with or without MSI-X', () => {
    for (const vectorCount of [0, 4]) {
      const rig = PciRig.live({ model: { vectorCount } });
      if (vectorCount > 0) rig.set('configMsixVector', 0);
      rig.device.updateConfig(new Uint8Array(4));
      expect(rig.rings[0]).toBe(1);
      expect(rig.readIsr()).toBe(InterruptCause.configChange);
    }
  });

  test('4.1.4.5.1 N0318 the queue bit is set without MSI-X, before a queue interrupts', () => {
    const rig = PciRig.live({ model: { vectorCount: 0 } });
    rig.queues[2]?.interrupter.notify(0);
    expect(rig.rings).toEqual([0, 0, 1]);
    expect(rig.readIsr()).toBe(InterruptCause.usedBuffer);
  });

  test('4.1.4.5.1 N0319 without MSI-X the Interrupt Status bit of PCI is the OR of all bits', () => {
    const rig = PciRig.live({ model: { vectorCount: 0 } });
    const isUp = (): boolean => (rig.readSpace(PciHeader.status, 2) & PciStatus.interrupt) !== 0;
    expect(isUp()).toBe(false);
    for (const raise of [
      () => rig.queues[0]?.interrupter.notify(0),
      () => rig.device.updateConfig(new Uint8Array(4)),
    ]) {
      raise();
      expect(isUp()).toBe(true);
      rig.readIsr();
      expect(isUp()).toBe(false);
    }
  });

  test('4.1.4.5.1 with MSI-X there is no line, and its bit stays down', () => {
    const rig = PciRig.live();
    rig.device.updateConfig(new Uint8Array(4));
    expect(rig.window.interruptStatus).toBe(InterruptCause.configChange);
    expect(rig.readSpace(PciHeader.status, 2)).toBe(PciStatus.capabilities);
  });

  test('4.1.4.5.1 N0320 a read clears it', () => {
    const rig = PciRig.live({ model: { vectorCount: 0 } });
    rig.queues[0]?.interrupter.notify(0);
    rig.device.updateConfig(new Uint8Array(4));
    expect([rig.readIsr(), rig.readIsr()]).toEqual([3, 0]);
  });
});

describe('4.1.4.9 PCI configuration access, device', () => {
  function point(rig: PciRig, offset: number, lengthBytes: number): number {
    const at = rig.capability(CapType.access);
    rig.writeSpace(at + CapField.bar, 1, 0);
    rig.writeSpace(at + CapField.structureOffset, 4, offset);
    rig.writeSpace(at + CapField.structureLength, 4, lengthBytes);
    return at + CapField.accessData;
  }

  test('4.1.4.9.1 N0331 a write of pci_cfg_data is a write of its first bytes to the BAR', () => {
    const rig = new PciRig();
    rig.writeSpace(point(rig, PciCommon.queueSelect, 2), 4, 0xabcd_0002);
    expect(rig.get('queueSelect')).toBe(2);
    rig.writeSpace(point(rig, PciCommon.deviceStatus, 1), 1, Status.acknowledge);
    expect(rig.status).toBe(Status.acknowledge);
    rig.writeSpace(point(rig, PciCommon.queueDescLow, 4), 4, 0x1234_5670);
    expect(rig.of(2, 'queueDescLow')).toBe(0x1234_5670);
    expect(rig.codes).toEqual([]);
  });

  test('4.1.4.9.1 N0332 a read of pci_cfg_data is a read of the BAR, and keeps the bytes behind it', () => {
    const rig = new PciRig();
    expect(rig.readSpace(point(rig, PciBar.device, 4), 4)).toBe(0x84838281);
    expect(rig.readSpace(point(rig, PciCommon.numQueues, 2), 2)).toBe(3);
    expect(rig.readSpace(point(rig, PciBar.device + 1, 1), 4)).toBe(0x84830082);
    expect(rig.codes).toEqual([]);
  });

  test('4.1.4.9.2 nothing is accessed while it points to nothing well-formed', () => {
    for (const [offset, lengthBytes] of [
      [PciCommon.queueSelect, 4],
      [PciCommon.queueDescLow, 8],
      [PciCommon.deviceStatus, 0],
    ] as const) {
      const rig = new PciRig();
      rig.writeSpace(point(rig, offset, lengthBytes), 4, 1);
      expect(rig.codes).toEqual(['PCI_CFG_ACCESS']);
      expect(rig.status, 'only what the device did itself').toBe(Status.needsReset);
    }
  });
});

describe('4.1.5.1.2 MSI-X vector configuration, device', () => {
  test('4.1.5.1.2.1 N0336 N0337 N0338 there is a vector for each queue and one more, and Table Size says so', () => {
    for (const queueCount of [1, 2, 16]) {
      expect(sizeOf(new PciRig({ model: { queueCount } }))).toBe(queueCount + 1);
    }
    expect(sizeOf(new PciRig({ model: { vectorCount: 2 } }))).toBe(2);
  });

  test('4.1.5.1.2.1 N0339 N0341 N0343 every event can be mapped to every vector, and the mapping is read back', () => {
    const rig = PciRig.live();
    for (let vector = 0; vector < sizeOf(rig); vector++) {
      rig.set('configMsixVector', vector);
      expect(rig.get('configMsixVector')).toBe(vector);
      for (const queue of [0, 1, 2]) {
        rig.set('queueSelect', queue);
        rig.set('queueMsixVector', vector);
        expect(rig.get('queueMsixVector')).toBe(vector);
      }
    }
    expect(rig.codes).toEqual([]);
  });

  test('4.1.5.1.2.1 N0340 N0341 every event can be unmapped, and says so', () => {
    const rig = PciRig.live();
    for (const field of ['configMsixVector', 'queueMsixVector'] as const) {
      rig.set(field, 0);
      rig.set(field, NO_VECTOR);
      expect(rig.get(field)).toBe(NO_VECTOR);
    }
    expect(rig.codes).toEqual([]);
  });

  test('4.1.5.1.2.1 N0342 all are unmapped by a reset', () => {
    const rig = PciRig.live();
    rig.set('configMsixVector', 3);
    rig.set('queueMsixVector', 1);
    rig.reset();
    expect(rig.get('configMsixVector')).toBe(NO_VECTOR);
    expect([0, 1, 2].map((queue) => rig.of(queue, 'queueMsixVector'))).toEqual([
      NO_VECTOR,
      NO_VECTOR,
      NO_VECTOR,
    ]);
  });

  test('4.1.5.1.2.1 N0344 N0348 a vector that is not in the table ends as NO_VECTOR', () => {
    for (const field of ['configMsixVector', 'queueMsixVector'] as const) {
      const rig = PciRig.live();
      rig.set(field, 1);
      rig.set(field, 4);
      expect(rig.get(field)).toBe(NO_VECTOR);
      expect(rig.codes).toEqual(['PCI_VECTOR']);
    }
  });

  test('4.1.5.3.1 N0357 a queue with NO_VECTOR interrupts nobody', () => {
    const rig = PciRig.live();
    rig.queues[1]?.interrupter.notify(0);
    expect(rig.rings).toEqual([0, 0, 0]);
  });

  test('4.1.5.4.1 N0358 nor does a change of the configuration with NO_VECTOR', () => {
    const rig = PciRig.live();
    rig.device.updateConfig(new Uint8Array(4));
    expect(rig.rings).toEqual([0, 0, 0]);
    expect(rig.driver.interrupts(0).pending()).toBe(0);
  });
});

describe('4.1.5.1.2 MSI-X vector configuration, driver', () => {
  function bringUp(rig: PciRig): void {
    rig.driver.probe();
    negotiate(rig.driver, { supported: rig.model.features, dependencies: [] });
    for (const queue of [0, 1, 2]) rig.driver.enableQueue(queue, 16, ringAt(queue));
    setDriverOk(rig.driver);
    rig.settle();
  }

  test.each([0, 1, 2, 3, 4, 17])(
    '4.1.5.1.2.2 N0345 N0346 N0347 N0348 any number of vectors will do, and none as well: %i',
    (vectorCount) => {
      const rig = new PciRig({ model: { vectorCount } });
      bringUp(rig);
      expect(rig.codes).toEqual([]);
      for (const queue of rig.queues) {
        const before = rig.rings[queue.index] as number;
        queue.interrupter.notify(0);
        expect(rig.rings[queue.index], `vCPU ${queue.index} hears of its queue`).toBe(before + 1);
        expect(rig.driver.interrupts(queue.index).pending()).toBe(InterruptCause.usedBuffer);
      }
      const lines = [0, 1, 2].map((vcpu) => rig.driver.interrupts(vcpu));
      rig.device.updateConfig(new Uint8Array(4));
      for (const line of lines) {
        expect(line.pending() & InterruptCause.configChange).toBe(InterruptCause.configChange);
      }
    },
  );

  test.each([
    ['a queue', PciCommon.queueMsixVector],
    ['the configuration', PciCommon.configMsixVector],
  ])('4.1.5.1.2.2 N0349 N0350 it reads back whether %s was mapped, and gives up when not', (_, field) => {
    const rig = new PciRig();
    rig.filter.answer = (offset, value) => (offset === PciBar.common + field ? NO_VECTOR : value);
    expect(() => bringUp(rig)).toThrow(/cannot map an event to vector/);
    expect(rig.window.status & Status.driverOk, 'before it went live').toBe(0);
  });

  test('4.1.5.4.2 N0359 one interrupt may be for a queue and the configuration: it looks at both', () => {
    const rig = new PciRig({ model: { vectorCount: 1 } });
    bringUp(rig);
    const line = rig.driver.interrupts(1);
    rig.queues[1]?.interrupter.notify(0);
    rig.device.updateConfig(new Uint8Array(4));
    expect(line.pending()).toBe(InterruptCause.usedBuffer | InterruptCause.configChange);
    line.acknowledge(InterruptCause.configChange);
    expect(line.pending()).toBe(InterruptCause.usedBuffer);
    expect(rig.status).toBe(AT.live);
  });
});
