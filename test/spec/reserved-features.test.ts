import { describe, expect, test } from 'vitest';
import { BLK_CONFIG_BYTES, BLK_DEVICE_ID, BlkRequest, BlkStatus } from '../../src/devices/blk.js';
import { RNG_DEVICE_ID } from '../../src/devices/rng.js';
import { bringUpBlk, bringUpRng, type WantedRingFeature } from '../../src/guest/bring-up.js';
import { RngHostDevice } from '../../src/host/rng-host-device.js';
import { SharedMemory } from '../../src/memory/shared-memory.js';
import { Rng } from '../../src/rng.js';
import { parseScenario } from '../../src/scenario/load.js';
import type { JobPlan } from '../../src/scenario/plan.js';
import { Feature, FeatureSet } from '../../src/transport/features.js';
import { offeredRingFeatures, RING_FEATURES } from '../../src/transport/ring-features.js';
import { Status } from '../../src/transport/status.js';
import { BlkMachine } from '../support/transport/blk-machine.js';
import { DriverRig } from '../support/transport/driver-rig.js';
import { jobPlan, type PlanChanges } from '../support/transport/job-plan.js';
import { PciRig } from '../support/transport/pci-rig.js';
import { RAM_BYTES, ringAt } from '../support/transport/register-rig.js';
import { expectBytes, pattern, Requests } from '../support/transport/requests.js';

const TRANSPORTS = ['mmio', 'pci'] as const;
const EVERYTHING = new FeatureSet([-1, -1, -1, -1]);
const ALL_RING_FEATURES: readonly WantedRingFeature[] = [
  'INDIRECT_DESC',
  'EVENT_IDX',
  'IN_ORDER',
  'RING_PACKED',
];

/** What a driver accepts of a device that offers every bit there is. */
function acceptedOf(transport: 'mmio' | 'pci', deviceId: number): FeatureSet {
  const config = new Uint8Array(BLK_CONFIG_BYTES);
  // Queues as many as are there: with MQ accepted, the field is read.
  config[34] = 1;
  const model = { deviceId, features: EVERYTHING, dependencies: [], config };
  const rig = transport === 'mmio' ? new DriverRig({ model }) : new PciRig({ model });
  const { size, ...addresses } = ringAt(0);
  const queue = { addresses, size, startIndex: 0 };
  const memory = SharedMemory.ofSize(RAM_BYTES);
  if (deviceId === RNG_DEVICE_ID) return bringUpRng(rig.driver, memory, ALL_RING_FEATURES, () => [queue]);
  return bringUpBlk(rig.driver, memory, ALL_RING_FEATURES, () => [queue]).features;
}

