import { describe, expect, test } from 'vitest';
import { InterruptCause, Status } from '../../../src/transport/status.js';
import { Mmio } from '../../../src/transport/mmio-registers.js';
import { AT, RegisterRig, VERSION_1_ONLY } from '../../support/transport/register-rig.js';

function liveQueues(rig: RegisterRig): boolean[] {
  return rig.queues.map((queue) => rig.isLive(queue.index));
}

/** Live, with queues 0 and 1; queue 2 is described and not enabled. */
function halfLive(): RegisterRig {
  const rig = new RegisterRig().initialise(AT.featuresOk);
  rig.enableQueue(0);
  rig.enableQueue(1);
  rig.describeQueue(2);
  rig.initialise(AT.live);
  rig.settle();
  return rig;
}

describe('a device that cannot run starts no queue', () => {
  const troubles: readonly (readonly [string, number, (rig: RegisterRig) => void])[] = [
    ['needs a reset', Status.needsReset, (rig) => rig.write(Mmio.magicValue, 0)],
    ['was given up', Status.failed, (rig) => rig.write(Mmio.status, AT.live | Status.failed)],
    ['is being reset', 0, (rig) => rig.write(Mmio.status, 0)],
  ];

  test.each(troubles)('QueueReady = 1 while it %s', (_, bits, begin) => {
    const rig = halfLive();
    begin(rig);
    expect(liveQueues(rig)).toEqual([false, false, false]);
    rig.write(Mmio.queueSel, 2);
    rig.write(Mmio.queueReady, 1);
    expect(liveQueues(rig)).toEqual([false, false, false]);
    rig.settle();
    rig.device.poll();
    expect(liveQueues(rig)).toEqual([false, false, false]);
    expect(rig.status).toBe(bits === 0 ? 0 : AT.live | bits);
  });

  test.each(troubles.slice(0, 2))('DRIVER_OK when it %s before', (_, bits) => {
    const rig = new RegisterRig().initialise(AT.featuresOk);
    rig.enableQueue(0);
    if (bits === Status.failed) rig.write(Mmio.status, AT.featuresOk | bits);
    else rig.write(Mmio.magicValue, 0);
    rig.write(Mmio.status, AT.live | bits);
    expect(liveQueues(rig)).toEqual([false, false, false]);
    expect(rig.status).toBe(AT.live | bits);
  });

  test('and a driver that sets DRIVER_OK without having looked is told that a reset is needed', () => {
    const rig = new RegisterRig().initialise(AT.featuresOk);
    rig.write(Mmio.magicValue, 0);
    expect(rig.read(Mmio.interruptStatus)).toBe(0);
    rig.write(Mmio.status, AT.live);
    expect(rig.read(Mmio.interruptStatus)).toBe(InterruptCause.configChange);
    expect(rig.window.interruptBell(0).sequence()).toBe(1);
  });
});

describe('a reset', () => {
  test('that no queue has to be waited for is over at once', () => {
    const rig = new RegisterRig().initialise(AT.featuresOk);
    rig.enableQueue(0);
    rig.write(Mmio.status, 0);
    expect(rig.status).toBe(0);
    expect(rig.queueReady(0)).toBe(0);
  });

  test('is over with a read of Status or a poll, whichever comes first', () => {
    for (const finish of [
      (rig: RegisterRig) => rig.read(Mmio.status),
      (rig: RegisterRig) => rig.device.poll(),
    ]) {
      const rig = RegisterRig.live();
      rig.write(Mmio.status, 0);
      rig.settle();
      expect(rig.window.status).toBe(AT.live);
      finish(rig);
      expect(rig.window.status).toBe(0);
    }
  });

  test('can be asked for again while it lasts', () => {
    const rig = RegisterRig.live();
    rig.write(Mmio.status, 0);
    rig.write(Mmio.status, 0);
    expect(rig.status).toBe(AT.live);
    rig.settle();
    expect(rig.status).toBe(0);
    expect(rig.codes).toEqual([]);
  });

  test('clears what went wrong before, on the registers and on a queue', () => {
    const rig = RegisterRig.live();
    rig.read(Mmio.queueSel);
    rig.queues[1]?.fail();
    rig.write(Mmio.status, 0);
    rig.settle();
    expect(rig.status).toBe(0);
    expect(rig.read(Mmio.interruptStatus)).toBe(0);
  });

  test('keeps what belongs to the device: its configuration and generation', () => {
    const rig = RegisterRig.live();
    rig.device.updateConfig(Uint8Array.of(5, 6, 7, 8));
    rig.write(Mmio.status, 0);
    rig.settle();
    expect(rig.status).toBe(0);
    expect(rig.read(Mmio.config)).toBe(0x08070605);
    expect(rig.read(Mmio.configGeneration)).toBe(1);
  });
});

describe('features', () => {
  test('that were refused can be chosen again', () => {
    const rig = new RegisterRig().initialise(AT.driver);
    rig.accept(VERSION_1_ONLY.with(4));
    rig.write(Mmio.status, AT.featuresOk);
    expect(rig.status).toBe(AT.driver);
    rig.accept(VERSION_1_ONLY);
    rig.write(Mmio.status, AT.featuresOk);
    expect(rig.status).toBe(AT.featuresOk);
    expect(rig.codes).toEqual([]);
  });

  test('are published to the I/O threads once they are agreed, in all four words', () => {
    const rig = new RegisterRig().initialise(AT.driver);
    rig.accept(rig.model.features);
    expect(rig.queues[0]?.negotiatedFeatures().bits()).toEqual([]);
    rig.write(Mmio.status, AT.featuresOk);
    expect(rig.queues[2]?.negotiatedFeatures().equals(rig.model.features)).toBe(true);
  });

  test('FEATURES_OK and DRIVER_OK in one write are judged in that order', () => {
    const good = new RegisterRig().initialise(AT.driver);
    good.accept(VERSION_1_ONLY);
    good.write(Mmio.status, AT.live);
    expect(good.status).toBe(AT.live);
    expect(good.codes).toEqual([]);
    const bad = new RegisterRig().initialise(AT.driver);
    bad.write(Mmio.status, AT.live);
    expect(bad.status).toBe(AT.driver | Status.needsReset);
    expect(bad.codes).toEqual(['STATUS_ORDER']);
  });
});

describe('DEVICE_NEEDS_RESET', () => {
  test('stops every queue, and the turn after does when an I/O thread has set it', () => {
    const rig = RegisterRig.live();
    rig.write(Mmio.status, AT.driver);
    expect(liveQueues(rig)).toEqual([false, false, false]);
    const other = RegisterRig.live();
    other.queues[1]?.fail();
    expect(liveQueues(other)).toEqual([true, true, true]);
    other.device.poll();
    expect(liveQueues(other)).toEqual([false, false, false]);
  });

  test('may be left out of what the driver writes, and FAILED may still be added', () => {
    const rig = RegisterRig.live();
    rig.read(Mmio.queueSel);
    rig.write(Mmio.status, AT.live | Status.failed);
    expect(rig.status).toBe(AT.live | Status.needsReset | Status.failed);
    expect(rig.codes).toEqual(['MMIO_READ']);
  });

  test('is set once for each thing that is wrong, and each is told', () => {
    const rig = RegisterRig.live();
    rig.read(Mmio.queueSel);
    rig.write(Mmio.version, 1);
    rig.write(Mmio.queueNotify, 77);
    expect(rig.codes).toEqual(['MMIO_READ', 'MMIO_WRITE', 'MMIO_NOTIFY']);
  });
});
