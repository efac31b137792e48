import { checkDescriptors } from '../../checkers/ring-balance.js';
import { Doorbell } from '../../memory/doorbell.js';
import type { MemoryPort } from '../../memory/port.js';
import { type Armable, Waiter } from '../../transport/waiter.js';
import { Chain } from '../../virtqueue/chain.js';
import { DmaDriver } from '../../virtqueue/dma-driver.js';
import { initRing, type RingLayout } from '../../virtqueue/layouts.js';
import { type EndOptions, type QueueEnds, VRING_ENDS } from '../../virtqueue/queue-ends.js';
import type { Program } from '../program.js';
import { bouncePoolEnd, bouncingDma } from './bounce.js';
import { answer, Requests, SLEEP } from './requests.js';
import { ringLabels } from './ring-labels.js';
import { bellNotifier, type RingMemory, ringMemory, tablesOf } from './ring-memory.js';

/** A scenario of one queue between a driver and a device. */
export interface RingProgramOptions {
  readonly layout: RingLayout;
  /** Buffers the driver posts: each a request of one word, and an answer of one word. */
  readonly buffers: number;
  /** Entries of the queue. */
  readonly size: number;
  readonly eventIdx: boolean;
  readonly indirect: boolean;
  readonly inOrder: boolean;
  /** Buffers and tables go through bounce slots: the driver copies them there and back. */
  readonly bounced?: boolean;
  /** Buffers the driver shows with one store; more come in further batches. */
  readonly batch: number;
  /** Buffers the device returns with one store at most, if it finds so many. */
  readonly deviceBatch?: number;
  /** First value of the ring's indices. */
  readonly startIndex: number;
  /** Whose ends; vring's, unless told. */
  readonly ends?: QueueEnds;
}

/** Puts something between a side's waiting and its end of the ring: to see what becomes of it when it waits wrongly. */
type Rearmed = (ring: Armable) => Armable;

const AS_IS: Rearmed = (ring) => ring;

/**
 * The production driver and device over one queue: the driver posts its buffers and takes them back, the device takes
 * each, answers, and returns it, and each sleeps when there is nothing to do. The waiting is the production one too.
 */
export function ringProgram(
  options: RingProgramOptions,
  driverArms: Rearmed = AS_IS,
  deviceArms: Rearmed = AS_IS,
): Program {
  const { layout, size, buffers, startIndex } = options;
  const memory = ringMemory(layout, size, buffers);
  const sizeBytes = options.bounced === true ? bouncePoolEnd(memory) : memory.sizeBytes;
  return {
    name: `${layout} ring, ${buffers} buffer${buffers === 1 ? '' : 's'}`,
    memoryBytes: sizeBytes,
    setup: (port) => initRing(layout, port, size, memory.ring, startIndex),
    threads: [
      { name: 'guest', run: (port) => runDriver(port, options, memory, driverArms) },
      { name: 'device', run: (port) => runDevice(port, options, memory, deviceArms) },
    ],
    label: ringLabels(layout, size, buffers, memory),
  };
}

function runDriver(
  port: MemoryPort,
  options: RingProgramOptions,
  memory: RingMemory,
  rearmed: Rearmed,
): void {
  const notifier = bellNotifier(port, memory.kick);
  const dma = options.bounced === true ? bouncingDma(options.layout, port, memory) : null;
  const indirect = options.indirect ? { tables: tablesOf(memory, dma), directCount: 0 } : null;
  const { buffers, batch, ends = VRING_ENDS } = options;
  const end = ends.driver(port, memory.ring, queueOptions(options), notifier, indirect);
  const queue = dma === null ? end : new DmaDriver<number>(end, dma);
  const waiter = new Waiter(new Doorbell(port, memory.interrupt), SLEEP);
  const ring = rearmed({
    arm: () => queue.enableCallbacks(),
    disarm: () => queue.disableCallbacks(),
  });
  const requests = new Requests(port, memory, options.inOrder);
  let posted = 0;
  queue.disableCallbacks();
  while (requests.back < buffers) {
    const before = posted;
    while (posted < buffers && posted - before < batch && requests.stage(queue, posted)) posted += 1;
    if (posted > before) queue.kick();
    // One by one: what is back already is taken only when nothing more can be posted.
    if (posted > before && posted < buffers) continue;
    if (requests.reap(queue) === 0) waiter.idle(ring);
  }
  const wrong = checkDescriptors(queue);
  if (wrong !== null) throw wrong;
}

/** Serves as many buffers as there are. */
export function runDevice(
  port: MemoryPort,
  options: RingProgramOptions,
  memory: RingMemory,
  rearmed: Rearmed = AS_IS,
): void {
  const { buffers, deviceBatch = 1, ends = VRING_ENDS } = options;
  const notifier = bellNotifier(port, memory.interrupt);
  const queue = ends.device(port, memory.ring, queueOptions(options), notifier);
  const waiter = new Waiter(new Doorbell(port, memory.kick), SLEEP);
  const ring = rearmed({ arm: () => queue.enableKicks(), disarm: () => queue.disableKicks() });
  const chain = new Chain();
  let done = 0;
  queue.disableKicks();
  while (done < buffers) {
    const before = done;
    while (done < buffers && done - before < deviceBatch && queue.pop(chain)) {
      answer(port, queue, chain);
      done += 1;
    }
    if (done > before) queue.interrupt();
    else waiter.idle(ring);
  }
}

export function queueOptions({
  layout,
  size,
  eventIdx,
  indirect,
  inOrder,
  startIndex,
}: RingProgramOptions): EndOptions {
  return { layout, size, eventIdx, indirect, inOrder, startIndex };
}
