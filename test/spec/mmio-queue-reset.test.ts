import { describe, expect, test } from 'vitest';
import { Feature } from '../../src/transport/features.js';
import { Mmio } from '../../src/transport/mmio-registers.js';
import { negotiate, setDriverOk } from '../../src/transport/negotiate.js';
import { Status } from '../../src/transport/status.js';
import { DriverRig } from '../support/transport/driver-rig.js';
import { AT, MODEL, RegisterRig, ringAt } from '../support/transport/register-rig.js';

const FEATURES = MODEL.features.with(Feature.ringReset);
const OPTIONS = { model: { features: FEATURES } };

function live(): RegisterRig {
  return RegisterRig.live(OPTIONS);
}

function queueReset(rig: RegisterRig, queue: number): number {
  rig.write(Mmio.queueSel, queue);
  return rig.read(Mmio.queueReset);
}

function reset(rig: RegisterRig, queue: number): void {
  rig.write(Mmio.queueSel, queue);
  rig.write(Mmio.queueReset, 1);
}

describe('4.2.2.1 QueueReset, device', () => {
  test('4.2.2.1 N0367 it reads 0 after a reset of the device, also one that came amid the reset of a queue', () => {
    const fresh = new RegisterRig(OPTIONS).initialise(AT.featuresOk);
    expect([0, 1, 2].map((queue) => queueReset(fresh, queue))).toEqual([0, 0, 0]);
    const rig = live();
    reset(rig, 1);
    rig.write(Mmio.status, 0);
    expect(rig.status).toBe(AT.live);
    rig.settle();
    expect(rig.status).toBe(0);
    rig.initialise(AT.featuresOk);
    expect([0, 1, 2].map((queue) => queueReset(rig, queue))).toEqual([0, 0, 0]);
    expect(rig.codes).toEqual([]);
  });

  test('4.2.2.1 N0368 it reads 0 after the queue was enabled, also while that is not acted on yet', () => {
    const rig = live();
    reset(rig, 1);
    rig.settle();
    rig.enableQueue(1);
    expect([queueReset(rig, 1), rig.queueReady(1)]).toEqual([0, 1]);
    rig.settle();
    expect([queueReset(rig, 1), rig.queueReady(1)]).toEqual([0, 1]);
    expect(rig.codes).toEqual([]);
  });

  test('4.2.2.1 N0369 a 1 stops that queue and no other, and takes its registers back', () => {
    const rig = live();
    reset(rig, 1);
    expect([0, 1, 2].map((queue) => rig.isLive(queue))).toEqual([true, false, true]);
    expect(rig.queues.map((queue) => queue.change()?.kind)).toEqual([undefined, 'stop', undefined]);
    rig.settle();
    rig.write(Mmio.queueSel, 1);
    rig.write(Mmio.queueReady, 1);
    expect(rig.codes, 'its size has to be written again').toEqual(['MMIO_QUEUE_SIZE']);
  });

  test('4.2.2.1 N0370 N0371 it reads 1 until the queue has stopped, then it and QueueReady read 0', () => {
    const rig = live();
    reset(rig, 1);
    expect([queueReset(rig, 1), rig.queueReady(1)]).toEqual([1, 1]);
    rig.queues[0]?.acknowledge();
    expect([0, 1, 2].map((queue) => queueReset(rig, queue))).toEqual([0, 1, 0]);
    rig.queues[1]?.acknowledge();
    expect([queueReset(rig, 1), rig.queueReady(1)]).toEqual([0, 0]);
    expect([0, 2].map((queue) => rig.queueReady(queue))).toEqual([1, 1]);
    expect(rig.codes).toEqual([]);
  });

  test('a second 1 changes nothing, and neither does a 0', () => {
    const rig = live();
    reset(rig, 1);
    const word = rig.window.queueLive(1);
    rig.write(Mmio.queueReset, 1);
    rig.write(Mmio.queueReset, 0);
    expect([queueReset(rig, 1), rig.window.queueLive(1)]).toEqual([1, word]);
    rig.settle();
    rig.write(Mmio.queueReset, 1);
    expect([queueReset(rig, 1), rig.window.queueLive(1)]).toEqual([0, word]);
    rig.write(Mmio.queueSel, 2);
    rig.write(Mmio.queueReset, 0);
    expect(rig.isLive(2)).toBe(true);
    expect(rig.codes).toEqual([]);
  });

  test('of a queue that was never enabled it is over at once, and what was written is gone', () => {
    const rig = new RegisterRig(OPTIONS).initialise(AT.featuresOk);
    rig.describeQueue(1);
    reset(rig, 1);
    expect([queueReset(rig, 1), rig.queueReady(1)]).toEqual([0, 0]);
    rig.write(Mmio.queueReady, 1);
    expect(rig.codes).toEqual(['MMIO_QUEUE_SIZE']);
  });

  test('the registers of the queue cannot be written before it is over', () => {
    const rig = live();
    reset(rig, 1);
    rig.write(Mmio.queueSize, 4);
    expect(rig.codes).toEqual(['MMIO_QUEUE_BUSY']);
  });

  test('a device that comes to need a reset meanwhile still ends it', () => {
    const rig = live();
    reset(rig, 1);
    rig.queues[2]?.fail();
    rig.device.poll();
    rig.settle();
    expect([queueReset(rig, 1), rig.queueReady(1)]).toEqual([0, 0]);
    rig.enableQueue(1);
    rig.settle();
    expect(rig.isLive(1), 'but starts nothing again').toBe(false);
    expect(rig.status).toBe(AT.live | Status.needsReset);
  });

  test.each([
    ['a queue that there is not', 3, 1, 'MMIO_QUEUE_SEL'],
    ['another value', 1, 2, 'MMIO_QUEUE_RESET'],
  ])('%s is a violation', (_, queue, value, code) => {
    const rig = live();
    rig.write(Mmio.queueSel, queue);
    expect(rig.read(Mmio.queueReset)).toBe(0);
    rig.write(Mmio.queueReset, value);
    expect(rig.codes).toEqual([code]);
  });

  test.each(['before FEATURES_OK', 'without RING_RESET'])('there is no such register %s', (when) => {
    const rig = new RegisterRig(OPTIONS);
    if (when === 'before FEATURES_OK') rig.initialise(AT.driver).accept(FEATURES);
    else rig.initialise(AT.live, MODEL.features);
    expect(queueReset(rig, 0)).toBe(0);
    rig.write(Mmio.queueReset, 1);
    expect(rig.codes).toEqual(['MMIO_READ', 'MMIO_WRITE']);
  });
});

