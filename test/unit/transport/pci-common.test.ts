import { describe, expect, test } from 'vitest';
import { Feature } from '../../../src/transport/features.js';
import { commonWidth, NO_VECTOR, PciCommon } from '../../../src/transport/pci-registers.js';
import { Status } from '../../../src/transport/status.js';
import { type CommonField, PciRig } from '../../support/transport/pci-rig.js';
import { AT, MODEL, RAM_BYTES, ringAt } from '../../support/transport/register-rig.js';

/** The table of 4.1.4.3: offset, width, and what a fresh device reads. 64-bit fields are two registers. */
const FRESH: Readonly<Record<CommonField, readonly [offset: number, widthBytes: number, value: number]>> = {
  deviceFeatureSelect: [0, 4, 0],
  deviceFeature: [4, 4, 2 ** 3 + 2 ** 9 + 2 ** 11 + 2 ** 28 + 2 ** 29],
  driverFeatureSelect: [8, 4, 0],
  driverFeature: [12, 4, 0],
  configMsixVector: [16, 2, NO_VECTOR],
  numQueues: [18, 2, 3],
  deviceStatus: [20, 1, 0],
  configGeneration: [21, 1, 0],
  queueSelect: [22, 2, 0],
  queueSize: [24, 2, 256],
  queueMsixVector: [26, 2, NO_VECTOR],
  queueEnable: [28, 2, 0],
  queueNotifyOff: [30, 2, 0],
  queueDescLow: [32, 4, 0],
  queueDescHigh: [36, 4, 0],
  queueDriverLow: [40, 4, 0],
  queueDriverHigh: [44, 4, 0],
  queueDeviceLow: [48, 4, 0],
  queueDeviceHigh: [52, 4, 0],
  queueNotifConfigData: [56, 2, 0],
  queueReset: [58, 2, 0],
  adminQueueIndex: [60, 2, 0],
  adminQueueNum: [62, 2, 0],
};
const FIELDS = Object.keys(FRESH) as CommonField[];
const READ_ONLY: readonly CommonField[] = [
  'deviceFeature',
  'numQueues',
  'configGeneration',
  'queueNotifyOff',
  'queueNotifConfigData',
  'queueReset',
  'adminQueueIndex',
  'adminQueueNum',
];
/** What reads back as it was written, with a value that is allowed there. */
const KEPT: readonly (readonly [CommonField, number])[] = [
  ['deviceFeatureSelect', 3],
  ['driverFeatureSelect', 2],
  ['driverFeature', 0x8000_0001],
  ['configMsixVector', 1],
  ['queueSelect', 2],
  ['queueSize', 64],
  ['queueMsixVector', 3],
  ['queueDescLow', 0xffff_fff0],
  ['queueDescHigh', 0x8000_0001],
  ['queueDriverLow', 2],
  ['queueDriverHigh', 1],
  ['queueDeviceLow', 4],
  ['queueDeviceHigh', 7],
];

describe('the common configuration of a fresh device', () => {
  test.each(FIELDS)('%s is where the table says, as wide, and reads its default', (field) => {
    const rig = new PciRig();
    const [offset, widthBytes, value] = FRESH[field];
    expect(PciCommon[field]).toBe(offset);
    expect(commonWidth(offset)).toBe(widthBytes);
    expect(rig.device.read(offset, widthBytes)).toBe(value);
    expect(rig.codes).toEqual([]);
  });

  test.each(FIELDS)('%s has no other width', (field) => {
    const [offset, widthBytes] = FRESH[field];
    for (const other of [1, 2, 3, 4, 8].filter((width) => width !== widthBytes)) {
      const rig = new PciRig();
      expect(rig.device.read(offset, other)).toBe(0);
      rig.device.write(offset, other, 1);
      expect(rig.codes).toEqual(['PCI_ACCESS', 'PCI_ACCESS']);
      expect(rig.violations[0]?.detail.section).toBe('4.1.3.1');
      expect(rig.window.status).toBe(Status.needsReset);
    }
  });

  test('nothing begins between the fields', () => {
    const starts = FIELDS.map((field) => FRESH[field][0]);
    for (let offset = 0; offset < 64; offset++) {
      if (starts.includes(offset)) continue;
      const rig = new PciRig();
      for (const widthBytes of [1, 2, 4]) expect(rig.device.read(offset, widthBytes)).toBe(0);
      expect(rig.codes).toEqual(['PCI_ACCESS', 'PCI_ACCESS', 'PCI_ACCESS']);
    }
  });

  test.each(READ_ONLY)('%s cannot be written', (field) => {
    const rig = new PciRig();
    const before = rig.get(field);
    rig.set(field, before + 1);
    expect(rig.codes).toEqual(['PCI_READ_ONLY']);
    expect(rig.get(field)).toBe(before);
  });

  test.each(KEPT)('%s keeps what was written', (field, value) => {
    const rig = new PciRig();
    rig.set(field, value);
    expect(rig.get(field)).toBe(value);
    expect(rig.codes).toEqual([]);
  });

  test('a write carries no more than its width', () => {
    const rig = new PciRig();
    rig.device.write(PciCommon.queueSelect, 2, 0xabc0_0001);
    expect(rig.get('queueSelect')).toBe(1);
  });
});

