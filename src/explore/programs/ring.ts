import { assert } from '../../assert.js';
import { Doorbell } from '../../memory/doorbell.js';
import type { MemoryPort } from '../../memory/port.js';
import { type Armable, Waiter } from '../../transport/waiter.js';
import { Chain } from '../../virtqueue/chain.js';
import { deviceQueue, driverQueue, initRing, type RingLayout } from '../../virtqueue/layouts.js';
import type { DeviceQueue, DriverQueue, QueueOptions } from '../../virtqueue/queue.js';
import { ScatterList } from '../../virtqueue/scatter-list.js';
import type { Program } from '../program.js';
import { ringLabels } from './ring-labels.js';
import { bellNotifier, type RingMemory, ringMemory, tablesOf, WORD_BYTES } from './ring-memory.js';

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
  /** Buffers the driver shows with one store; more come in further batches. */
  readonly batch: number;
  /** First value of the ring's indices. */
  readonly startIndex: number;
}

/** Puts something between a side's waiting and its end of the ring: to see what becomes of it when it waits wrongly. */
type Rearmed = (ring: Armable) => Armable;

const AS_IS: Rearmed = (ring) => ring;

/** A wait that only the bell ends. */
const SLEEP = { policy: 'block', spinNs: 0 } as const;

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
  return {
    name: `${layout} ring, ${buffers} buffer${buffers === 1 ? '' : 's'}`,
    memoryBytes: memory.sizeBytes,
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
  const indirect = options.indirect ? { tables: tablesOf(memory), directCount: 0 } : null;
  const { layout, buffers, batch } = options;
  const queue = driverQueue<number>(layout, port, memory.ring, queueOptions(options), notifier, indirect);
  const waiter = new Waiter(new Doorbell(port, memory.interrupt), SLEEP);
  const ring = rearmed({
    arm: () => queue.enableCallbacks(),
    disarm: () => queue.disableCallbacks(),
  });
  const list = new ScatterList();
  const isBack = new Uint8Array(buffers);
  let posted = 0;
  let back = 0;
  queue.disableCallbacks();
  while (back < buffers) {
    const before = posted;
    while (posted < buffers && posted - before < batch && post(port, queue, memory, list, posted))
      posted += 1;
    if (posted > before) queue.kick();
    // One by one: what is back already is taken only when nothing more can be posted.
    if (posted > before && posted < buffers) continue;
    const reaped = reap(port, queue, memory, isBack);
    back += reaped;
    if (reaped === 0) waiter.idle(ring);
  }
}

/** Stages buffer `token`; false when the queue is full. */
export function post(
  port: MemoryPort,
  queue: DriverQueue<number>,
  memory: RingMemory,
  list: ScatterList,
  token: number,
): boolean {
  if (queue.freeCount === 0) return false;
  const at = memory.buffer(token);
  port.store32(at, request(token));
  list.clear();
  list.addReadable(at, WORD_BYTES).addWritable(at + WORD_BYTES, WORD_BYTES);
  return queue.stageBuf(list, token);
}

/** Takes back whatever is there, and looks at each answer. */
function reap(port: MemoryPort, queue: DriverQueue<number>, memory: RingMemory, isBack: Uint8Array): number {
  let count = 0;
  for (let token = queue.getBuf(); token !== undefined; token = queue.getBuf()) {
    assert(isBack[token] === 0, `token ${token} came back twice`);
    isBack[token] = 1;
    assert(queue.usedLength === WORD_BYTES, `token ${token} came back with ${queue.usedLength} bytes`);
    const data = port.load32(memory.buffer(token) + WORD_BYTES);
    assert(data === answer(request(token)), `token ${token} came back with ${data} instead of its answer`);
    count += 1;
  }
  return count;
}

/** Serves as many buffers as there are. */
export function runDevice(
  port: MemoryPort,
  options: RingProgramOptions,
  memory: RingMemory,
  rearmed: Rearmed = AS_IS,
): void {
  const notifier = bellNotifier(port, memory.interrupt);
  const queue = deviceQueue(options.layout, port, memory.ring, queueOptions(options), notifier);
  const waiter = new Waiter(new Doorbell(port, memory.kick), SLEEP);
  const ring = rearmed({ arm: () => queue.enableKicks(), disarm: () => queue.disableKicks() });
  const chain = new Chain();
  let done = 0;
  queue.disableKicks();
  while (done < options.buffers) {
    if (!queue.pop(chain)) {
      waiter.idle(ring);
      continue;
    }
    serve(port, queue, chain);
    queue.interrupt();
    done += 1;
  }
}

function serve(port: MemoryPort, queue: DeviceQueue, chain: Chain): void {
  const { buffers } = chain;
  assert(buffers.count === 2 && buffers.readableCount === 1, `a chain of ${buffers.count} ranges arrived`);
  const data = port.load32(buffers.address(0));
  port.store32(buffers.address(1), answer(data));
  queue.push(chain, WORD_BYTES);
}

function request(token: number): number {
  return 0x100 + token;
}

function answer(data: number): number {
  return data + 0x1000;
}

export function queueOptions({
  size,
  eventIdx,
  indirect,
  inOrder,
  startIndex,
}: RingProgramOptions): QueueOptions {
  return { size, eventIdx, indirect, inOrder, startIndex };
}
