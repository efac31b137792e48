import type { Doorbell } from '../memory/doorbell.js';
import type { Notifier } from '../virtqueue/queue.js';
import { failDevice } from './fail-device.js';
import { Feature, FEATURE_BITS, FeatureSet } from './features.js';
import { LINE_ROUTE, messageReaches } from './interrupt-route.js';
import { checkNotification, type NotifiedRing } from './notification.js';
import { ringLayout } from './ring-features.js';
import { type DeviceWindow, epochOf, QueueState, type QueueSetup, stateOf } from './window.js';

/** What a queue's I/O thread has to do, and the `live` word that asks for it. */
export interface QueueChange {
  readonly kind: 'start' | 'stop' | 'pause' | 'resume';
  readonly live: number;
}

/**
 * One queue as its I/O thread sees it: when to start, stop, pause and resume, where the kicks come in and the
 * interrupts go out. Used like this, once a turn:
 *
 *     const change = queue.change();
 *     if (change !== null) {
 *       // Do first what it asks for: after the acknowledgement the driver may reuse every buffer of a queue that was
 *       // stopped, and takes a queue that was paused for silent.
 *       const setup = queue.acknowledge(change);
 *       // Not null: the queue is live with this set-up.
 *     }
 */
export class HostQueue {
  readonly index: number;
  /** Rung by kicks, by starts and stops of the queue, and, on the first queue, by register accesses. */
  readonly bell: Doorbell;
  readonly interrupter: Notifier;
  private readonly window: DeviceWindow;
  /** One per vCPU, and there are as many of those as queues. */
  private readonly vcpuBells: readonly Doorbell[];
  private live = 0;
  private ring: NotifiedRing | null = null;
  /** The notification that was found right last. */
  private checked = -1;

  constructor(window: DeviceWindow, index: number, queueCount: number) {
    this.index = index;
    this.bell = window.kickBell(index);
    this.window = window;
    this.vcpuBells = Array.from({ length: queueCount }, (_, vcpu) => window.interruptBell(vcpu));
    const ownBell = window.interruptBell(index);
    this.interrupter = {
      notify: () => {
        const route = window.queueRoute(index);
        if (route === LINE_ROUTE) window.raiseUsedInterrupt(ownBell);
        else this.sendMessage(route);
      },
    };
  }

  hasChanged(): boolean {
    return this.window.queueLive(this.index) !== this.live;
  }

  /** What is asked for now. A queue that started and was paused before anybody looked is started first. */
  change(): QueueChange | null {
    const live = this.window.queueLive(this.index);
    if (live === this.live) return null;
    const state = stateOf(live);
    if (state === QueueState.stopped) return { kind: 'stop', live };
    const epoch = epochOf(live);
    if (epoch !== epochOf(this.live)) return { kind: 'start', live: epoch + QueueState.live };
    return { kind: state === QueueState.paused ? 'pause' : 'resume', live };
  }

  /** Says that it is done. When more has changed meanwhile, that is the next {@link change}. */
  acknowledge(change: QueueChange | null = this.change()): QueueSetup | null {
    if (change === null) return null;
    this.live = change.live;
    const setup = change.kind === 'start' ? this.window.queueSetup(this.index) : null;
    if (setup !== null) this.expectNotifications(setup.size);
    this.window.ackQueue(this.index, change.live);
    // The thread that serves registers may be asleep, waiting for the last queue before it ends a reset.
    if (this.index !== 0) this.window.kickBell(0).ring();
    return setup;
  }

  /** Throws when what the driver wrote to kick this queue cannot be meant for it. One load when it has not kicked. */
  checkNotification(): void {
    const word = this.window.notification(this.index);
    if (word === this.checked || this.ring === null) return;
    const violation = checkNotification(word, this.ring);
    if (violation !== null) throw violation;
    this.checked = word;
  }

  negotiatedFeatures(): FeatureSet {
    const words = Array.from({ length: FEATURE_BITS / 32 }, (_, select) =>
      this.window.negotiatedWord(select),
    );
    return new FeatureSet(words);
  }

  /** The driver broke the protocol on this queue: the whole device needs a reset. */
  fail(): void {
    failDevice(this.window, this.vcpuBells.length);
    this.window.kickBell(0).ring();
  }

  private expectNotifications(size: number): void {
    const features = this.negotiatedFeatures();
    const hasData = features.has(Feature.notificationData);
    this.ring = { queue: this.index, size, layout: ringLayout(features), hasData };
    this.checked = -1;
  }

  private sendMessage(route: number): void {
    for (let vcpu = 0; vcpu < this.vcpuBells.length; vcpu++) {
      if (messageReaches(route, vcpu)) this.vcpuBells[vcpu]?.ring();
    }
  }
}
