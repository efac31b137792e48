import { assert } from '../assert.js';
import { ProtocolViolation, QueueBroken } from '../errors.js';
import type { MemoryPort } from '../memory/port.js';
import type { Rng } from '../rng.js';
import type { ServicePlan } from '../scenario/plan.js';
import { HostCounter } from '../stats/counters.js';
import { SplitWriter } from '../stats/split-writer.js';
import { TimeUse } from '../stats/time-use.js';
import { Feature, type FeatureSet } from '../transport/features.js';
import { Chain } from '../virtqueue/chain.js';
import type { DeviceQueue } from '../virtqueue/queue.js';
import type { Backend } from './backend.js';
import type { BlkOffer } from './blk-config.js';
import { BlkExecutor } from './blk-executor.js';
import { BlockRequest } from './blk-request.js';
import type { BlkStats } from './blk-stats.js';
import type { ServiceMeters } from './device.js';
import { ReturnOrder } from './return-order.js';
import { ServiceOrder } from './service-order.js';

export interface BlkQueueSetup extends ServiceMeters {
  readonly port: MemoryPort;
  readonly queue: DeviceQueue;
  readonly backend: Backend;
  readonly offer: BlkOffer;
  /** Negotiated, the ring's and the device's. */
  readonly features: FeatureSet;
  readonly service: ServicePlan;
  /** Draws the order; nobody else may draw from it. */
  readonly rng: Rng;
  readonly stats: BlkStats;
}

/**
 * The device's work on one request queue, for the thread that has the queue. Requests are popped into the
 * window, each into a slot of its own that was made before, and executed from there in the planned order.
 *
 * Executing is synchronous, so between two turns nothing is on its way: a reset has only {@link abandon} to
 * call.
 */
export class BlkQueueService {
  readonly stats: BlkStats;
  private readonly port: MemoryPort;
  private readonly queue: DeviceQueue;
  private readonly executor: BlkExecutor;
  private readonly timeUse: TimeUse;
  private readonly split: SplitWriter;
  private readonly window: number;
  private readonly chains: readonly Chain[];
  private readonly requests: readonly BlockRequest[];
  private readonly freeSlots: Uint16Array;
  private freeCount = 0;
  private readonly serviceOrder: ServiceOrder;
  private readonly returnOrder: ReturnOrder | null;
  private violation: ProtocolViolation | null = null;

  constructor(setup: BlkQueueSetup) {
    const { queue, service, features } = setup;
    assert(Number.isInteger(service.window) && service.window > 0, '% is not a window', service.window);
    this.stats = setup.stats;
    this.port = setup.port;
    this.queue = queue;
    this.executor = new BlkExecutor(setup);
    this.timeUse = setup.timeUse ?? new TimeUse(null);
    // More than the ring can hold can never be in service.
    this.window = Math.min(service.window, queue.size);
    this.split = setup.split ?? new SplitWriter(null, this.window);
    this.chains = Array.from({ length: this.window }, () => new Chain());
    this.requests = Array.from({ length: this.window }, () => new BlockRequest());
    this.freeSlots = new Uint16Array(this.window);
    this.serviceOrder = new ServiceOrder(service.order, this.window, setup.rng);
    this.returnOrder = features.has(Feature.inOrder) ? new ReturnOrder(this.window) : null;
    this.abandon();
  }

  /** Requests popped and not yet returned. */
  get inService(): number {
    return this.window - this.freeCount;
  }

  /**
   * One turn, which never waits: executes up to a window of requests, popping the next ones as slots come
   * free, then shows them all to the driver with one store and one decision about an interrupt. False when
   * there was nothing to do; a request is never held back until others come, so nothing is in service then.
   *
   * A {@link ProtocolViolation} leaves the service unusable until {@link abandon}; what the turn had finished
   * before is not shown any more, and the driver, told that the device needs a reset, may not count on it
   * (N0004).
   */
  poll(): boolean {
    return this.work(true) > 0;
  }

  /** Executing is synchronous, so one turn without taking more finishes what is there, at most a window. */
  drain(): boolean {
    this.work(false);
    return this.serviceOrder.count === 0;
  }

  /** Forgets everything in service, without touching the ring: the device or the queue was reset. */
  abandon(): void {
    this.serviceOrder.clear();
    this.returnOrder?.clear();
    for (const chain of this.chains) chain.clear();
    for (let slot = 0; slot < this.window; slot++) this.freeSlots[slot] = slot;
    this.freeCount = this.window;
    this.violation = null;
  }

  /** Up to a window of requests; returns how many. */
  private work(takesMore: boolean): number {
    if (this.violation !== null) throw new QueueBroken(this.violation);
    let executed = 0;
    while (executed < this.window) {
      if (takesMore) this.fill();
      if (this.serviceOrder.count === 0) break;
      this.finish(this.serviceOrder.take());
      executed += 1;
    }
    if (executed === 0) return 0;
    this.stats.turns += 1;
    this.show();
    return executed;
  }

  private fill(): void {
    while (this.freeCount > 0) {
      const slot = this.freeSlots[this.freeCount - 1] as number;
      if (!this.pop(slot)) return;
      this.freeCount -= 1;
      this.serviceOrder.add(slot);
      this.returnOrder?.add(slot);
    }
  }

  private pop(slot: number): boolean {
    const chain = this.chains[slot] as Chain;
    try {
      if (!this.queue.pop(chain)) return false;
      this.stats.buffersPopped += 1;
      this.split.popped(slot);
      (this.requests[slot] as BlockRequest).decode(chain, this.port);
      return true;
    } catch (error) {
      if (error instanceof ProtocolViolation) this.violation = error;
      throw error;
    }
  }

  private finish(slot: number): void {
    this.timeUse.spent(HostCounter.ringNs);
    this.executor.execute(this.requests[slot] as BlockRequest);
    this.timeUse.spent(HostCounter.deviceNs);
    if (this.returnOrder === null) {
      this.giveBack(slot);
      return;
    }
    this.returnOrder.markDone(slot);
    let returnable = this.returnOrder.takeReturnable();
    while (returnable !== -1) {
      this.giveBack(returnable);
      returnable = this.returnOrder.takeReturnable();
    }
  }

  private giveBack(slot: number): void {
    const chain = this.chains[slot] as Chain;
    this.split.used(slot);
    // The executor has written every writable byte, so this is exact, for a failed request too.
    this.queue.stageUsed(chain, chain.writableBytes);
    this.stats.buffersUsed += 1;
    this.freeSlots[this.freeCount] = slot;
    this.freeCount += 1;
  }

  private show(): void {
    if (this.queue.interrupt()) this.stats.interrupts += 1;
    else this.stats.interruptsSuppressed += 1;
  }
}
