import { describe, expect, test } from 'vitest';
import { Feature } from '../../../src/transport/features.js';
import { Mmio } from '../../../src/transport/mmio-registers.js';
import { Status } from '../../../src/transport/status.js';
import { AT, MODEL, RAM_BYTES, RegisterRig, ringAt } from '../../support/transport/register-rig.js';

function configured(): RegisterRig {
  return new RegisterRig().initialise(AT.featuresOk);
}

/** For a ring of 16: the last addresses at which each part still fits the memory. */
const LAST = {
  desc: RAM_BYTES - 16 * 16,
  driver: RAM_BYTES - (6 + 2 * 16),
  device: RAM_BYTES - (6 + 8 * 16) - 2,
} as const;

/** What may not be touched while QueueReady is 1 (4.2.2.2, N0381). */
const OF_A_QUEUE = [
  'queueSize',
  'queueDescLow',
  'queueDescHigh',
  'queueDriverLow',
  'queueDriverHigh',
  'queueDeviceLow',
  'queueDeviceHigh',
] as const;

describe('a queue is not enabled', () => {
  test.each([
    ['without a size', { size: 0 }, 'MMIO_QUEUE_SIZE'],
    ['with a size that is no power of 2', { size: 24 }, 'MMIO_QUEUE_SIZE'],
    ['with more entries than QueueSizeMax', { size: 512 }, 'MMIO_QUEUE_SIZE'],
    ['with more entries than any queue', { size: 65536 }, 'MMIO_QUEUE_SIZE'],
    ['with descriptors off 16 bytes', { desc: 0x1008 }, 'MMIO_QUEUE_ALIGNMENT'],
    ['with an available ring off 2 bytes', { driver: 0x2001 }, 'MMIO_QUEUE_ALIGNMENT'],
    ['with a used ring off 4 bytes', { device: 0x3002 }, 'MMIO_QUEUE_ALIGNMENT'],
    ['with descriptors that end behind the memory', { desc: LAST.desc + 16 }, 'MMIO_QUEUE_ADDRESS'],
    ['with an available ring that does', { driver: LAST.driver + 2 }, 'MMIO_QUEUE_ADDRESS'],
    ['with a used ring that does', { device: LAST.device + 4 }, 'MMIO_QUEUE_ADDRESS'],
    ['with descriptors past 4 GiB', { desc: 0x1_0000_1000 }, 'MMIO_QUEUE_ADDRESS'],
    ['with a used ring at the end of the world', { device: 2 ** 64 - 2 ** 32 }, 'MMIO_QUEUE_ADDRESS'],
  ])('%s', (_, changes, code) => {
    const rig = configured();
    rig.enableQueue(1, changes);
    expect(rig.codes).toEqual([code]);
    expect(rig.queueReady(1)).toBe(0);
    expect(rig.status).toBe(AT.featuresOk | Status.needsReset);
    rig.initialise(AT.live);
    expect(rig.isLive(1)).toBe(false);
  });

  test.each([
    ['with the smallest size', { size: 1 }],
    ['with QueueSizeMax', { size: 256 }],
    ['with the least alignment', { desc: 0x1010, driver: 0x2002, device: 0x3004 }],
    ['with its parts against the end of the memory', LAST],
    ['with a part at address 0', { desc: 0 }],
  ])('but it is %s', (_, changes) => {
    const rig = configured();
    rig.enableQueue(1, changes);
    expect(rig.codes).toEqual([]);
    expect(rig.queueReady(1)).toBe(1);
    rig.initialise(AT.live);
    expect(rig.window.queueSetup(1)).toEqual({ ...ringAt(1), ...changes });
  });

  test.each([AT.start, AT.driver])(
    'at status %i, before the features say what a ring looks like',
    (status) => {
      const features = MODEL.features.with(Feature.ringPacked);
      const rig = new RegisterRig({ model: { features } });
      if (status !== AT.start) rig.initialise(status);
      // Aligned as a split ring needs it, and not as a packed one does (2.8.10.1).
      rig.enableQueue(1, { driver: 0x2002 });
      expect(rig.codes).toEqual(['MMIO_QUEUE_EARLY']);
      expect(rig.queueReady(1)).toBe(0);
      rig.initialise(AT.live);
      expect(rig.isLive(1)).toBe(false);
    },
  );

  test('before QueueSize was written', () => {
    const rig = configured();
    rig.write(Mmio.queueReady, 1);
    expect(rig.codes).toEqual(['MMIO_QUEUE_SIZE']);
  });
});

