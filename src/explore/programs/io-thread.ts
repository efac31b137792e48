import type { QueueService } from '../../host/device.js';
import { QueueServer } from '../../host/queue-server.js';
import type { MemoryPort } from '../../memory/port.js';
import { HostQueue } from '../../transport/host-queue.js';
import { Waiter } from '../../transport/waiter.js';
import { DeviceWindow } from '../../transport/window.js';
import { Chain } from '../../virtqueue/chain.js';
import type { DeviceQueue } from '../../virtqueue/queue.js';
import { answer, SLEEP } from './requests.js';
import type { WindowMemory } from './window-memory.js';

/** Takes a request in one turn and answers it in the next, so that a queue can be stopped with one in service. */
class SlowService implements QueueService {
  answers = 0;
  pauses = 0;
  private readonly port: MemoryPort;
  private readonly queue: DeviceQueue;
  private readonly chain: Chain = new Chain();

  constructor(port: MemoryPort, queue: DeviceQueue) {
    this.port = port;
    this.queue = queue;
  }

  poll(): boolean {
    return this.finish() || this.queue.pop(this.chain);
  }

  drain(): boolean {
    this.finish();
    this.pauses += 1;
    return true;
  }

  abandon(): void {
    this.chain.clear();
  }

  private finish(): boolean {
    if (this.chain.head === -1) return false;
    answer(this.port, this.queue, this.chain);
    this.queue.interrupt();
    this.answers += 1;
    return true;
  }
}

/** When an I/O thread ends. */
export interface IoThreadEnd {
  /** Times that the queue has been stopped; since then, times that it was paused, and requests answered. */
  readonly stops: number;
  readonly pauses: number;
  readonly answers: number;
}

/** The I/O thread of one queue: the production one, with a device behind it that answers {@link Requests}. */
export function runIoThread(port: MemoryPort, memory: WindowMemory, index: number, end: IoThreadEnd): void {
  const hostQueue = new HostQueue(new DeviceWindow(port), index, memory.queues.length);
  const services: SlowService[] = [];
  const serve = (queue: DeviceQueue): QueueService => {
    const service = new SlowService(port, queue);
    services.push(service);
    return service;
  };
  const server = new QueueServer({ port, hostQueue, startIndex: 0, serve });
  const waiter = new Waiter(hostQueue.bell, SLEEP);
  let stops = 0;
  const isOver = (): boolean => {
    const service = services.at(-1);
    const hasDone = stops === end.stops && service?.answers === end.answers && service.pauses === end.pauses;
    // What was asked of the queue is to be acknowledged, too.
    return hasDone && !hostQueue.hasChanged();
  };
  while (!isOver()) {
    if (!server.turn()) {
      waiter.idle(server);
    } else if (server.live === null) {
      stops += 1;
      services.length = 0;
    }
  }
}
