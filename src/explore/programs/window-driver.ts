import { assert } from '../../assert.js';
import { kickerOf } from '../../transport/notification.js';
import { queueOptions } from '../../transport/ring-features.js';
import { Waiter } from '../../transport/waiter.js';
import type { DeviceWindow } from '../../transport/window.js';
import { driverQueue } from '../../virtqueue/layouts.js';
import type { DriverQueue } from '../../virtqueue/queue.js';
import { Requests, SLEEP } from './requests.js';
import type { RingMemory } from './ring-memory.js';
import { featuresOf, type QueueShape } from './window-memory.js';

/** The driver of one queue behind a {@link DeviceWindow}, and its requests. */
export class WindowDriver {
  readonly queue: DriverQueue<number>;
  readonly requests: Requests;
  private readonly window: DeviceWindow;
  private readonly index: number;
  private readonly waiter: Waiter;

  constructor(window: DeviceWindow, index: number, shape: QueueShape, memory: RingMemory) {
    const { port } = window;
    const features = featuresOf(shape);
    const options = queueOptions(features, shape.size, 0);
    const notifier = kickerOf(window, index, features);
    this.queue = driverQueue<number>(shape.layout, port, memory.ring, options, notifier, null);
    this.requests = new Requests(port, memory);
    this.window = window;
    this.index = index;
    this.waiter = new Waiter(window.interruptBell(index), SLEEP);
    this.queue.disableCallbacks();
  }

  /** Posts requests `from` up to, but not including, `to`, and kicks once; in a full ring they wait for others. */
  post(from: number, to: number): void {
    for (let token = from; token < to; token++) {
      while (!this.requests.stage(this.queue, token)) {
        this.queue.kick();
        this.reapUntil(this.requests.back + 1);
      }
    }
    this.queue.kick();
  }

  /** The same without a kick, for a queue that is not live: all of them must fit. */
  fill(from: number, to: number): void {
    for (let token = from; token < to; token++) {
      const isStaged = this.requests.stage(this.queue, token);
      assert(isStaged, 'request % does not fit the ring', token);
    }
    this.queue.publish();
  }

  /** Sleeps until `count` requests are back; `awake` is called after each sleep. */
  reapUntil(count: number, awake: () => void = () => undefined): void {
    const { queue, requests } = this;
    const ring = { arm: () => queue.enableCallbacks(), disarm: () => queue.disableCallbacks() };
    while (requests.back < count) {
      if (requests.reap(queue) > 0) continue;
      this.waiter.idle(ring);
      awake();
    }
  }

  /** Sleeps on the bell of the register thread until the queue's I/O thread has done what it was told last. */
  waitUntilSettled(): void {
    const waiter = new Waiter(this.window.kickBell(0), SLEEP);
    const settled = { arm: () => !this.window.isQueueSettled(this.index), disarm: () => undefined };
    while (!this.window.isQueueSettled(this.index)) waiter.idle(settled);
  }
}
