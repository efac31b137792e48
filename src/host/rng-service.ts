import { fillAnswer, RNG_ANSWER_BYTES_MIN } from '../devices/rng.js';
import { ProtocolViolation } from '../errors.js';
import type { MemoryPort } from '../memory/port.js';
import type { Rng } from '../rng.js';
import type { ServicePlan } from '../scenario/plan.js';
import { Chain } from '../virtqueue/chain.js';
import { HostCounter } from '../stats/counters.js';
import { SplitWriter } from '../stats/split-writer.js';
import { TimeUse } from '../stats/time-use.js';
import type { DeviceQueue } from '../virtqueue/queue.js';
import type { QueueService, ServiceMeters, ServiceStats } from './device.js';
import { ServiceOrder } from './service-order.js';

/** Share of the answers that are shorter than the buffer: a device may always write less (virtio 1.4, 5.4.6). */
const SHORT_ANSWERS = 0.1;

export interface RngServiceSetup extends ServiceMeters {
  readonly port: MemoryPort;
  readonly queue: DeviceQueue;
  readonly inOrder: boolean;
  readonly service: ServicePlan;
  readonly rng: Rng;
  /** What the answers follow from; the driver knows it too. */
  readonly answerSeed: number;
  readonly stats: ServiceStats;
}

/** The entropy device's work on its queue. */
export class RngService implements QueueService {
  private readonly setup: RngServiceSetup;
  private readonly chains: readonly Chain[];
  private readonly order: ServiceOrder;
  private readonly timeUse: TimeUse;
  private readonly split: SplitWriter;
  private free: number[];
  private answer: Uint8Array = new Uint8Array(4096);
  private serial = 0;

  constructor(setup: RngServiceSetup) {
    const window = Math.min(setup.service.window, setup.queue.size);
    this.setup = setup;
    this.chains = Array.from({ length: window }, () => new Chain());
    this.timeUse = setup.timeUse ?? new TimeUse(null);
    this.split = setup.split ?? new SplitWriter(null, window);
    this.order = new ServiceOrder(setup.inOrder ? 'fifo' : setup.service.order, window, setup.rng);
    this.free = [...this.chains.keys()];
  }

  poll(): boolean {
    return this.work(true) > 0;
  }

  drain(): boolean {
    this.work(false);
    return this.order.count === 0;
  }

  abandon(): void {
    this.order.clear();
    for (const chain of this.chains) chain.clear();
    this.free = [...this.chains.keys()];
  }

  /** Up to a window of answers; returns how many. */
  private work(takesMore: boolean): number {
    const { queue, stats } = this.setup;
    let answered = 0;
    while (answered < this.chains.length) {
      if (takesMore) this.fill();
      if (this.order.count === 0) break;
      this.finish(this.order.take());
      answered += 1;
    }
    if (answered === 0) return 0;
    if (queue.interrupt()) stats.interrupts += 1;
    else stats.interruptsSuppressed += 1;
    return answered;
  }

  private fill(): void {
    for (let slot = this.free.at(-1); slot !== undefined; slot = this.free.at(-1)) {
      const chain = this.chains[slot] as Chain;
      if (!this.setup.queue.pop(chain)) return;
      checkBuffer(chain);
      this.setup.stats.buffersPopped += 1;
      this.split.popped(slot);
      this.free.pop();
      this.order.add(slot);
    }
  }

  private finish(slot: number): void {
    const chain = this.chains[slot] as Chain;
    const lengthBytes = this.answerLength(chain.writableBytes);
    this.timeUse.spent(HostCounter.ringNs);
    this.write(chain, lengthBytes);
    this.timeUse.spent(HostCounter.deviceNs);
    this.split.used(slot);
    this.setup.queue.stageUsed(chain, lengthBytes);
    this.setup.stats.buffersUsed += 1;
    this.serial = (this.serial + 1) >>> 0;
    this.free.push(slot);
  }

  private answerLength(roomBytes: number): number {
    const { rng } = this.setup;
    if (roomBytes <= RNG_ANSWER_BYTES_MIN || !rng.chance(SHORT_ANSWERS)) return roomBytes;
    return RNG_ANSWER_BYTES_MIN + rng.below(roomBytes - RNG_ANSWER_BYTES_MIN);
  }

  private write(chain: Chain, lengthBytes: number): void {
    if (this.answer.length < lengthBytes) this.answer = new Uint8Array(lengthBytes);
    fillAnswer(this.answer, lengthBytes, this.serial, this.setup.answerSeed);
    const { buffers } = chain;
    let done = 0;
    for (let i = 0; i < buffers.count && done < lengthBytes; i++) {
      const length = Math.min(buffers.length(i), lengthBytes - done);
      this.setup.port.copyIn(buffers.address(i), this.answer, done, length);
      done += length;
    }
  }
}

/** 5.4.6.1: the driver gives nothing to read, and room for at least one byte. */
function checkBuffer(chain: Chain): void {
  if (chain.buffers.readableCount > 0) {
    throw new ProtocolViolation('RNG_READABLE', 'an entropy buffer has a part to read', {
      section: '5.4.6.1',
      expected: 'writable parts only',
      actual: `${chain.readableBytes} readable bytes`,
    });
  }
  if (chain.writableBytes === 0) {
    throw new ProtocolViolation('RNG_EMPTY', 'an entropy buffer has no room', {
      section: '5.4.6.2',
      expected: 'at least 1 byte',
      actual: 0,
    });
  }
}
