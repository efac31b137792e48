import { assert } from '../../assert.js';
import { DeviceWindow } from '../../transport/window.js';
import type { ExplorerPort } from '../port.js';
import type { Program } from '../program.js';
import { runIoThread } from './io-thread.js';
import { type RingMemory, WORD_BYTES } from './ring-memory.js';
import { WindowDriver } from './window-driver.js';
import { initWindow, type QueueShape, type WindowMemory, windowMemory } from './window-memory.js';

export interface SuspendProgramOptions extends QueueShape {
  /** Buffers that are posted before the pause. */
  readonly before: number;
  /** And after it. */
  readonly after: number;
}

/** The queue that is paused. The first one's bell is that of the registers, where the pause is waited for. */
const QUEUE = 1;

/** What no device answers. */
const UNANSWERED = 0xdead;

/**
 * A queue is paused while its I/O thread may be at any point, and goes on later. In between it must leave memory alone:
 * what it had begun is finished, and what it had not is not looked at.
 */
export function suspendProgram(options: SuspendProgramOptions): Program {
  const memory = windowMemory(options, QUEUE + 1, options.before + options.after);
  return {
    name: `suspension of a ${options.layout} ring, ${options.before} in flight`,
    memoryBytes: memory.sizeBytes,
    setup: (port) => initWindow(port, options, memory),
    threads: [
      { name: 'guest', run: (port) => runDriver(port, options, memory) },
      {
        name: 'device',
        run: (port) =>
          runIoThread(port, memory, QUEUE, { stops: 0, pauses: 1, answers: options.before + options.after }),
      },
    ],
  };
}

function runDriver(port: ExplorerPort, options: SuspendProgramOptions, memory: WindowMemory): void {
  const { before, after } = options;
  const window = new DeviceWindow(port);
  const ring = memory.queues[QUEUE] as RingMemory;
  const driver = new WindowDriver(window, QUEUE, options, ring);
  const { queue, requests } = driver;
  driver.post(0, before);

  window.pauseQueue(QUEUE);
  driver.waitUntilSettled();
  requests.reap(queue);
  // A device at rest would race with this, or have answered already.
  for (let token = requests.back; token < before; token++)
    port.store32(ring.buffer(token) + WORD_BYTES, UNANSWERED);
  assert(!queue.poll(), 'a buffer came back from a queue that is paused');

  window.resumeQueue(QUEUE);
  // The resumption alone must do for what was posted before.
  if (after > 0) driver.post(before, before + after);
  driver.reapUntil(before + after);
}
