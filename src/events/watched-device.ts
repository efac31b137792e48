import type { Chain } from '../virtqueue/chain.js';
import { ForwardingDevice } from '../virtqueue/forwarding-device.js';
import type { DeviceQueue } from '../virtqueue/queue.js';
import type { EventWriter } from './event-ring.js';
import { NO_ORDINAL } from './ring-event.js';
import { recordLife, type RingLife } from './ring-life.js';

const LENGTH_MAX = 0xffffffff;

/** A device's end that records what it does; a queue that nobody watches does without. */
export class WatchedDevice extends ForwardingDevice {
  private readonly log: EventWriter;
  private readonly queue: number;
  /** Of each chain that the device ever filled: which buffer it holds. Chains are few, and used again. */
  private readonly ordinals: Map<Chain, number> = new Map();
  private popped = 0;
  private used = 0;
  private shown = 0;
  private decided = 0;

  constructor(inner: DeviceQueue, log: EventWriter, life: RingLife) {
    super(inner);
    this.log = log;
    this.queue = life.queue;
    recordLife(log, life);
  }

  pop(chain: Chain): boolean {
    if (!this.inner.pop(chain)) return false;
    const ordinal = this.popped;
    this.ordinals.set(chain, ordinal);
    this.popped += 1;
    const { readableBytes, writableBytes } = chain;
    const readable = Math.min(readableBytes, LENGTH_MAX);
    this.log.write('popped', this.queue, ordinal, chain.head, readable, Math.min(writableBytes, LENGTH_MAX));
    return true;
  }

  stageUsed(chain: Chain, writtenBytes: number): void {
    const ordinal = this.ordinals.get(chain) ?? NO_ORDINAL;
    this.ordinals.set(chain, NO_ORDINAL);
    this.used += 1;
    this.log.write('used', this.queue, ordinal, Math.min(writtenBytes, LENGTH_MAX));
    this.inner.stageUsed(chain, writtenBytes);
  }

  override publishUsed(): void {
    this.show();
    this.inner.publishUsed();
  }

  override interruptPrepare(): boolean {
    this.show();
    const wanted = this.inner.interruptPrepare();
    this.decide(wanted);
    return wanted;
  }

  override interrupt(): boolean {
    this.show();
    const wanted = this.inner.interrupt();
    this.decide(wanted);
    return wanted;
  }

  override disableKicks(): void {
    this.log.write('kicksDisabled', this.queue, this.popped);
    this.inner.disableKicks();
  }

  override enableKicks(): boolean {
    const maySleep = this.inner.enableKicks();
    this.log.write('kicksEnabled', this.queue, this.popped, maySleep ? 1 : 0);
    return maySleep;
  }

  private show(): void {
    if (this.shown === this.used) return;
    this.shown = this.used;
    this.log.write('usedShown', this.queue, this.shown);
  }

  private decide(wanted: boolean): void {
    if (this.decided === this.shown) return;
    this.log.write(wanted ? 'interrupted' : 'interruptSuppressed', this.queue, this.decided, this.shown);
    this.decided = this.shown;
  }
}
