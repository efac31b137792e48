import { describe, expect, test } from 'vitest';
import { BlkConfig, BlkFeature } from '../../../src/devices/blk.js';
import { bringUpBlk, featureNames } from '../../../src/guest/bring-up.js';
import { readBlkLimits } from '../../../src/guest/blk-limits.js';
import { blkConfig } from '../../../src/host/blk-config.js';
import { Feature, FeatureSet } from '../../../src/transport/features.js';
import { Mmio } from '../../../src/transport/mmio-registers.js';
import { Status } from '../../../src/transport/status.js';
import { BlkMachine } from '../../support/transport/blk-machine.js';
import { DriverRig } from '../../support/transport/driver-rig.js';
import { jobPlan } from '../../support/transport/job-plan.js';
import { AT, ringAt } from '../../support/transport/register-rig.js';

function throwing(code: string): Error {
  return expect.objectContaining({ code }) as Error;
}

describe('bringing up a block device', () => {
  test('ends with everything agreed and the queue handed over, before DRIVER_OK', () => {
    const machine = new BlkMachine(jobPlan({ queue: { size: 64, features: ['EVENT_IDX'], startIndex: 9 } }));
    const { features, limits } = machine.bringUp();
    const names = ['BLK_SIZE', 'FLUSH', 'DISCARD', 'WRITE_ZEROES', 'EVENT_IDX', 'VERSION_1'];
    expect(featureNames(features)).toEqual(names);
    expect(limits).toEqual({
      capacitySectors: 256,
      sizeMaxBytes: Infinity,
      segMax: Infinity,
      queueCount: 1,
      readOnly: false,
      cache: 'write-back',
      maxDiscardSectors: 65536,
      maxWriteZeroesSectors: 65536,
    });
    expect(machine.window.status).toBe(AT.featuresOk);
    expect(machine.device.read(Mmio.queueReady, 4)).toBe(1);
    expect(machine.ram.load16(machine.ring.driver + 2), 'avail.idx').toBe(9);
    expect(machine.violations).toEqual([]);
  });

  test('takes the ring features that are wanted, and no other', () => {
    for (const wanted of [[], ['IN_ORDER'], ['INDIRECT_DESC', 'EVENT_IDX']] as const) {
      const { features } = new BlkMachine(jobPlan({ queue: { features: wanted } })).bringUp();
      const ring = [Feature.indirectDesc, Feature.eventIdx, Feature.inOrder].filter((bit) =>
        features.has(bit),
      );
      expect(featureNames(FeatureSet.of(...ring))).toEqual(wanted);
    }
  });

  test('reads the limits that are offered', () => {
    const backend = { kind: 'memory', sizeBytes: 8192, readOnly: true, faults: [] } as const;
    const machine = new BlkMachine(jobPlan({ backend, blk: { sizeMaxBytes: 65536, segMax: 126 } }));
    expect(machine.bringUp().limits).toMatchObject({
      capacitySectors: 16,
      sizeMaxBytes: 65536,
      segMax: 126,
      readOnly: true,
      maxDiscardSectors: 0,
      maxWriteZeroesSectors: 0,
    });
  });

  test('leaves a device of another type alone', () => {
    const rig = new DriverRig();
    expect(() => bringUpBlk(rig.driver, rig.memory, [], () => [])).toThrow(throwing('WRONG_DEVICE'));
    expect(rig.log.accesses.filter(({ kind }) => kind === 'write')).toEqual([]);
  });

  test.each([
    ['QUEUE_SIZE', { size: 2048 }, 1],
    ['TOO_FEW_QUEUES', { size: 16 }, 2],
  ] as const)('%s: gives the device up, and says so (3.1.1, N0237)', (code, queue, count) => {
    const machine = new BlkMachine(jobPlan());
    const queues = Array.from({ length: count }, (_, i) => ({
      addresses: ringAt(i),
      startIndex: 0,
      ...queue,
    }));
    const bringUp = (): unknown => bringUpBlk(machine.driver, machine.ram, [], () => queues);
    expect(bringUp).toThrow(throwing(code));
    expect(machine.window.status).toBe(AT.featuresOk | Status.failed);
    expect(machine.log.written(Mmio.queueReady)).toEqual([]);
  });
});

describe('the limits of a block device', () => {
  /** A machine whose driver has accepted everything; nothing was read yet. */
  function negotiated(): { machine: BlkMachine; features: FeatureSet } {
    const machine = new BlkMachine(jobPlan({ blk: { sizeMaxBytes: 4096, segMax: 8 } }));
    const { features } = machine.bringUp();
    machine.log.accesses.length = 0;
    return { machine, features };
  }

  test('N0021 belong to their features: a field whose feature is not there is not read', () => {
    const { machine, features } = negotiated();
    const fields = [
      [BlkFeature.sizeMax, BlkConfig.sizeMax],
      [BlkFeature.segMax, BlkConfig.segMax],
      [BlkFeature.discard, BlkConfig.maxDiscardSectors],
      [BlkFeature.writeZeroes, BlkConfig.maxWriteZeroesSectors],
    ] as const;
    for (const [bit, field] of fields) {
      machine.log.accesses.length = 0;
      readBlkLimits(machine.driver, features.without(bit));
      const offsets = machine.log.accesses.map(({ offset }) => offset - Mmio.config);
      expect(offsets).not.toContain(field);
      expect(offsets).toContain(BlkConfig.capacitySectors);
    }
    machine.log.accesses.length = 0;
    readBlkLimits(machine.driver, FeatureSet.empty);
    expect(machine.log.accesses.map(({ offset }) => offset - Mmio.config).filter((at) => at >= 0)).toEqual([
      0, 4,
    ]);
  });

  test('N0020 belong together: a disk that grows meanwhile is not seen in halves', () => {
    const { machine, features } = negotiated();
    const grown = { ...machine.offer, capacitySectors: 2 ** 33 + 5, segMax: 99 };
    machine.log.onAccess = ({ offset }) => {
      if (offset !== Mmio.config) return;
      machine.log.onAccess = () => undefined;
      machine.device.updateConfig(blkConfig(grown));
    };
    const { capacitySectors, segMax } = readBlkLimits(machine.driver, features);
    expect([capacitySectors, segMax]).toEqual([2 ** 33 + 5, 99]);
  });

  test('of several queues are read with the field’s own width', () => {
    const { machine, features } = negotiated();
    machine.device.updateConfig(blkConfig({ ...machine.offer, queueCount: 3 }));
    const limits = readBlkLimits(machine.driver, features.with(BlkFeature.multiQueue));
    expect(limits.queueCount).toBe(3);
    const access = machine.log.accesses.find(({ offset }) => offset === Mmio.config + BlkConfig.queueCount);
    expect(access?.widthBytes).toBe(2);
    expect(machine.violations).toEqual([]);
  });
});
