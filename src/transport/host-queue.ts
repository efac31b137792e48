import type { Doorbell } from '../memory/doorbell.js';
import type { Notifier } from '../virtqueue/queue.js';
import { failDevice } from './fail-device.js';
import { FEATURE_BITS, FeatureSet } from './features.js';
import { LINE_ROUTE, messageReaches } from './interrupt-route.js';
import type { DeviceWindow, QueueSetup } from './window.js';

/**
 * One queue as its I/O thread sees it: when to start, when to stop, where the kicks come in and the interrupts go
 * out. Used like this, once a turn:
 *
 *     if (queue.hasChanged()) {
 *       // Drop whatever is in flight first: after the acknowledgement the driver may reuse every buffer.
 *       const setup = queue.acknowledge();
 *       // Not null: the queue is live with this set-up.
 *     }
 */
export class HostQueue {
  readonly index: number;
  /** Rung by kicks, by starts and stops of the queue, and, on the first queue, by register accesses. */
  readonly bell: Doorbell;
  readonly interrupter: Notifier;
  readonly #window: DeviceWindow;
  /** One per vCPU, and there are as many of those as queues. */
  readonly #vcpuBells: readonly Doorbell[];
  #live = 0;

  constructor(window: DeviceWindow, index: number, queueCount: number) {
    this.index = index;
    this.bell = window.kickBell(index);
    this.#window = window;
    this.#vcpuBells = Array.from({ length: queueCount }, (_, vcpu) => window.interruptBell(vcpu));
    const ownBell = window.interruptBell(index);
    this.interrupter = {
      notify: () => {
        const route = window.queueRoute(index);
        if (route === LINE_ROUTE) window.raiseUsedInterrupt(ownBell);
        else this.#sendMessage(route);
      },
    };
  }

  hasChanged(): boolean {
    return this.#window.queueLive(this.index) !== this.#live;
  }

  acknowledge(): QueueSetup | null {
    this.#live = this.#window.queueLive(this.index);
    const setup = (this.#live & 1) === 1 ? this.#window.queueSetup(this.index) : null;
    this.#window.ackQueue(this.index, this.#live);
    // The thread that serves registers may be asleep, waiting for the last queue to stop before it ends a reset.
    if (this.index !== 0) this.#window.kickBell(0).ring();
    return setup;
  }

  negotiatedFeatures(): FeatureSet {
    const words = Array.from({ length: FEATURE_BITS / 32 }, (_, select) =>
      this.#window.negotiatedWord(select),
    );
    return new FeatureSet(words);
  }

  /** The driver broke the protocol on this queue: the whole device needs a reset. */
  fail(): void {
    failDevice(this.#window, this.#vcpuBells.length);
    this.#window.kickBell(0).ring();
  }
  #sendMessage(route: number): void {
    for (let vcpu = 0; vcpu < this.#vcpuBells.length; vcpu++) {
      if (messageReaches(route, vcpu)) this.#vcpuBells[vcpu]?.ring();
    }
  }
}
