import { ForwardingQueue } from '../virtqueue/forwarding-queue.js';
import type { DriverQueue } from '../virtqueue/queue.js';
import type { ScatterList } from '../virtqueue/scatter-list.js';
import type { EventWriter } from './event-ring.js';
import { NO_ORDINAL } from './ring-event.js';
import { recordLife, type RingLife } from './ring-life.js';

const LENGTH_MAX = 0xffffffff;

/**
 * A driver's end that records what it does. Around whatever the driver uses; a queue that nobody watches does without.
 * Tokens are small integers.
 */
export class WatchedDriver extends ForwardingQueue<number, DriverQueue<number>> {
  private readonly log: EventWriter;
  private readonly queue: number;
  /** By token, of buffers that are out: the ordinal. */
  private readonly ordinals: number[] = [];
  private posted = 0;
  private shown = 0;
  private reaped = 0;
  /** Buffers that the last decision about a kick was about, or one before. */
  private decided = 0;
  private callbacksEnabled = true;

  constructor(inner: DriverQueue<number>, log: EventWriter, life: RingLife) {
    super(inner);
    this.log = log;
    this.queue = life.queue;
    recordLife(log, life);
  }

  stageBuf(buffers: ScatterList, token: number): boolean {
    const free = this.inner.freeCount;
    if (!this.inner.stageBuf(buffers, token)) return false;
    const ordinal = this.posted;
    this.ordinals[token] = ordinal;
    this.posted += 1;
    const { readableBytes, writableBytes } = buffers;
    const taken = free - this.inner.freeCount;
    const writable = Math.min(writableBytes, LENGTH_MAX);
    this.log.write(
      'posted',
      this.queue,
      token,
      ordinal,
      taken,
      Math.min(readableBytes, LENGTH_MAX),
      writable,
    );
    return true;
  }

  override publish(): void {
    this.show();
    this.inner.publish();
  }

  override kickPrepare(): boolean {
    this.show();
    const wanted = this.inner.kickPrepare();
    this.decide(wanted);
    return wanted;
  }

  override kick(): boolean {
    this.show();
    const wanted = this.inner.kick();
    this.decide(wanted);
    return wanted;
  }

  getBuf(): number | undefined {
    const free = this.inner.freeCount;
    const token = this.inner.getBuf();
    if (token === undefined) return undefined;
    this.reaped += 1;
    const freed = this.inner.freeCount - free;
    const ordinal = this.takeOrdinal(token);
    this.log.write('reaped', this.queue, token, ordinal, this.inner.usedLength, freed);
    return token;
  }

  override disableCallbacks(): void {
    if (this.callbacksEnabled) this.log.write('callbacksDisabled', this.queue, this.reaped);
    this.callbacksEnabled = false;
    this.inner.disableCallbacks();
  }

  override enableCallbacks(): boolean {
    return this.enabled(this.inner.enableCallbacks(), 0);
  }

  override enableCallbacksDelayed(): boolean {
    return this.enabled(this.inner.enableCallbacksDelayed(), 1);
  }

  detachUnused(): number | undefined {
    const free = this.inner.freeCount;
    const token = this.inner.detachUnused();
    if (token === undefined) return undefined;
    const freed = this.inner.freeCount - free;
    this.log.write('detached', this.queue, token, this.takeOrdinal(token), freed);
    return token;
  }

  private show(): void {
    if (this.shown === this.posted) return;
    this.shown = this.posted;
    this.log.write('shown', this.queue, this.shown);
  }

  private decide(wanted: boolean): void {
    // With nothing new there was nothing to decide.
    if (this.decided === this.shown) return;
    this.log.write(wanted ? 'kicked' : 'kickSuppressed', this.queue, this.decided, this.shown);
    this.decided = this.shown;
  }

  private enabled(maySleep: boolean, isLate: number): boolean {
    this.callbacksEnabled = true;
    this.log.write('callbacksEnabled', this.queue, this.reaped, maySleep ? 1 : 0, isLate);
    return maySleep;
  }

  private takeOrdinal(token: number): number {
    const ordinal = this.ordinals[token] ?? NO_ORDINAL;
    this.ordinals[token] = NO_ORDINAL;
    return ordinal;
  }
}
