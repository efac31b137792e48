import { describe, expect, test } from 'vitest';
import { Feature, FeatureSet } from '../../../src/transport/features.js';
import {
  negotiate,
  NegotiationError,
  resetDevice,
  setDriverOk,
  setFailed,
} from '../../../src/transport/negotiate.js';
import { Status } from '../../../src/transport/status.js';
import { AT } from '../../support/transport/register-rig.js';
import { DriverRig } from '../../support/transport/driver-rig.js';

function wishes(...bits: number[]): { supported: FeatureSet; dependencies: [] } {
  return { supported: FeatureSet.of(...bits), dependencies: [] };
}

describe('negotiate', () => {
  test('agrees on what both sides know, in all four words', () => {
    const rig = new DriverRig();
    const features = negotiate(rig.driver, wishes(3, 4, Feature.eventIdx, 70, 71, 127));
    expect(features.bits()).toEqual([3, 29, 32, 70, 127]);
    expect(rig.queues[0]?.negotiatedFeatures().equals(features)).toBe(true);
    expect(rig.status).toBe(AT.featuresOk);
    setDriverOk(rig.driver);
    expect(rig.status).toBe(AT.live);
    expect(rig.codes).toEqual([]);
  });

  test('begins anew from any state, and waits for a reset that takes its time', () => {
    const rig = new DriverRig();
    for (const slowness of [0, 7, 50]) {
      negotiate(rig.driver, wishes(3));
      for (let queue = 0; queue < 3; queue++) rig.enableQueue(queue);
      setDriverOk(rig.driver);
      rig.settle();
      setFailed(rig.driver);
      rig.slowness = slowness;
    }
    negotiate(rig.driver, wishes(3));
    expect(rig.status).toBe(AT.featuresOk);
    expect(rig.codes).toEqual([]);
  });

  test('gives a device up that is older than VERSION_1', () => {
    const rig = new DriverRig({ model: { features: FeatureSet.of(3) } });
    expect(() => negotiate(rig.driver, wishes(3))).toThrow(NegotiationError);
    expect(rig.status).toBe(AT.driver | Status.failed);
    expect(rig.codes).toEqual([]);
  });

  test('gives a device up that refuses, and says which features it refused', () => {
    // The device is stricter than what it offers: that is for it to decide (3.1.1).
    const rig = new DriverRig({ model: { dependencies: [{ bit: 3, needs: [4] }] } });
    expect(() => negotiate(rig.driver, wishes(3))).toThrow(/refuses the features bit 3 VERSION_1/);
    expect(rig.status).toBe(AT.driver | Status.failed);
  });
});

describe('resetDevice', () => {
  test('ends when it is told to give up', () => {
    const rig = new DriverRig();
    negotiate(rig.driver, wishes());
    rig.enableQueue(0);
    setDriverOk(rig.driver);
    rig.settle();
    rig.slowness = Infinity;
    let asked = 0;
    const giveUp = (): Error | null => (++asked < 5 ? null : new Error('five times'));
    expect(() => resetDevice(rig.driver, giveUp)).toThrow('five times');
    expect(rig.status).toBe(AT.live);
  });

  test('of a fresh device does not ask', () => {
    const rig = new DriverRig();
    resetDevice(rig.driver, () => new Error('asked'));
    expect(rig.log.lines).toEqual(['write status 0', 'read status 0']);
  });
});

describe('setFailed', () => {
  test('keeps what Status holds, also what the device has added', () => {
    const rig = new DriverRig();
    negotiate(rig.driver, wishes());
    rig.read(0x030);
    setFailed(rig.driver);
    expect(rig.status).toBe(AT.featuresOk | Status.needsReset | Status.failed);
    expect(rig.codes).toEqual(['MMIO_READ']);
  });
});
