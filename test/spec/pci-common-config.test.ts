import { describe, expect, test } from 'vitest';
import { Feature, FeatureSet } from '../../src/transport/features.js';
import { negotiate, resetDevice, setDriverOk } from '../../src/transport/negotiate.js';
import { PciBar } from '../../src/transport/pci-layout.js';
import { NO_VECTOR, PciCommon } from '../../src/transport/pci-registers.js';
import { readConfigConsistently } from '../../src/transport/transport.js';
import { PciRig } from '../support/transport/pci-rig.js';
import { AT, MODEL, ringAt } from '../support/transport/register-rig.js';

const VERSION_1 = { supported: FeatureSet.empty, dependencies: [] };

describe('4.1.4.3.1 common configuration structure, device', () => {
  test('4.1.4.3.1 N0282 device_feature shows the offered bits from 32 * device_feature_select on', () => {
    const rig = new PciRig();
    const words = [0, 1, 2, 3, 4, 0xffff_ffff].map((select) => {
      rig.set('deviceFeatureSelect', select);
      return rig.get('deviceFeature');
    });
    expect(words).toEqual([...[0, 1, 2, 3].map((select) => MODEL.features.word(select)), 0, 0]);
  });

  test('4.1.4.3.1 N0283 N0284 driver_feature shows what the driver has written, valid or not', () => {
    const rig = new PciRig().initialise(AT.driver);
    rig.accept(MODEL.features.with(4));
    const words = [3, 2, 1, 0].map((select) => {
      rig.set('driverFeatureSelect', select);
      return rig.get('driverFeature');
    });
    expect(words.reverse()).toEqual([0, 1, 2, 3].map((select) => MODEL.features.with(4).word(select)));
    rig.set('driverFeatureSelect', 4);
    expect(rig.get('driverFeature')).toBe(0);
    rig.set('deviceStatus', AT.featuresOk);
    expect(rig.status, 'bit 4 is not offered').toBe(AT.driver);
  });

  test('4.1.4.3.1 N0285 config_generation changes when a value is read that was changed, and not before', () => {
    const rig = new PciRig();
    expect(rig.get('configGeneration')).toBe(0);
    rig.device.updateConfig(Uint8Array.of(1));
    rig.device.updateConfig(Uint8Array.of(2));
    expect(rig.get('configGeneration')).toBe(0);
    expect(rig.config(0, 1)).toBe(2);
    expect(rig.get('configGeneration')).toBe(1);
    expect(rig.config(0, 1)).toBe(2);
    expect(rig.get('configGeneration'), 'no change in between').toBe(1);
  });

  test.each([1, 255, 256, 257, 512])(
    '4.1.4.3.1 N0285 %i changes between two reads never look like none, 8 bits as it has',
    (changes) => {
      const rig = new PciRig();
      rig.config(0, 1);
      const before = rig.get('configGeneration');
      for (let i = 0; i < changes; i++) rig.device.updateConfig(Uint8Array.of(i & 0xff));
      rig.config(0, 1);
      expect(rig.get('configGeneration')).not.toBe(before);
    },
  );

  test('4.1.4.3.1 N0285 so a driver never takes a mixture for whole, wherever the change falls', () => {
    for (let behind = 0; behind < 4; behind++) {
      const rig = new PciRig({ model: { config: new Uint8Array(8).fill(1) } });
      rig.driver.probe();
      let count = 0;
      rig.log.onAccess = () => {
        if (count++ === behind) rig.device.updateConfig(new Uint8Array(8).fill(2));
      };
      const [low, high] = readConfigConsistently(rig.driver, () => [
        rig.driver.readConfig(0, 4),
        rig.driver.readConfig(4, 4),
      ]);
      expect(low).toBe(high);
    }
  });

  test('4.1.4.3.1 N0286 a 0 in device_status resets, and it reads 0 when that is done', () => {
    const rig = PciRig.live();
    rig.set('deviceStatus', 0);
    for (const queue of rig.queues) {
      expect(rig.status, `queue ${queue.index} still runs`).toBe(AT.live);
      queue.acknowledge();
    }
    expect(rig.status).toBe(0);
    expect(rig.codes).toEqual([]);
  });

  test('4.1.4.3.1 N0287 queue_enable is 0 after a reset, and everything else as it was in the beginning', () => {
    const rig = PciRig.live();
    rig.set('deviceFeatureSelect', 2);
    rig.set('driverFeatureSelect', 2);
    rig.set('configMsixVector', 1);
    for (const queue of [0, 1, 2]) {
      rig.set('queueSelect', queue);
      rig.set('queueMsixVector', queue);
    }
    rig.reset();
    expect(rig.status).toBe(0);
    const fresh = new PciRig();
    for (const field of Object.keys(PciCommon) as (keyof typeof PciCommon)[]) {
      expect(rig.get(field), field).toBe(fresh.get(field));
    }
    for (const queue of [0, 1, 2]) {
      expect(rig.of(queue, 'queueEnable')).toBe(0);
      expect(rig.of(queue, 'queueSize')).toBe(256);
      expect(rig.of(queue, 'queueDescLow')).toBe(0);
      expect(rig.of(queue, 'queueMsixVector')).toBe(NO_VECTOR);
    }
  });

  test('4.1.4.3.1 N0293 queue_size is 0 for a queue that is not there, and the largest for one that is', () => {
    const rig = new PciRig();
    expect([0, 1, 2, 3, 100, 0xffff].map((queue) => rig.of(queue, 'queueSize'))).toEqual([
      256, 256, 256, 0, 0, 0,
    ]);
  });

  test('4.1.4.3.1 N0294 queue_size is a power of 2 at all times without RING_PACKED', () => {
    const rig = new PciRig().initialise(AT.featuresOk);
    for (const size of [64, 24, 0, 511, 512, 0xffff]) {
      rig.describeQueue(1, { size });
      expect(rig.of(1, 'queueSize')).toBe(64);
    }
  });

  test('4.1.4.3 queue_reset, queue_notif_config_data and the admin queue read 0: they are not offered', () => {
    const rig = PciRig.live();
    const fields = ['queueReset', 'queueNotifConfigData', 'adminQueueIndex', 'adminQueueNum'] as const;
    expect(fields.map((field) => rig.get(field))).toEqual([0, 0, 0, 0]);
    expect(rig.codes).toEqual([]);
  });
});