describe('a queue that does not exist', () => {
  test.each([3, 4, 0xffff_ffff])('%i reads as absent', (queue) => {
    const rig = configured();
    rig.write(Mmio.queueSel, queue);
    expect(rig.read(Mmio.queueSizeMax)).toBe(0);
    expect(rig.read(Mmio.queueReady)).toBe(0);
    expect(rig.codes).toEqual([]);
  });

  test.each(['queueSize', 'queueReady', 'queueDescLow', 'queueDeviceHigh'] as const)(
    'has no %s to be written',
    (register) => {
      const rig = configured();
      rig.write(Mmio.queueSel, 3);
      rig.write(Mmio[register], 1);
      expect(rig.codes).toEqual(['MMIO_QUEUE_SEL']);
    },
  );
});

describe('a queue that is ready', () => {
  test.each(OF_A_QUEUE)('N0381 keeps its %s', (register) => {
    const rig = configured();
    rig.enableQueue(0);
    rig.write(Mmio[register], 0);
    expect(rig.codes).toEqual(['MMIO_QUEUE_BUSY']);
    expect(rig.queueReady(0)).toBe(1);
  });

  test('does not start again when it is enabled again: what is in flight would run twice', () => {
    const rig = RegisterRig.live();
    const live = rig.window.queueLive(1);
    rig.write(Mmio.queueSel, 1);
    rig.write(Mmio.queueReady, 1);
    expect(rig.codes).toEqual(['MMIO_QUEUE_BUSY']);
    expect(rig.window.queueLive(1)).not.toBe(live + 2);
  });

  test('leaves the registers of the others alone', () => {
    const rig = configured();
    rig.enableQueue(0);
    rig.enableQueue(2, { size: 64 });
    rig.initialise(AT.live);
    expect([0, 1, 2].map((queue) => rig.isLive(queue))).toEqual([true, false, true]);
    expect(rig.window.queueSetup(2)).toEqual({ ...ringAt(2), size: 64 });
    expect(rig.window.queueSetup(0)).toEqual(ringAt(0));
    expect(rig.codes).toEqual([]);
  });

  test('starts at once on a device that is live already', () => {
    const rig = configured();
    rig.initialise(AT.live);
    expect(rig.isLive(1)).toBe(false);
    rig.enableQueue(1);
    expect(rig.isLive(1)).toBe(true);
    expect(rig.queues[1]?.acknowledge()).toEqual(ringAt(1));
  });
});

describe('QueueReady = 0', () => {
  test('N0382 stops the queue, and reads 1 until its thread has stopped', () => {
    const rig = RegisterRig.live();
    rig.write(Mmio.queueSel, 1);
    rig.write(Mmio.queueReady, 0);
    expect(rig.isLive(1)).toBe(false);
    expect([rig.queueReady(0), rig.queueReady(1), rig.queueReady(2)]).toEqual([1, 1, 1]);
    expect(rig.queues[1]?.acknowledge()).toBeNull();
    expect([rig.queueReady(0), rig.queueReady(1), rig.queueReady(2)]).toEqual([1, 0, 1]);
    expect(rig.codes).toEqual([]);
  });

  test('while the queue is stopping its registers are not the driver’s yet', () => {
    for (const [register, value] of [
      [Mmio.queueSize, 8],
      [Mmio.queueReady, 1],
    ] as const) {
      const rig = RegisterRig.live();
      rig.write(Mmio.queueSel, 1);
      rig.write(Mmio.queueReady, 0);
      rig.write(register, value);
      expect(rig.codes).toEqual(['MMIO_QUEUE_BUSY']);
      expect(rig.isLive(1)).toBe(false);
    }
  });

  test('afterwards the queue can be set up anew', () => {
    const rig = RegisterRig.live();
    rig.write(Mmio.queueSel, 1);
    rig.write(Mmio.queueReady, 0);
    rig.settle();
    rig.enableQueue(1, { size: 4, desc: 0x8000 });
    expect(rig.queueReady(1)).toBe(1);
    expect(rig.queues[1]?.acknowledge()).toEqual({ ...ringAt(1), size: 4, desc: 0x8000 });
    expect(rig.codes).toEqual([]);
  });

  test('on a queue that never ran takes effect at once', () => {
    const rig = configured();
    rig.enableQueue(1);
    rig.write(Mmio.queueReady, 0);
    expect(rig.queueReady(1)).toBe(0);
    rig.initialise(AT.live);
    expect(rig.isLive(1)).toBe(false);
    expect(rig.codes).toEqual([]);
  });
});