describe('4.2.2.2 QueueReset, driver', () => {
  function driving(): DriverRig {
    const rig = new DriverRig(OPTIONS);
    negotiate(rig.driver, { supported: FEATURES, dependencies: MODEL.dependencies });
    for (const queue of [0, 1, 2]) rig.driver.enableQueue(queue, 16, ringAt(queue));
    setDriverOk(rig.driver);
    rig.settle();
    return rig;
  }

  test('4.2.2.2 N0385 2.6.1.1.2 N0027 the driver takes it for over when it reads 0', () => {
    const rig = driving();
    rig.slowness = 9;
    const from = rig.log.accesses.length;
    rig.driver.resetQueue(1, () => null);
    const [select, write, ...reads] = rig.log.lines.slice(from);
    expect([select, write]).toEqual(['write queueSel 1', 'write queueReset 1']);
    expect(reads.length).toBeGreaterThan(5);
    expect(reads.pop()).toBe('read queueReset 0');
    expect(new Set(reads)).toEqual(new Set(['read queueReset 1']));
  });

  test('it gives up when it is told to', () => {
    const rig = driving();
    rig.slowness = Infinity;
    const error = new Error('enough');
    let looks = 0;
    expect(() => rig.driver.resetQueue(1, () => (++looks === 5 ? error : null))).toThrow(error);
  });

  test('4.2.2.2 N0386 N0387 then it enables the queue again, with other values if it likes', () => {
    const rig = driving();
    for (const size of [16, 2, 256]) {
      rig.driver.resetQueue(1, () => null);
      rig.driver.enableQueue(1, size, ringAt(2));
      expect(rig.window.queueSetup(1)).toEqual({ ...ringAt(2), size });
    }
    expect([0, 1, 2].map((queue) => rig.isLive(queue))).toEqual([true, true, true]);
    expect(rig.codes).toEqual([]);
  });
});
