import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BLK_DEPENDENCIES } from '../../src/devices/blk.js';
import { BLK_DRIVER_FEATURES } from '../../src/guest/blk-limits.js';
import { blkFeatures, type BlkOffer } from '../../src/host/blk-config.js';
import {
  closeFeatures,
  Feature,
  FEATURE_BITS,
  type FeatureDependency,
  FeatureSet,
} from '../../src/transport/features.js';
import { Mmio } from '../../src/transport/mmio-registers.js';
import { negotiate, resetDevice } from '../../src/transport/negotiate.js';
import { Status } from '../../src/transport/status.js';
import { seeded } from '../support/ring/seeded.js';
import { DriverRig } from '../support/transport/driver-rig.js';
import { AT, RegisterRig, VERSION_1_ONLY } from '../support/transport/register-rig.js';

const bits = fc.uniqueArray(fc.nat(FEATURE_BITS - 1), { maxLength: 30 });
const few = fc.uniqueArray(fc.nat(12), { maxLength: 10 });
const dependencies: fc.Arbitrary<FeatureDependency[]> = fc.array(
  fc.record({ bit: fc.nat(12), needs: fc.array(fc.nat(12), { maxLength: 2 }) }),
  { maxLength: 6 },
);
const version1 = Feature.version1;

/** What the device did with these features. */
function isAccepted(rig: RegisterRig, features: FeatureSet): boolean {
  rig.write(Mmio.status, 0);
  rig.initialise(AT.driver);
  rig.accept(features);
  rig.write(Mmio.status, AT.featuresOk);
  return (rig.status & Status.featuresOk) !== 0;
}

describe('2.2 feature bits, driver', () => {
  test('2.2.1 N0008 the driver accepts nothing that is not offered, and nothing whose needs are not accepted', () => {
    const property = fc.property(few, few, dependencies, (offered, supported, needs) => {
      const features = closeFeatures(FeatureSet.of(version1, ...offered), needs);
      const rig = new DriverRig({ model: { features, dependencies: needs } });
      const wishes = { supported: FeatureSet.of(...supported), dependencies: needs };
      const accepted = negotiate(rig.driver, wishes);
      expect(accepted.isSubsetOf(features)).toBe(true);
      expect(closeFeatures(accepted, needs).equals(accepted)).toBe(true);
      expect(rig.queues[0]?.negotiatedFeatures().equals(accepted), 'and it says what it accepts').toBe(true);
    });
    fc.assert(property, seeded(100));
  });

  test('2.2.1 N0008 a bit whose need is not offered is left out, the rest is not', () => {
    const rig = new DriverRig({ model: { features: FeatureSet.of(version1, 2, 11), dependencies: [] } });
    const needs = [{ bit: 11, needs: [9] }];
    const accepted = negotiate(rig.driver, { supported: FeatureSet.of(2, 9, 11), dependencies: needs });
    expect(accepted.bits()).toEqual([2, version1]);
  });

  test('2.2.1 N0009 N0010 N0012 bits that the driver does not know are left alone, whichever and however many', () => {
    const property = fc.property(bits, (offered) => {
      const features = FeatureSet.of(version1, ...offered);
      const rig = new DriverRig({ model: { features, dependencies: [] } });
      const accepted = negotiate(rig.driver, {
        supported: BLK_DRIVER_FEATURES,
        dependencies: BLK_DEPENDENCIES,
      });
      const known = BLK_DRIVER_FEATURES.with(version1);
      expect(accepted.equals(known.intersect(features))).toBe(true);
      expect(rig.status).toBe(AT.featuresOk);
    });
    fc.assert(property, seeded(100));
  });

  test('2.2.1 N0010 bits of other transports, other versions and reserved ones are among those', () => {
    const all = new FeatureSet([-1, -1, -1, -1]);
    const rig = new DriverRig({ model: { features: all, dependencies: [] } });
    const accepted = negotiate(rig.driver, {
      supported: BLK_DRIVER_FEATURES,
      dependencies: BLK_DEPENDENCIES,
    });
    const others = [
      Feature.adminVq,
      Feature.srIov,
      Feature.notifConfigData,
      Feature.suspend,
      0,
      7,
      24,
      30,
      127,
    ];
    for (const bit of others) expect(accepted.has(bit), `bit ${bit}`).toBe(false);
  });

  test('2.2.1 N0011 without an optional feature the driver does without, without a needed one it gives up', () => {
    const plain = new DriverRig({ model: { features: VERSION_1_ONLY } });
    const wishes = { supported: BLK_DRIVER_FEATURES, dependencies: BLK_DEPENDENCIES };
    expect(negotiate(plain.driver, wishes).bits()).toEqual([version1]);
    const old = new DriverRig({ model: { features: BLK_DRIVER_FEATURES } });
    expect(() => negotiate(old.driver, wishes)).toThrow(/VERSION_1/);
    expect(old.status & Status.failed).toBe(Status.failed);
  });
});