describe('6.1 reserved feature bits, driver', () => {
  const layouts: PlanChanges['queue'][] = [
    { layout: 'split' },
    { layout: 'packed' },
    { layout: 'split', features: ['INDIRECT_DESC'], directCount: 0 },
  ];

  test.each(TRANSPORTS.flatMap((transport) => layouts.map((queue) => ({ transport, queue }))))(
    '6.1 N1461 without ACCESS_PLATFORM all addresses are physical ones, in registers and descriptors: %j',
    ({ transport, queue }) => {
      const rig = new Requests({ transport, queue: { size: 8, ...queue } });
      const { machine, blk } = rig;
      expect(machine.driver.readDeviceFeatures().has(Feature.accessPlatform)).toBe(false);
      const { desc, driver, device } = machine.window.queueSetup(0);
      expect({ desc, driver, device }).toEqual(machine.ring);

      const content = pattern(1024, 5);
      rig.fill(2, content);
      expect(rig.do(() => blk.write(2, 3, 1024, 1))).toBe(BlkStatus.ok);
      // Physical is the number of the byte in guest memory, and nothing between here and there translates it.
      const ram = Buffer.from(machine.ram.bytes(0, machine.ram.sizeBytes));
      const tableAt = queue?.features === undefined ? desc : Number(ram.readBigUInt64LE(desc));
      const [head, data] = [0, 16].map((at) => Number(ram.readBigUInt64LE(tableAt + at)));
      expect([head, data]).toEqual([blk.slots.header(2), blk.slots.data(2)]);
      expect(ram.readUInt32LE(head)).toBe(BlkRequest.out);
      expectBytes(ram.subarray(data, (data as number) + 1024), content);
      expectBytes(machine.disk?.bytes(3 * 512, 1024), content);
    },
  );

  test.each(TRANSPORTS)(
    '6.1 N1460 ACCESS_PLATFORM is accepted where it is offered, of a bus whose addresses are physical ones: %s',
    (transport) => {
      const machine = new BlkMachine(jobPlan({ transport, queue: { features: ['ACCESS_PLATFORM'] } }));
      expect(machine.driver.readDeviceFeatures().has(Feature.accessPlatform)).toBe(true);
      expect(machine.bringUp().features.has(Feature.accessPlatform)).toBe(true);
    },
  );

  test.each(TRANSPORTS)(
    '6.1 N1460 an encrypted guest gives up on a device without ACCESS_PLATFORM, and says why: %s',
    (transport) => {
      const machine = new BlkMachine(jobPlan({ transport }));
      const queuesFor = (): never => {
        throw new Error('no queue is set up for a device that is refused');
      };
      expect(() => bringUpBlk(machine.driver, machine.ram, [], queuesFor, 'restricted')).toThrow(
        /does not offer ACCESS_PLATFORM, and the driver refuses it: memory of this guest is encrypted/,
      );
      expect(machine.driver.readStatus() & Status.failed).toBe(Status.failed);
    },
  );

  test.each(TRANSPORTS)(
    '6.1 N1462 RING_PACKED is accepted where it is offered, unless its user has chosen split rings: %s',
    (transport) => {
      for (const layout of ['packed', 'split'] as const) {
        const machine = new BlkMachine(jobPlan({ transport, queue: { layout } }));
        expect(machine.driver.readDeviceFeatures().has(Feature.ringPacked)).toBe(true);
        expect(machine.bringUp().features.has(Feature.ringPacked)).toBe(layout === 'packed');
      }
    },
  );

  test.each(TRANSPORTS.flatMap((transport) => [BLK_DEVICE_ID, RNG_DEVICE_ID].map((id) => [transport, id])))(
    '6.1 N1466 SR_IOV is not accepted of a device without the capability: %s, device ID %i',
    (transport, deviceId) => {
      const features = acceptedOf(transport as 'mmio' | 'pci', deviceId as number);
      expect(features.has(Feature.srIov)).toBe(false);
      expect(features.has(Feature.ringPacked), 'unlike those that it knows').toBe(true);
    },
  );
});

describe('6.2 reserved feature bits, device', () => {
  const plan = jobPlan();
  const rng = new RngHostDevice(plan, SharedMemory.ofSize(4096), new Rng(1));
  const rngModel = {
    deviceId: rng.deviceId,
    features: rng.features.with(...RING_FEATURES),
    dependencies: rng.dependencies,
    queueCount: 1,
    queueSizeMax: 256,
    config: rng.config,
  };

  /** What is offered behind a transport, by every kind of device. */
  function offers(transport: 'mmio' | 'pci'): FeatureSet[] {
    const blk = new BlkMachine(jobPlan({ transport })).driver.readDeviceFeatures();
    const rig = transport === 'mmio' ? new DriverRig({ model: rngModel }) : new PciRig({ model: rngModel });
    return [blk, rig.driver.readDeviceFeatures()];
  }

  test.each([
    ['of an encrypted guest', { memory: { encryption: 'zero' } }],
    ['with a DMA mask', { dma: { mask: 30, pool: '1MiB' } }],
    ['with a pool of its own', { dma: 'restricted' }],
  ])('6.2 N1472 a device that does not reach all memory offers ACCESS_PLATFORM: %s', (_, settings) => {
    const job = { workload: 'read', operations: 1, ...settings };
    const text = JSON.stringify({ version: 1, name: 's', jobs: { job } });
    const { queue } = parseScenario(text, 's.yaml', { sets: [], seed: 1 }).jobs[0] as JobPlan;
    expect(offeredRingFeatures(queue.features)).toContain(Feature.accessPlatform);
  });

  test.each(TRANSPORTS)('6.2 N1470 every device offers VERSION_1: %s', (transport) => {
    for (const offered of offers(transport)) expect(offered.has(Feature.version1)).toBe(true);
  });

  test.each(TRANSPORTS)(
    '6.2 N1478 no device offers SR_IOV, since none has the capability: %s',
    (transport) => {
      for (const offered of offers(transport)) expect(offered.has(Feature.srIov)).toBe(false);
    },
  );
});