describe('a queue', () => {
  function configured(): PciRig {
    return new PciRig().initialise(AT.featuresOk);
  }

  test.each([
    ['with a size that is no power of 2', { size: 24 }, 'PCI_QUEUE_SIZE'],
    ['with size 0', { size: 0 }, 'PCI_QUEUE_SIZE'],
    ['with more entries than there can be', { size: 512 }, 'PCI_QUEUE_SIZE'],
  ])('is not given a size that it cannot have: %s', (_, changes, code) => {
    const rig = configured();
    rig.describeQueue(1, changes);
    expect(rig.codes).toEqual([code]);
    expect(rig.of(1, 'queueSize'), 'as before').toBe(256);
  });

  test('is not enabled before the features say what a ring looks like', () => {
    const rig = new PciRig().initialise(AT.driver);
    rig.enableQueue(1);
    expect(rig.codes).toEqual(['PCI_QUEUE_EARLY']);
    expect(rig.of(1, 'queueEnable')).toBe(0);
  });

  test('may be enabled with the size it has after a reset', () => {
    const rig = configured();
    rig.set('queueDriverLow', 0x4000);
    rig.set('queueDeviceLow', 0x8000);
    rig.set('queueEnable', 1);
    rig.initialise(AT.live);
    expect(rig.window.queueSetup(0)).toEqual({ size: 256, desc: 0, driver: 0x4000, device: 0x8000 });
    expect(rig.codes).toEqual([]);
  });

  test.each([
    ['misaligned descriptors', { desc: 0x1008 }, 'PCI_QUEUE_ALIGNMENT'],
    ['a misaligned driver area', { driver: 0x2001 }, 'PCI_QUEUE_ALIGNMENT'],
    ['a device area behind the memory', { device: RAM_BYTES - 4 }, 'PCI_QUEUE_ADDRESS'],
    ['descriptors past 4 GiB', { desc: 2 ** 40 }, 'PCI_QUEUE_ADDRESS'],
  ])('is not enabled with %s', (_, changes, code) => {
    const rig = configured();
    rig.enableQueue(1, changes);
    expect(rig.codes).toEqual([code]);
    expect(rig.of(1, 'queueEnable')).toBe(0);
    rig.initialise(AT.live);
    expect(rig.isLive(1)).toBe(false);
  });

  test('can have any size up to the largest with RING_PACKED', () => {
    const features = MODEL.features.with(Feature.ringPacked);
    const rig = new PciRig({ model: { features } }).initialise(AT.featuresOk);
    rig.enableQueue(0, { size: 77 });
    expect(rig.of(0, 'queueSize')).toBe(77);
    expect(rig.codes).toEqual([]);
  });

  test.each(['queueSize', 'queueDescLow', 'queueDeviceHigh', 'queueEnable'] as const)(
    'that is enabled keeps its %s',
    (field) => {
      const rig = configured();
      rig.enableQueue(0);
      rig.set(field, 1);
      expect(rig.codes).toEqual(['PCI_QUEUE_BUSY']);
      rig.initialise(AT.live);
      expect(rig.of(0, 'queueSize')).toBe(16);
    },
  );

  test.each([3, 4, 0xffff])('%i does not exist: it reads as absent, and cannot be written', (queue) => {
    const rig = configured();
    rig.set('queueSelect', queue);
    const fields = ['queueSize', 'queueEnable', 'queueNotifyOff', 'queueDescLow'] as const;
    expect(fields.map((field) => rig.get(field))).toEqual([0, 0, 0, 0]);
    expect(rig.get('queueMsixVector')).toBe(NO_VECTOR);
    expect(rig.codes).toEqual([]);
    const writes = ['queueSize', 'queueDriverHigh', 'queueMsixVector', 'queueEnable'] as const;
    for (const field of writes) rig.set(field, 1);
    expect(rig.codes).toEqual(writes.map(() => 'PCI_QUEUE_SEL'));
  });

  test('leaves the others alone, and starts at once on a device that is live', () => {
    const rig = configured();
    rig.enableQueue(2, { size: 64 });
    rig.initialise(AT.live);
    expect([0, 1, 2].map((queue) => rig.isLive(queue))).toEqual([false, false, true]);
    rig.enableQueue(0);
    expect(rig.queues[0]?.acknowledge()).toEqual(ringAt(0));
    expect(rig.queues[2]?.acknowledge()).toEqual({ ...ringAt(2), size: 64 });
    expect(rig.codes).toEqual([]);
  });
});

describe('device_status', () => {
  test('goes through the initialisation, and refuses what is out of order', () => {
    expect(PciRig.live().status).toBe(AT.live);
    const early = new PciRig().initialise(AT.driver);
    early.set('deviceStatus', AT.driver | Status.driverOk);
    expect(early.codes).toEqual(['STATUS_ORDER']);
    const cleared = PciRig.live();
    cleared.set('deviceStatus', AT.driver);
    expect(cleared.codes).toEqual(['STATUS_CLEARED']);
    const frozen = new PciRig().initialise(AT.featuresOk);
    frozen.set('driverFeature', 0);
    expect(frozen.codes).toEqual(['FEATURES_FROZEN']);
  });

  test('is finished with a reset by a turn of the thread, too', () => {
    const rig = PciRig.live();
    rig.set('deviceStatus', 0);
    rig.settle();
    expect(rig.window.status).toBe(AT.live);
    rig.device.poll();
    expect(rig.window.status).toBe(0);
  });
});
