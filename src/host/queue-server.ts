import type { RingLife } from '../events/ring-life.js';
import type { MemoryPort } from '../memory/port.js';
import type { FeatureSet } from '../transport/features.js';
import type { HostQueue } from '../transport/host-queue.js';
import { queueOptions, ringLayout } from '../transport/ring-features.js';
import { epochOf, type QueueSetup } from '../transport/window.js';
import { deviceQueue } from '../virtqueue/layouts.js';
import type { DeviceQueue, Notifier } from '../virtqueue/queue.js';
import type { RingAddresses } from '../virtqueue/split-layout.js';
import type { QueueService } from './device.js';

/** What there is to know of a ring that is watched; `life` is another number for each. */
export type WatchedLife = Omit<RingLife, 'queue'>;

/** The queue while it is live. */
interface LiveQueue {
  readonly queue: DeviceQueue;
  readonly service: QueueService;
}

export interface QueueServerSetup {
  readonly port: MemoryPort;
  readonly hostQueue: HostQueue;
  readonly startIndex: number;
  /** How the driver is interrupted; left out: as the queue says. */
  readonly interrupter?: Notifier;
  /** What the device does with a queue that has gone live with these features; `life` is another number each time. */
  readonly serve: (queue: DeviceQueue, features: FeatureSet, life: number) => QueueService;
  /** The memory of a ring's end; null or left out: `port`. */
  readonly recordPort?: ((at: RingAddresses) => MemoryPort) | null;
  /** What is to be put around the ring's end; null or left out: nothing. */
  readonly watch?: ((ringEnd: DeviceQueue, life: WatchedLife) => DeviceQueue) | null;
}

/** Serves one queue on its I/O thread: through starts and stops, pauses and resumes. */
export class QueueServer {
  private readonly setup: QueueServerSetup;
  private accepted: FeatureSet | null = null;
  private liveQueue: LiveQueue | null = null;
  /** Nothing is in service since the queue is to come to rest. */
  private isDrained = false;
  /** The ring is left alone: it is not even asked for kicks. */
  private isPaused = false;

  constructor(setup: QueueServerSetup) {
    this.setup = setup;
  }

  /** What was agreed on when the queue went live last; null: it never did. */
  get features(): FeatureSet | null {
    return this.accepted;
  }

  /** The device's end of the ring while the queue is live, or paused. */
  get live(): DeviceQueue | null {
    return this.liveQueue?.queue ?? null;
  }

  /** The queue is live, and not paused. */
  get isServing(): boolean {
    return this.liveQueue !== null && !this.isPaused;
  }

  /**
   * One turn, which never waits; false when there was nothing to do. Throws a `ProtocolViolation` of the driver's: the
   * queue is served no more then, and it is for the caller to call {@link fail}.
   */
  turn(): boolean {
    try {
      return this.follow() || this.serve();
    } catch (error) {
      this.liveQueue = null;
      throw error;
    }
  }

  /** The device asks for a reset, whoever's fault it is. */
  fail(): void {
    this.liveQueue = null;
    this.setup.hostQueue.fail();
  }

  /** Asks for kicks, unless there is something to do already: then false. */
  arm(): boolean {
    if (this.setup.hostQueue.hasChanged()) return false;
    return this.liveQueue === null || this.isPaused || this.liveQueue.queue.enableKicks();
  }

  disarm(): void {
    if (!this.isPaused) this.liveQueue?.queue.disableKicks();
  }

  /** Does what the registers ask for, and says so when it is done. */
  private follow(): boolean {
    const { hostQueue } = this.setup;
    const change = hostQueue.change();
    if (change === null) return false;
    if (change.kind === 'pause') {
      // What is in service is finished, shown and told of before (3.4.2, N0255); whatever comes of that, in a turn of
      // its own, so that who calls can act on it before the device is silent.
      if (this.liveQueue !== null && !this.isDrained) {
        this.isDrained = this.liveQueue.service.drain();
        return true;
      }
      this.isPaused = true;
      hostQueue.acknowledge(change);
      return true;
    }
    this.isPaused = false;
    this.isDrained = false;
    if (change.kind === 'resume') {
      // The next turn looks at the ring, kicked or not.
      hostQueue.acknowledge(change);
      return true;
    }
    this.liveQueue?.service.abandon();
    const setup = hostQueue.acknowledge(change);
    this.liveQueue = setup === null ? null : this.start(setup, epochOf(change.live));
    return true;
  }

  private serve(): boolean {
    if (this.liveQueue === null || this.isPaused) return false;
    this.isDrained = false;
    this.setup.hostQueue.checkNotification();
    return this.liveQueue.service.poll();
  }

  private start(setup: QueueSetup, life: number): LiveQueue {
    const { port, hostQueue, startIndex, serve, recordPort, watch } = this.setup;
    const interrupter = this.setup.interrupter ?? hostQueue.interrupter;
    const features = hostQueue.negotiatedFeatures();
    this.accepted = features;
    const options = queueOptions(features, setup.size, startIndex);
    const layout = ringLayout(features);
    const ringEnd = deviceQueue(layout, recordPort?.(setup) ?? port, setup, options, interrupter);
    const queue = watch?.(ringEnd, { life, layout, options }) ?? ringEnd;
    queue.disableKicks();
    return { queue, service: serve(queue, features, life) };
  }
}
