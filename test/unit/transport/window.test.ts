import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvariantError } from '../../../src/errors.js';
import { SharedMemory } from '../../../src/memory/shared-memory.js';
import { Mmio, MMIO_BYTES } from '../../../src/transport/mmio-registers.js';
import { InterruptCause } from '../../../src/transport/status.js';
import {
  DeviceWindow,
  epochOf,
  MAX_QUEUES,
  QueueState,
  WINDOW_BYTES,
} from '../../../src/transport/window.js';
import { seeded } from '../../support/ring/seeded.js';
import { RegisterRig } from '../../support/transport/register-rig.js';

function makeWindow(): DeviceWindow {
  return new DeviceWindow(SharedMemory.ofSize(WINDOW_BYTES));
}

describe('the set-up of a queue', () => {
  test('arrives exactly, wherever in 2^53 bytes its parts are', () => {
    const address = fc.oneof(
      fc.nat({ max: 2 ** 53 - 1 }),
      fc.constantFrom(2 ** 32 - 2, 2 ** 32, 2 ** 53 - 1),
    );
    const property = fc.property(
      fc.nat(MAX_QUEUES - 1),
      fc.record({
        size: fc.integer({ min: 1, max: 32768 }),
        desc: address,
        driver: address,
        device: address,
      }),
      (queue, setup) => {
        const window = makeWindow();
        window.startQueue(queue, setup);
        expect(window.queueSetup(queue)).toEqual(setup);
      },
    );
    fc.assert(property, seeded(200));
  });

  test('from registers too: addresses above 4 GiB keep both halves', () => {
    const rig = new RegisterRig({ memoryBytes: 2 ** 50 });
    rig.initialise(0xf);
    const far = { size: 8, desc: 2 ** 49 + 16, driver: 2 ** 32 + 2, device: 0xffff_fffc };
    rig.enableQueue(1, far);
    expect(rig.codes).toEqual([]);
    expect(rig.queues[1]?.acknowledge()).toEqual(far);
  });
});

describe('the word that says whether a queue is live', () => {
  test('changes with every start and stop, and is odd while it is live', () => {
    const window = makeWindow();
    const setup = { size: 1, desc: 0, driver: 0, device: 0 };
    const seen = [window.queueLive(3)];
    for (const start of [true, true, false, false, true, false]) {
      if (start) window.startQueue(3, setup);
      else window.stopQueue(3);
      seen.push(window.queueLive(3));
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.map((live) => live & 1)).toEqual([0, 1, 1, 0, 0, 1, 0]);
  });

  test('keeps its epoch through pauses, and changes with each', () => {
    const window = makeWindow();
    window.startQueue(3, { size: 1, desc: 0, driver: 0, device: 0 });
    const live = window.queueLive(3);
    window.pauseQueue(3);
    expect(window.queueState(3)).toBe(QueueState.paused);
    expect(epochOf(window.queueLive(3))).toBe(epochOf(live));
    expect(window.queueLive(3) & 1, 'only a queue that runs is odd').toBe(0);
    window.resumeQueue(3);
    expect(window.queueLive(3)).toBe(live);
    window.pauseQueue(3);
    window.stopQueue(3);
    expect(window.queueState(3)).toBe(QueueState.stopped);
    expect(epochOf(window.queueLive(3))).not.toBe(epochOf(live));
  });

  test('goes on past 2^32', () => {
    for (const live of [0xffff_ffff, 0xffff_fffe]) {
      const memory = SharedMemory.ofSize(WINDOW_BYTES);
      const window = new DeviceWindow(memory);
      const at = wordOf(memory, () => window.startQueue(0, { size: 1, desc: 0, driver: 0, device: 0 }));
      memory.store32(at, live);
      window.stopQueue(0);
      expect(window.queueLive(0) & 1).toBe(0);
      expect(window.queueLive(0)).not.toBe(live);
      window.startQueue(0, { size: 1, desc: 0, driver: 0, device: 0 });
      expect(window.queueLive(0) & 1).toBe(1);
    }
  });

  test('is settled when its thread has echoed it, and rings that thread’s bell', () => {
    const window = makeWindow();
    expect(window.isQueueSettled(2)).toBe(true);
    window.startQueue(2, { size: 1, desc: 0, driver: 0, device: 0 });
    expect(window.kickBell(2).sequence()).toBe(1);
    expect(window.isQueueSettled(2)).toBe(false);
    window.ackQueue(2, window.queueLive(2));
    expect(window.isQueueSettled(2)).toBe(true);
    const before = window.queueLive(2);
    window.stopQueue(2);
    expect(window.kickBell(2).sequence()).toBe(2);
    window.ackQueue(2, before);
    expect(window.isQueueSettled(2), 'an echo of what was before').toBe(false);
  });
});

