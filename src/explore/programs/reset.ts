import { assert } from '../../assert.js';
import { DeviceWindow } from '../../transport/window.js';
import { initRing } from '../../virtqueue/layouts.js';
import type { ExplorerPort } from '../port.js';
import type { Program } from '../program.js';
import { runIoThread } from './io-thread.js';
import { type RingMemory, WORD_BYTES } from './ring-memory.js';
import { WindowDriver } from './window-driver.js';
import { initWindow, type QueueShape, startQueue, type WindowMemory, windowMemory } from './window-memory.js';

export interface ResetProgramOptions extends QueueShape {
  /** Buffers that are posted before the reset. */
  readonly before: number;
  /** And after it. */
  readonly after: number;
}

/** The queue that is reset. The first one's bell is that of the registers, where the end of the reset is waited for. */
const QUEUE = 1;

/** What no device answers. */
const REUSED = 0xdead;

/**
 * A queue is reset while its I/O thread may have any of its buffers in service: the driver stops it, waits for the
 * acknowledgement, takes everything back, and uses the same memory for another ring and other data.
 */
export function resetProgram(options: ResetProgramOptions): Program {
  const memory = windowMemory(options, QUEUE + 1, Math.max(options.before, options.after));
  return {
    name: `reset of a ${options.layout} ring, ${options.before} in flight`,
    memoryBytes: memory.sizeBytes,
    setup: (port) => initWindow(port, options, memory),
    threads: [
      { name: 'guest', run: (port) => runDriver(port, options, memory) },
      {
        name: 'device',
        run: (port) => runIoThread(port, memory, QUEUE, { stops: 1, pauses: 0, answers: options.after }),
      },
    ],
  };
}

function runDriver(port: ExplorerPort, options: ResetProgramOptions, memory: WindowMemory): void {
  const { before, after, layout, size } = options;
  const window = new DeviceWindow(port);
  const ring = memory.queues[QUEUE] as RingMemory;
  const old = new WindowDriver(window, QUEUE, options, ring);
  old.post(0, before);

  window.stopQueue(QUEUE);
  old.waitUntilSettled();
  const { queue, requests } = old;
  requests.reap(queue);
  for (let token = queue.detachUnused(); token !== undefined; token = queue.detachUnused())
    requests.takeBack(token);
  assert(requests.back === before, '% of % buffers came back by the reset', requests.back, before);

  for (let token = 0; token < after; token++) port.store32(ring.buffer(token) + WORD_BYTES, REUSED);
  initRing(layout, port, size, ring.ring, 0);
  const next = new WindowDriver(window, QUEUE, options, ring);
  next.fill(0, after);
  startQueue(window, QUEUE, options, memory);
  next.reapUntil(after);
}
