import { assert } from '../../assert.js';
import { ExitChannel } from '../../transport/exits.js';
import { HostQueue } from '../../transport/host-queue.js';
import { MmioDriver } from '../../transport/mmio-driver.js';
import { queueOptions } from '../../transport/ring-features.js';
import { InterruptCause } from '../../transport/status.js';
import { DeviceWindow } from '../../transport/window.js';
import { Chain } from '../../virtqueue/chain.js';
import { deviceQueue } from '../../virtqueue/layouts.js';
import type { ExplorerPort } from '../port.js';
import type { Program } from '../program.js';
import { answer } from './requests.js';
import type { RingMemory } from './ring-memory.js';
import { WindowDriver } from './window-driver.js';
import { featuresOf, initWindow, type QueueShape, type WindowMemory, windowMemory } from './window-memory.js';

export interface TwoQueuesProgramOptions extends QueueShape {
  /** Whether each queue has an I/O thread of its own; otherwise one serves the first queue, then the second. */
  readonly twoDevices: boolean;
}

/** The bell of a queue has been rung once when it is started. */
const RINGS_OF_START = 1;

/**
 * Two vCPUs submit a request each, on a queue each, and all meet at InterruptStatus: one raises a cause there while
 * another acknowledges one. At last the device announces a change of its configuration. That cause must still be there
 * for the first vCPU, whatever the two have acknowledged before, and all must be woken for what is theirs.
 */
export function twoQueuesProgram(options: TwoQueuesProgramOptions): Program {
  const memory = windowMemory(options, 2, 1);
  const device = (name: string, queues: readonly number[]): Program['threads'][number] => ({
    name,
    run: (port) => runDevice(port, options, memory, queues),
  });
  return {
    name: `two ${options.layout} rings, ${options.twoDevices ? 'two I/O threads' : 'one I/O thread'}`,
    memoryBytes: memory.sizeBytes,
    setup: (port) => initWindow(port, options, memory),
    threads: [
      { name: 'vcpu0', run: (port) => runVcpu(port, options, memory, 0) },
      { name: 'vcpu1', run: (port) => runVcpu(port, options, memory, 1) },
      ...(options.twoDevices ? [device('device1', [1]), device('device0', [0])] : [device('device', [1, 0])]),
    ],
  };
}

function runVcpu(port: ExplorerPort, shape: QueueShape, memory: WindowMemory, index: number): void {
  const window = new DeviceWindow(port);
  const line = new MmioDriver(window, new ExitChannel(window, index, () => false)).interrupts(index);
  const driver = new WindowDriver(window, index, shape, memory.queues[index] as RingMemory);
  const { queue, requests } = driver;
  driver.post(0, 1);
  // 4.2.3.4: look at the ring, acknowledge, and look again.
  driver.reapUntil(1, () => {
    const used = line.pending() & InterruptCause.usedBuffer;
    if (used === 0) return;
    requests.reap(queue);
    line.acknowledge(used);
  });
  if (index > 0) return;
  // By the register alone, as a driver of any other make would.
  for (;;) {
    const sequence = line.bell.sequence();
    if ((window.interruptStatus & InterruptCause.configChange) !== 0) return;
    line.bell.wait(sequence, Infinity);
  }
}

function runDevice(
  port: ExplorerPort,
  shape: QueueShape,
  memory: WindowMemory,
  queues: readonly number[],
): void {
  const window = new DeviceWindow(port);
  const chain = new Chain();
  for (const index of queues) {
    const { bell, interrupter } = new HostQueue(window, index, memory.queues.length);
    const options = queueOptions(featuresOf(shape), shape.size, 0);
    const at = (memory.queues[index] as RingMemory).ring;
    const queue = deviceQueue(shape.layout, port, at, options, interrupter);
    // It asked for no silence, so there is a kick, and nothing to look at before it: that keeps the program small.
    bell.wait(RINGS_OF_START, Infinity);
    assert(queue.pop(chain), 'queue % was kicked, and is empty', index);
    answer(port, queue, chain);
    queue.interrupt();
    if (index === 0) window.raiseConfigInterrupt(memory.queues.length);
  }
}
