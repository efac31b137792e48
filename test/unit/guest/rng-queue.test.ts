import { describe, expect, test } from 'vitest';
import { RNG_DEVICE_ID } from '../../../src/devices/rng.js';
import { bringUpRng } from '../../../src/guest/bring-up.js';
import { InvariantError } from '../../../src/errors.js';
import { allocateRing } from '../../../src/guest/queue-memory.js';
import { RngQueue } from '../../../src/guest/rng-queue.js';
import { Allocator } from '../../../src/memory/allocator.js';
import { SharedMemory } from '../../../src/memory/shared-memory.js';
import { Feature, FeatureSet } from '../../../src/transport/features.js';
import { Chain } from '../../../src/virtqueue/chain.js';
import { DriverRig } from '../../support/transport/driver-rig.js';
import { AT, ringAt } from '../../support/transport/register-rig.js';
import { makeRig, type Rig } from '../../support/ring/rig.js';

const SLOTS = 4;
const BUFFER_BYTES = 5000;

function makeQueue(): { rig: Rig; queue: RngQueue } {
  const rig = makeRig({ size: 8 });
  return {
    rig,
    queue: new RngQueue(rig.memory, rig.driver, rig.allocator, {
      slotCount: SLOTS,
      bufferBytes: BUFFER_BYTES,
    }),
  };
}

describe('the entropy driver', () => {
  test('5.4.6.1 N0780 posts buffers that are only for the device to write, in as many ranges as were wanted', () => {
    const { rig, queue } = makeQueue();
    const chain = new Chain();
    for (const [length, segments] of [
      [5000, 1],
      [4097, 3],
      [16, 4],
    ] as const) {
      expect(queue.post(1, length, segments)).toBe(true);
      rig.driver.publish();
      expect(rig.device.pop(chain)).toBe(true);
      expect([chain.readableBytes, chain.writableBytes]).toEqual([0, length]);
      expect(chain.buffers.count).toBe(segments);
      rig.device.push(chain, 1);
      expect(queue.complete()).toBe(1);
    }
  });

  test('5.4.6.1 N0781 counts on no more than the device says it wrote', () => {
    const { rig, queue } = makeQueue();
    const chain = new Chain();
    queue.post(2, 100, 2);
    queue.post(0, 100, 1);
    rig.driver.publish();
    for (const bytes of [7, 100]) {
      rig.device.pop(chain);
      rig.memory.bytes(chain.buffers.address(0), 1).fill(bytes);
      rig.device.push(chain, bytes);
    }
    expect([queue.complete(), queue.usedLength, queue.bytes(2)[0]]).toEqual([2, 7, 7]);
    expect([queue.complete(), queue.usedLength, queue.bytes(0)[0]]).toEqual([0, 100, 100]);
    expect(queue.complete()).toBe(-1);
  });

  test('refuses a buffer that does not fit the ring now', () => {
    const { rig, queue } = makeQueue();
    expect([queue.post(0, 64, 4), queue.post(1, 64, 4), queue.post(2, 64, 4)]).toEqual([true, true, false]);
    expect(rig.driver.outstandingCount).toBe(2);
  });

  test('has a buffer of its own for every slot', () => {
    const { queue } = makeQueue();
    for (let slot = 0; slot < SLOTS; slot++) queue.bytes(slot).fill(slot + 1);
    for (let slot = 0; slot < SLOTS; slot++) {
      expect(queue.bytes(slot)).toHaveLength(BUFFER_BYTES);
      expect(queue.bytes(slot).every((byte) => byte === slot + 1)).toBe(true);
    }
    const memory = SharedMemory.ofSize(1 << 16);
    const { driver } = makeRig({ size: 8 });
    expect(
      () => new RngQueue(memory, driver, new Allocator(1 << 16), { slotCount: 16, bufferBytes: 4096 }),
    ).toThrow(InvariantError);
  });
});

describe('bringing up an entropy device', () => {
  const model = {
    deviceId: RNG_DEVICE_ID,
    features: FeatureSet.of(3, Feature.version1, Feature.eventIdx),
    queueCount: 1,
  };

  test('takes its one queue and the ring features that are wanted; it has none of its own', () => {
    const rig = new DriverRig({ model });
    const ring = { addresses: ringAt(0), size: 16, startIndex: 5 };
    const ram = SharedMemory.ofSize(1 << 16);
    expect(bringUpRng(rig.driver, ram, ['EVENT_IDX', 'IN_ORDER'], () => [ring]).bits()).toEqual([29, 32]);
    expect(rig.status).toBe(AT.featuresOk);
    expect(rig.queueReady(0)).toBe(1);
    expect(ram.load16(ringAt(0).driver + 2)).toBe(5);
    expect(rig.codes).toEqual([]);
  });

  test('leaves a device of another type alone', () => {
    const rig = new DriverRig();
    const memory = SharedMemory.ofSize(1 << 16);
    const ring = { addresses: allocateRing(new Allocator(1 << 16), 'split', 8), size: 8, startIndex: 0 };
    expect(() => bringUpRng(rig.driver, memory, [], () => [ring])).toThrow(
      expect.objectContaining({ code: 'WRONG_DEVICE' }) as Error,
    );
    expect(rig.log.accesses.every(({ kind }) => kind === 'read')).toBe(true);
  });
});