describe('4.1.4.3.2 common configuration structure, what a driver must not do', () => {
  test.each(['deviceFeature', 'numQueues', 'configGeneration', 'queueNotifyOff'] as const)(
    '4.1.4.3.2 a write of %s is told and changes nothing',
    (field) => {
      const rig = new PciRig();
      const before = rig.get(field);
      rig.set(field, 1);
      expect(rig.codes).toEqual(['PCI_READ_ONLY']);
      expect(rig.get(field)).toBe(before);
    },
  );

  test('4.1.4.3.2 a size of 0, or with a split ring no power of 2, is told and changes nothing', () => {
    const packed = MODEL.features.with(Feature.ringPacked);
    for (const [features, sizes] of [
      [MODEL.features, [0, 3, 24, 255]],
      [packed, [0, 257]],
    ] as const) {
      const rig = new PciRig({ model: { features } }).initialise(AT.featuresOk);
      for (const size of sizes) rig.set('queueSize', size);
      expect(rig.codes).toEqual(sizes.map(() => 'PCI_QUEUE_SIZE'));
      expect(rig.get('queueSize')).toBe(256);
    }
  });

  test('4.1.4.3.2 a 0 in queue_enable is told, and does not disable the queue', () => {
    const rig = new PciRig().initialise(AT.featuresOk);
    rig.enableQueue(0);
    rig.set('queueEnable', 0);
    expect(rig.codes).toEqual(['PCI_QUEUE_ENABLE']);
    expect(rig.violations[0]?.detail.section).toBe('4.1.4.3.2');
    expect(rig.get('queueEnable')).toBe(1);
  });
});

describe('4.1.4.3.2 common configuration structure, driver', () => {
  /** Two lives of a driver, and what it wrote to the common configuration in them. */
  function twoLives(): { rig: PciRig; written: (field: keyof typeof PciCommon) => number[] } {
    const rig = new PciRig();
    rig.driver.probe();
    for (let life = 0; life < 2; life++) {
      negotiate(rig.driver, VERSION_1);
      for (const queue of [0, 1, 2]) rig.driver.enableQueue(queue, 16, ringAt(queue));
      setDriverOk(rig.driver);
    }
    return { rig, written: (field) => rig.log.written(PciBar.common + PciCommon[field]) };
  }

  test('4.1.4.3.2 N0296 N0297 N0298 N0301 it writes no field of the device’s, and never 0 to queue_enable', () => {
    const { rig, written } = twoLives();
    expect(rig.codes).toEqual([]);
    const forbidden = ['deviceFeature', 'numQueues', 'configGeneration', 'queueNotifyOff'] as const;
    expect(forbidden.flatMap(written)).toEqual([]);
    expect(written('queueNotifConfigData')).toEqual([]);
    expect(written('queueEnable')).toEqual([1, 1, 1, 1, 1, 1]);
    expect(written('queueSize'), 'powers of 2').toEqual([16, 16, 16, 16, 16, 16]);
  });

  test('4.1.4.3.2 N0299 it enables a queue after all of its other fields', () => {
    const { rig } = twoLives();
    const writes = rig.log.accesses.filter(({ kind }) => kind === 'write').map(({ offset }) => offset);
    const fields = [22, 24, 32, 36, 40, 44, 48, 52, 26, 28];
    const first = writes.indexOf(PciCommon.queueSelect);
    expect(writes.slice(first, first + fields.length)).toEqual(fields);
    expect(rig.violations).toEqual([]);
  });

  test('4.1.4.3.2 N0300 it takes a reset for done when device_status reads 0, and touches nothing before', () => {
    const { rig } = twoLives();
    rig.settle();
    rig.log.accesses.length = 0;
    rig.slowness = 9;
    resetDevice(rig.driver);
    const status = PciBar.common + PciCommon.deviceStatus;
    expect(rig.log.accesses.every(({ offset }) => offset === status)).toBe(true);
    const [written, ...read] = rig.log.accesses.map(({ kind, value }) => `${kind} ${value}`);
    expect(written).toBe('write 0');
    expect(read.length).toBeGreaterThan(9);
    expect(read.at(-1)).toBe('read 0');
    expect(read.slice(0, -1).every((line) => line === `read ${AT.live}`)).toBe(true);
  });
});
