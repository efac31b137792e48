import { describe, expect, test } from 'vitest';
import { Mmio } from '../../../src/transport/mmio-registers.js';
import { InterruptCause, Status } from '../../../src/transport/status.js';
import type { HostQueue } from '../../../src/transport/host-queue.js';
import { AT, RegisterRig, ringAt, VERSION_1_ONLY } from '../../support/transport/register-rig.js';

function queueOf(rig: RegisterRig, index: number): HostQueue {
  return rig.queues[index] as HostQueue;
}

describe('the I/O thread of a queue', () => {
  test('has nothing to do before the queue starts', () => {
    const rig = new RegisterRig().initialise(AT.featuresOk);
    rig.enableQueue(1);
    expect(queueOf(rig, 1).hasChanged()).toBe(false);
  });

  test('learns of start and stop once each, and with which set-up', () => {
    const rig = new RegisterRig().initialise(AT.featuresOk);
    rig.enableQueue(1, { size: 32 });
    rig.initialise(AT.live);
    const queue = queueOf(rig, 1);
    expect([queueOf(rig, 0).hasChanged(), queue.hasChanged()]).toEqual([false, true]);
    expect(queue.acknowledge()).toEqual({ ...ringAt(1), size: 32 });
    expect(queue.hasChanged()).toBe(false);
    rig.write(Mmio.status, 0);
    expect(queue.hasChanged()).toBe(true);
    expect(queue.acknowledge()).toBeNull();
    expect(queue.hasChanged()).toBe(false);
  });

  test('that slept through a stop and a start sees that there is a new queue', () => {
    const rig = RegisterRig.live();
    const queue = queueOf(rig, 1);
    rig.window.stopQueue(1);
    rig.window.startQueue(1, { ...ringAt(1), size: 2 });
    expect(queue.hasChanged()).toBe(true);
    expect(queue.acknowledge()).toEqual({ ...ringAt(1), size: 2 });
  });

  test('that slept through a start and a stop sees a change and no queue', () => {
    const rig = new RegisterRig().initialise(AT.featuresOk);
    rig.enableQueue(1);
    rig.initialise(AT.live);
    rig.window.stopQueue(1);
    expect(queueOf(rig, 1).hasChanged()).toBe(true);
    expect(queueOf(rig, 1).acknowledge()).toBeNull();
  });

  test('is told of a pause and of a resume, and keeps its ring', () => {
    const rig = RegisterRig.live();
    const queue = queueOf(rig, 1);
    rig.window.pauseQueue(1);
    expect(queue.change()?.kind).toBe('pause');
    expect(queue.acknowledge(), 'nothing was set up').toBeNull();
    expect([queue.change(), rig.window.isQueueSettled(1)]).toEqual([null, true]);
    rig.window.resumeQueue(1);
    expect(queue.change()?.kind).toBe('resume');
    queue.acknowledge();
    rig.window.pauseQueue(1);
    queue.acknowledge();
    rig.window.stopQueue(1);
    expect(queue.change()?.kind).toBe('stop');
    rig.window.startQueue(1, ringAt(1));
    expect(queue.change()?.kind, 'whatever it was before').toBe('start');
  });

  test('that slept through a pause and a resume has missed nothing', () => {
    const rig = RegisterRig.live();
    rig.window.pauseQueue(1);
    rig.window.resumeQueue(1);
    expect(queueOf(rig, 1).change()).toBeNull();
    expect(rig.window.isQueueSettled(1)).toBe(true);
  });

  test('that slept through a start and a pause starts first, and rests then', () => {
    const rig = RegisterRig.live();
    const queue = queueOf(rig, 1);
    rig.window.stopQueue(1);
    rig.window.startQueue(1, { ...ringAt(1), size: 2 });
    rig.window.pauseQueue(1);
    expect(queue.change()?.kind).toBe('start');
    expect(queue.acknowledge()).toEqual({ ...ringAt(1), size: 2 });
    expect(rig.window.isQueueSettled(1)).toBe(false);
    expect(queue.change()?.kind).toBe('pause');
    queue.acknowledge();
    expect(rig.window.isQueueSettled(1)).toBe(true);
  });

  test('that is stopped while it comes to rest does not take the one for the other', () => {
    const rig = RegisterRig.live();
    const queue = queueOf(rig, 1);
    rig.window.pauseQueue(1);
    const pause = queue.change();
    rig.window.stopQueue(1);
    queue.acknowledge(pause);
    expect(rig.window.isQueueSettled(1)).toBe(false);
    expect(queue.change()?.kind).toBe('stop');
  });

  test('wakes the thread of the registers, which may wait for the last queue to stop', () => {
    const rig = RegisterRig.live();
    rig.write(Mmio.status, 0);
    const bell = rig.window.kickBell(0);
    const before = bell.sequence();
    queueOf(rig, 2).acknowledge();
    expect(bell.sequence()).toBe(before + 1);
    queueOf(rig, 0).acknowledge();
    expect(bell.sequence(), 'its own thread needs no bell').toBe(before + 1);
  });

  test('interrupts its own vCPU', () => {
    const rig = RegisterRig.live();
    queueOf(rig, 2).interrupter.notify(0);
    expect(rig.window.interruptStatus).toBe(InterruptCause.usedBuffer);
    expect([0, 1, 2].map((vcpu) => rig.window.interruptBell(vcpu).sequence())).toEqual([0, 0, 1]);
  });

  test('hears its kicks on its own bell', () => {
    const rig = RegisterRig.live();
    const before = [0, 1, 2].map((i) => queueOf(rig, i).bell.sequence());
    rig.window.kickBell(1).ring();
    const rings = [0, 1, 2].map((i) => queueOf(rig, i).bell.sequence() - (before[i] as number));
    expect(rings).toEqual([0, 1, 0]);
  });

  test('that finds the driver at fault makes the whole device ask for a reset', () => {
    const rig = RegisterRig.live();
    const registers = rig.window.kickBell(0);
    const before = registers.sequence();
    queueOf(rig, 1).fail();
    expect(rig.status).toBe(AT.live | Status.needsReset);
    expect(rig.window.interruptStatus).toBe(InterruptCause.configChange);
    expect([0, 1, 2].map((vcpu) => rig.window.interruptBell(vcpu).sequence())).toEqual([1, 1, 1]);
    expect(registers.sequence(), 'so that the other queues are stopped').toBe(before + 1);
  });

  test('knows the features that were negotiated this time', () => {
    const rig = RegisterRig.live();
    rig.write(Mmio.status, 0);
    rig.settle();
    rig.initialise(AT.live, VERSION_1_ONLY);
    expect(queueOf(rig, 0).negotiatedFeatures().bits()).toEqual([32]);
  });
});
