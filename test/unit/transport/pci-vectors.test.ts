import { describe, expect, test } from 'vitest';
import { NO_VECTOR, PciHeader, PciStatus } from '../../../src/transport/pci-registers.js';
import { InterruptCause, Status } from '../../../src/transport/status.js';
import { PciRig } from '../../support/transport/pci-rig.js';
import { AT } from '../../support/transport/register-rig.js';

function mapQueue(rig: PciRig, queue: number, vector: number): void {
  rig.set('queueSelect', queue);
  rig.set('queueMsixVector', vector);
}

describe('a queue that is mapped to a vector', () => {
  test.each([
    [0, [1, 0, 0]],
    [1, [0, 1, 0]],
    [2, [0, 0, 1]],
    [3, [1, 1, 1]],
  ])('%i interrupts its vCPUs: %j', (vector, rings) => {
    const rig = PciRig.live();
    mapQueue(rig, 1, vector);
    rig.queues[1]?.interrupter.notify(0);
    expect(rig.rings).toEqual(rings);
    expect(rig.window.interruptStatus, 'a message says no cause').toBe(0);
  });

  test('interrupts by it alone, and each queue by its own', () => {
    const rig = PciRig.live();
    mapQueue(rig, 0, 2);
    mapQueue(rig, 2, 0);
    rig.queues[0]?.interrupter.notify(0);
    rig.queues[0]?.interrupter.notify(0);
    rig.queues[2]?.interrupter.notify(0);
    rig.queues[1]?.interrupter.notify(0);
    expect(rig.rings).toEqual([1, 0, 2]);
  });

  test('can be mapped anew while it is live, and unmapped', () => {
    const rig = PciRig.live();
    for (const vector of [0, 1, NO_VECTOR, 1]) {
      mapQueue(rig, 0, vector);
      rig.queues[0]?.interrupter.notify(0);
    }
    expect(rig.rings).toEqual([1, 2, 0]);
    expect(rig.codes).toEqual([]);
  });
});

describe('a change of the configuration', () => {
  test.each([
    [0, [1, 0, 0]],
    [2, [0, 0, 1]],
    [3, [1, 1, 1]],
    [NO_VECTOR, [0, 0, 0]],
  ])('mapped to vector %i: %j', (vector, rings) => {
    const rig = PciRig.live();
    rig.set('configMsixVector', vector);
    rig.device.updateConfig(new Uint8Array(4));
    expect(rig.rings).toEqual(rings);
    expect(rig.readIsr()).toBe(InterruptCause.configChange);
  });

  test('is how a device says that it needs a reset, also from the thread of a queue', () => {
    const rig = PciRig.live();
    rig.set('configMsixVector', 3);
    rig.queues[2]?.fail();
    expect(rig.rings).toEqual([1, 1, 1]);
    expect(rig.status).toBe(AT.live | Status.needsReset);
  });
});

describe('without MSI-X', () => {
  test.each<[string, { vectorCount?: number }]>([
    ['there is none', { vectorCount: 0 }],
    ['it is not enabled', {}],
  ])('ISR status says the cause, and the line is the vCPU of the queue: %s', (_, model) => {
    const rig = PciRig.live({ model });
    if (model.vectorCount !== 0) rig.enableMsix(false);
    rig.queues[1]?.interrupter.notify(0);
    expect(rig.rings).toEqual([0, 1, 0]);
    expect(rig.readSpace(PciHeader.status, 2)).toBe(PciStatus.capabilities | PciStatus.interrupt);
    rig.device.updateConfig(new Uint8Array(4));
    expect(rig.rings).toEqual([1, 2, 1]);
    expect(rig.readIsr()).toBe(InterruptCause.usedBuffer | InterruptCause.configChange);
    expect(rig.readIsr()).toBe(0);
    expect(rig.readSpace(PciHeader.status, 2)).toBe(PciStatus.capabilities);
  });

  test('no vector can be mapped', () => {
    const rig = PciRig.live({ model: { vectorCount: 0 } });
    rig.set('configMsixVector', 0);
    expect(rig.get('configMsixVector')).toBe(NO_VECTOR);
    expect(rig.codes).toEqual(['PCI_VECTOR']);
  });

  test('messages are sent from when it is enabled on, to what was mapped before', () => {
    const rig = PciRig.live();
    rig.enableMsix(false);
    mapQueue(rig, 0, 2);
    rig.queues[0]?.interrupter.notify(0);
    expect(rig.rings).toEqual([1, 0, 0]);
    rig.enableMsix();
    rig.queues[0]?.interrupter.notify(0);
    expect(rig.rings).toEqual([1, 0, 1]);
  });

  test('is not what a reset of the device brings back', () => {
    const rig = PciRig.live().reset();
    expect(rig.status).toBe(0);
    rig.queues[0]?.interrupter.notify(0);
    expect(rig.rings).toEqual([0, 0, 0]);
  });
});

describe('the interrupts of a vCPU', () => {
  test('are pending from the ring until they are acknowledged', () => {
    const rig = new PciRig();
    rig.driver.probe();
    const line = rig.driver.interrupts(1);
    expect(line.pending()).toBe(0);
    rig.window.interruptBell(1).ring();
    expect(line.pending()).toBe(InterruptCause.usedBuffer);
    expect(line.pending()).toBe(InterruptCause.usedBuffer);
    line.acknowledge(InterruptCause.usedBuffer);
    expect(line.pending()).toBe(0);
  });

  test('that come in between the look and the acknowledgement are not lost', () => {
    const rig = new PciRig();
    const line = rig.driver.interrupts(0);
    rig.window.interruptBell(0).ring();
    const causes = line.pending();
    rig.window.interruptBell(0).ring();
    rig.window.raiseConfigInterrupt(3);
    line.acknowledge(causes | InterruptCause.configChange);
    expect(line.pending()).toBe(InterruptCause.usedBuffer | InterruptCause.configChange);
  });

  test('tell every vCPU of a change, whoever acknowledges first', () => {
    const rig = new PciRig();
    const [first, second] = [rig.driver.interrupts(0), rig.driver.interrupts(1)];
    rig.window.raiseConfigInterrupt(3);
    first.acknowledge(first.pending());
    expect(first.pending()).toBe(0);
    expect(second.pending() & InterruptCause.configChange).toBe(InterruptCause.configChange);
  });

  test('take the line down by a read of ISR status without MSI-X, once for a ring', () => {
    const rig = new PciRig({ model: { vectorCount: 0 } });
    rig.driver.probe();
    const line = rig.driver.interrupts(0);
    rig.queues[0]?.interrupter.notify(0);
    rig.log.accesses.length = 0;
    expect(line.pending()).toBe(InterruptCause.usedBuffer);
    expect(line.pending()).toBe(InterruptCause.usedBuffer);
    expect(rig.log.accesses).toEqual([
      { kind: 'read', offset: 0x40, widthBytes: 1, value: InterruptCause.usedBuffer },
    ]);
    expect(rig.window.interruptStatus).toBe(0);
  });
});
