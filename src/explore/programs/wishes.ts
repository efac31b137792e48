import { assert } from '../../assert.js';
import { Doorbell } from '../../memory/doorbell.js';
import type { MemoryPort } from '../../memory/port.js';
import { driverQueue } from '../../virtqueue/layouts.js';
import { initPackedRing } from '../../virtqueue/packed-init.js';
import { packedLayout } from '../../virtqueue/packed-layout.js';
import type { DriverQueue } from '../../virtqueue/queue.js';
import type { Program } from '../program.js';
import { Requests } from './requests.js';
import { bellNotifier, ringMemory } from './ring-memory.js';
import { queueOptions, type RingProgramOptions, runDevice } from './ring.js';

/**
 * Two buffers over a packed ring, whose driver knows so much about what the device has seen that it can tell which
 * notifications nobody has asked for. There is one as soon as a wish is read with the slot of an earlier one.
 */
const OPTIONS: RingProgramOptions = {
  layout: 'packed',
  buffers: 2,
  size: 4,
  eventIdx: true,
  indirect: false,
  inOrder: false,
  batch: 1,
  startIndex: 0,
};

const MEMORY = ringMemory(OPTIONS.layout, OPTIONS.size, OPTIONS.buffers);

/**
 * The driver takes an old wish back, shows both buffers, and only then asks for an interrupt behind the second one.
 * Whoever sees the buffers has seen that the old wish is gone, so the first buffer alone causes no interrupt.
 */
export function lateInterruptProgram(): Program {
  return wishProgram('packed: interrupt behind the last of 2 buffers', (port, queue) => {
    const bell = new Doorbell(port, MEMORY.interrupt);
    queue.enableCallbacks();
    queue.disableCallbacks();
    const requests = new Requests(port, MEMORY);
    for (let token = 0; token < OPTIONS.buffers; token++) requests.stage(queue, token);
    queue.kick();
    const sequence = bell.sequence();
    if (queue.enableCallbacksDelayed()) bell.wait(sequence, Infinity);
    if (bell.sequence() === 0) return;
    for (let token = 0; token < OPTIONS.buffers; token++)
      assert(queue.getBuf() === token, 'an interrupt came before token % was back', token);
  });
}

/**
 * The driver looks for the first buffer before it decides whether to kick for it. When it is back, the device had no
 * wish when it took it, and every later one is for what comes behind it, so a kick is not asked for.
 */
export function lateKickProgram(): Program {
  return wishProgram('packed: kick decided late', (port, queue) => {
    const requests = new Requests(port, MEMORY);
    queue.disableCallbacks();
    requests.stage(queue, 0);
    queue.publish();
    const isBack = queue.getBuf() === 0;
    const isKicked = queue.kick();
    assert(!(isBack && isKicked), 'the device asks for a kick for what it has returned');
    requests.stage(queue, 1);
    queue.kick();
  });
}

function wishProgram(
  name: string,
  runDriver: (port: MemoryPort, queue: DriverQueue<number>) => void,
): Program {
  const { size, startIndex, layout } = OPTIONS;
  return {
    name,
    memoryBytes: MEMORY.sizeBytes,
    setup: (port) => initPackedRing(port, packedLayout(size, MEMORY.ring), startIndex),
    threads: [
      {
        name: 'guest',
        run: (port) => {
          const notifier = bellNotifier(port, MEMORY.kick);
          runDriver(port, driverQueue(layout, port, MEMORY.ring, queueOptions(OPTIONS), notifier, null));
        },
      },
      { name: 'device', run: (port) => runDevice(port, OPTIONS, MEMORY) },
    ],
  };
}