describe('what the driver wrote to notify a queue', () => {
  test('is its own, and forgotten when the queue starts', () => {
    const window = makeWindow();
    window.setNotification(2, 0xffff_0002);
    expect([1, 2, 3].map((queue) => window.notification(queue))).toEqual([0, 0xffff_0002, 0]);
    window.startQueue(2, { size: 1, desc: 0, driver: 0, device: 0 });
    expect(window.notification(2)).toBe(2);
  });
});

describe('interrupt causes', () => {
  test('are kept until each is acknowledged', () => {
    const window = makeWindow();
    window.raiseUsedInterrupt(window.interruptBell(1));
    window.raiseConfigInterrupt(3);
    window.raiseUsedInterrupt(window.interruptBell(0));
    expect(window.interruptStatus).toBe(3);
    window.ackInterrupt(InterruptCause.usedBuffer);
    expect(window.interruptStatus).toBe(InterruptCause.configChange);
    window.ackInterrupt(0);
    expect(window.interruptStatus).toBe(InterruptCause.configChange);
    window.ackInterrupt(0xffff_ffff);
    expect(window.interruptStatus).toBe(0);
  });

  test('ring the vCPUs they are for', () => {
    const window = makeWindow();
    window.raiseUsedInterrupt(window.interruptBell(1));
    window.raiseConfigInterrupt(3);
    const rung = [0, 1, 2, 3].map((vcpu) => window.interruptBell(vcpu).sequence());
    expect(rung).toEqual([1, 2, 1, 0]);
  });
});

describe('the window', () => {
  test('is where the registers are: Status and InterruptStatus are its words', () => {
    const window = makeWindow();
    window.setStatus(0x4b);
    window.addStatus(0x80);
    window.raiseConfigInterrupt(0);
    expect(window.port.load32(Mmio.status)).toBe(0xcb);
    expect(window.port.load32(Mmio.interruptStatus)).toBe(2);
  });

  test('has words of its own for everything, on lines of their own, behind the registers', () => {
    const starts: number[] = [];
    for (let i = 0; i < MAX_QUEUES; i++) {
      const memory = SharedMemory.ofSize(WINDOW_BYTES);
      const window = new DeviceWindow(memory);
      starts.push(
        window.exitAddress(i),
        wordOf(memory, () => window.kickBell(i).ring()),
        wordOf(memory, () => window.interruptBell(i).ring()),
        wordOf(memory, () => window.ackQueue(i, 1)),
      );
    }
    starts.sort((a, b) => a - b);
    expect(starts[0]).toBeGreaterThanOrEqual(MMIO_BYTES);
    for (let i = 1; i < starts.length; i++) {
      expect((starts[i] as number) - (starts[i - 1] as number)).toBeGreaterThanOrEqual(128);
    }
    expect(starts.every((start) => start % 128 === 0 && start + 128 <= WINDOW_BYTES)).toBe(true);
  });

  test('has no lane for a queue that cannot be, and fits no smaller memory', () => {
    expect(() => makeWindow().kickBell(MAX_QUEUES)).toThrow(InvariantError);
    expect(() => makeWindow().exitAddress(-1)).toThrow(InvariantError);
    expect(() => new DeviceWindow(SharedMemory.ofSize(WINDOW_BYTES - 8))).toThrow(InvariantError);
  });
});

/** The first word that an action changes. */
function wordOf(memory: SharedMemory, action: () => void): number {
  const before = memory.bytes(0, memory.sizeBytes).slice();
  action();
  const after = memory.bytes(0, memory.sizeBytes);
  return before.findIndex((byte, i) => byte !== after[i]);
}