describe('2.2 feature bits, device', () => {
  const offer: fc.Arbitrary<BlkOffer> = fc.record({
    capacitySectors: fc.nat(1000),
    readOnly: fc.boolean(),
    queueCount: fc.integer({ min: 1, max: 16 }),
    sizeMaxBytes: fc.option(fc.constant(4096)),
    segMax: fc.option(fc.constant(8)),
    serial: fc.constant(''),
  });

  test('2.2.2 N0013 the block device offers no feature without what it needs', () => {
    const property = fc.property(offer, (of) => {
      const offered = blkFeatures(of);
      expect(closeFeatures(offered, BLK_DEPENDENCIES).equals(offered)).toBe(true);
    });
    fc.assert(property, seeded(50));
  });

  test('2.2.2 N0014 every valid subset of the offer is accepted, and nothing else', () => {
    const property = fc.property(few, few, dependencies, (offered, chosen, needs) => {
      const features = closeFeatures(FeatureSet.of(version1, ...offered), needs);
      const rig = new RegisterRig({ model: { features, dependencies: needs } });
      const choice = FeatureSet.of(version1, ...chosen);
      const isValid = choice.isSubsetOf(features) && closeFeatures(choice, needs).equals(choice);
      expect(isAccepted(rig, choice)).toBe(isValid);
      expect(isAccepted(rig, choice.without(version1))).toBe(false);
      expect(rig.codes, 'a refusal is no violation').toEqual([]);
    });
    fc.assert(property, seeded(200));
  });

  test('2.2.2 N0014 one bit too many is refused, in each of the four words', () => {
    const rig = new RegisterRig();
    for (const bit of [0, 31, 33, 63, 64, 95, 96, 126]) {
      expect(isAccepted(rig, VERSION_1_ONLY.with(bit)), `bit ${bit}`).toBe(false);
    }
    expect(isAccepted(rig, rig.model.features)).toBe(true);
  });

  test('2.2.2 N0015 the block device offers nothing that only another transport has', () => {
    const property = fc.property(offer, (of) => {
      const offered = blkFeatures(of);
      const foreign = [Feature.adminVq, Feature.srIov, Feature.notifConfigData];
      expect(foreign.some((bit) => offered.has(bit))).toBe(false);
    });
    fc.assert(property, seeded(20));
  });

  test('2.2.2 N0016 what was agreed once is agreed again after a reset', () => {
    const property = fc.property(few, (chosen) => {
      const rig = new RegisterRig();
      const choice = FeatureSet.of(version1, ...chosen);
      const first = isAccepted(rig, choice);
      for (let i = 0; i < 3; i++) expect(isAccepted(rig, choice)).toBe(first);
    });
    fc.assert(property, seeded(50));
    const rig = new DriverRig();
    const wishes = { supported: FeatureSet.of(3, 70), dependencies: [] };
    const once = negotiate(rig.driver, wishes);
    resetDevice(rig.driver);
    expect(negotiate(rig.driver, wishes).equals(once)).toBe(true);
  });
});
