import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BLK_DEPENDENCIES, BLK_DEVICE_ID, BlkFeature, BlkRequest } from '../../src/devices/blk.js';
import { bringUpBlk } from '../../src/guest/bring-up.js';
import { BLK_DRIVER_FEATURES } from '../../src/guest/blk-limits.js';
import { blkFeatures, type BlkOffer } from '../../src/host/blk-config.js';
import { Feature, type FeatureSet } from '../../src/transport/features.js';
import { Mmio } from '../../src/transport/mmio-registers.js';
import { seeded } from '../support/ring/seeded.js';
import { patternBytes, tempImage } from '../support/host/temp-image.js';
import { BlkMachine } from '../support/transport/blk-machine.js';
import { DriverRig } from '../support/transport/driver-rig.js';
import { jobPlan } from '../support/transport/job-plan.js';
import { AT } from '../support/transport/register-rig.js';
import { WorkRig } from '../support/transport/run-work.js';

/** Numbers of the spec (5.2.3, 5.2.4), not those that the sources repeat. */
const LIFETIME = 15;
const ZONED = 17;
const ZONED_FIELDS = { from: 72, model: 92, to: 96 };
const Model = { none: 0, hostManaged: 1, hostAware: 2 };

const offers: fc.Arbitrary<BlkOffer> = fc.record({
  capacitySectors: fc.nat(1000),
  readOnly: fc.boolean(),
  queueCount: fc.integer({ min: 1, max: 16 }),
  sizeMaxBytes: fc.option(fc.constant(4096)),
  segMax: fc.option(fc.constant(8)),
  serial: fc.constant(''),
});

describe('5.2.5 initialization of a block device, driver', () => {
  /** A copy to a device that offers FLUSH or does not; types of the requests that it took. */
  function copy(offersFlush: boolean): { types: number[]; cache: string } {
    const content = patternBytes(8 * 512, 3);
    const source = { path: tempImage(content), offsetBytes: 0 };
    const workload = { kind: 'copy', pattern: 'sequential', operations: null, source } as const;
    const change = offersFlush ? undefined : (all: FeatureSet) => all.without(BlkFeature.flush);
    const rig = new WorkRig({ workload, offered: change }).run();
    expect([rig.count('errors'), rig.count('mismatches')]).toEqual([0, 0]);
    return { types: rig.queue.history.map(({ type }) => type), cache: rig.blk.cache };
  }

  test('5.2.5.1 N0683 with FLUSH, not CONFIG_WCE, the cache is one of write-back: a copy ends with a flush', () => {
    const { types, cache } = copy(true);
    expect(cache).toBe('write-back');
    const flush = types.indexOf(BlkRequest.flush);
    expect(flush).toBeGreaterThan(types.lastIndexOf(BlkRequest.out));
    expect(types.indexOf(BlkRequest.in)).toBeGreaterThan(flush);
  });

  test('5.2.5.1 N0682 without either of them it is one of write-through: there is nothing to flush', () => {
    const { types, cache } = copy(false);
    expect(cache).toBe('write-through');
    expect(types).toContain(BlkRequest.out);
    expect(types).toContain(BlkRequest.in);
    expect(types).not.toContain(BlkRequest.flush);
  });

  /** Features that the driver accepts of a device that offers everything, in zones or not. */
  function acceptedOf(model: number, zoned = true): { features: FeatureSet; rig: DriverRig } {
    const config = new Uint8Array(ZONED_FIELDS.to);
    config[ZONED_FIELDS.model] = model;
    const offered = BLK_DRIVER_FEATURES.with(Feature.version1, ...(zoned ? [ZONED] : []));
    const device = { deviceId: BLK_DEVICE_ID, features: offered, dependencies: BLK_DEPENDENCIES, config };
    const rig = new DriverRig({ model: device });
    const { features } = bringUpBlk(rig.driver, rig.memory, [], () => []);
    expect(rig.queues[0]?.negotiatedFeatures().equals(features)).toBe(true);
    return { features, rig };
  }

  test('5.2.5.1 N0686 DISCARD is not accepted of a device whose zones the host manages', () => {
    const { features, rig } = acceptedOf(Model.hostManaged);
    expect(features.equals(BLK_DRIVER_FEATURES.with(Feature.version1).without(BlkFeature.discard))).toBe(
      true,
    );
    const model = rig.log.accesses.find(({ offset }) => offset === Mmio.config + ZONED_FIELDS.model);
    expect(model).toMatchObject({ kind: 'read', widthBytes: 1 });
    expect(rig.codes).toEqual([]);
  });

  test.each([
    ['no zones', Model.none],
    ['zones that it need not heed', Model.hostAware],
  ])('5.2.5.1 N0686 and is accepted of one that has %s', (_, model) => {
    expect(acceptedOf(model).features.has(BlkFeature.discard)).toBe(true);
  });

  test('2.5.1 N0021 the model is not read where ZONED is not offered', () => {
    const { features, rig } = acceptedOf(Model.hostManaged, false);
    expect(features.has(BlkFeature.discard)).toBe(true);
    const offsets = rig.log.accesses.map(({ offset }) => offset - Mmio.config);
    expect(offsets).not.toContain(ZONED_FIELDS.model);
  });
});

describe('5.2.5 initialization of a block device, device', () => {
  test.each([
    ['5.2.5.2 N0694 ZONED is not offered: no disk here has zones', ZONED],
    ['5.2.6.2 N0746 LIFETIME is not offered: neither a file nor memory tells one', LIFETIME],
  ])('%s', (_, bit) => {
    const property = fc.property(offers, (offer) => {
      expect(blkFeatures(offer).has(bit)).toBe(false);
    });
    fc.assert(property, seeded(50));
  });

  test.each(['mmio', 'pci'] as const)(
    '5.2.5.2 N0696 without ZONED the initialization goes on, and all fields of zones are 0: %s',
    (transport) => {
      const machine = new BlkMachine(jobPlan({ transport }));
      const { features } = machine.bringUp();
      expect(features.has(ZONED)).toBe(false);
      expect(machine.driver.readStatus()).toBe(AT.featuresOk);
      for (let at = ZONED_FIELDS.from; at < ZONED_FIELDS.to; at++) {
        expect(machine.driver.readConfig(at, 1), `byte ${at}`).toBe(0);
      }
      expect(machine.violations).toEqual([]);
    },
  );
});
