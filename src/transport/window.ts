import { assert } from '../assert.js';
import { Doorbell } from '../memory/doorbell.js';
import type { MemoryPort } from '../memory/port.js';
import { LINE_ROUTE, messageReaches, SILENT_ROUTE } from './interrupt-route.js';
import { Mmio, MMIO_BYTES } from './mmio-registers.js';
import { InterruptCause } from './status.js';

/** Queues a device may have; each has a guest thread (its vCPU) and a host thread. */
export const MAX_QUEUES = 16;

/** Every word that one thread writes and another spins on has a pair of cache lines of its own. */
const LINE_BYTES = 128;

const LANE_BYTES: number = MAX_QUEUES * LINE_BYTES;

/** Offsets within a queue's kick block: the bell, and what the driver wrote when it last rang it. */
const KickBlock = { bell: 0, notification: 8 } as const;

/** Offsets within a queue's block. The host's register model writes it, the queue's I/O thread reads it. */
const QueueBlock = { live: 0, size: 8, desc: 16, driver: 24, device: 32, route: 40 } as const;

/** Where the lanes of the window start, behind the register page. */
const Lane = {
  exit: MMIO_BYTES,
  kick: MMIO_BYTES + LANE_BYTES,
  interrupt: MMIO_BYTES + 2 * LANE_BYTES,
  queue: MMIO_BYTES + 3 * LANE_BYTES,
  queueAck: MMIO_BYTES + 4 * LANE_BYTES,
  features: MMIO_BYTES + 5 * LANE_BYTES,
  configRoute: MMIO_BYTES + 5 * LANE_BYTES + LINE_BYTES / 2,
  configChanges: MMIO_BYTES + 5 * LANE_BYTES + LINE_BYTES,
} as const;

/** Bytes of shared memory a {@link DeviceWindow} needs. */
export const WINDOW_BYTES: number = Lane.configChanges + LINE_BYTES;

/** What the I/O thread of a queue is to do with it: the low bits of the queue's `live` word, odd only while it runs. */
export const QueueState = { stopped: 0, live: 1, paused: 2 } as const;
const STATE_MASK = 3;

/** A queue as the driver set it up, in the form the I/O thread needs. */
export interface QueueSetup {
  readonly size: number;
  readonly desc: number;
  readonly driver: number;
  readonly device: number;
}

/**
 * The device's page in the guest's physical address space, and behind it the words by which the machine's threads
 * find each other. It is not guest memory: no descriptor can point here.
 *
 *     0x0000  the registers; Status and InterruptStatus live here as shared words, on every transport
 *             virtio-mmio: registers to 0x0ff, configuration space from 0x100 on
 *             virtio-pci:  0x000..0x7ff is BAR 0 (`pci-layout.ts`), 0xe00..0xeff the function's PCI configuration
 *                          space; the two shared words are where BAR 0 has nothing, and no driver knows of them
 *     exit    per vCPU: the register access it waits for
 *     kick    per queue: doorbell of its I/O thread, and the notification that the driver wrote last
 *     irq     per vCPU: doorbell of its interrupts
 *     queue   per queue: its set-up, whom it interrupts, and the word that says whether it is live (epoch, state)
 *     ack     per queue: the `live` word that its I/O thread has acted on
 *     feat    the negotiated features, and whom a change of the configuration interrupts
 *     config  how often a change of the configuration was announced
 */
export class DeviceWindow {
  readonly port: MemoryPort;

  constructor(port: MemoryPort) {
    assert(
      port.sizeBytes >= WINDOW_BYTES,
      'a device window needs % bytes, not %',
      WINDOW_BYTES,
      port.sizeBytes,
    );
    this.port = port;
  }

  exitAddress(vcpu: number): number {
    return lane(Lane.exit, vcpu);
  }

  kickBell(queue: number): Doorbell {
    return new Doorbell(this.port, lane(Lane.kick, queue) + KickBlock.bell);
  }

  /** What the driver wrote to notify the queue last: see `notification.ts`. */
  notification(queue: number): number {
    return this.port.load32Acquire(lane(Lane.kick, queue) + KickBlock.notification);
  }

  /** To be called before the bell is rung: what was written is there for whoever hears it. */
  setNotification(queue: number, word: number): void {
    this.port.store32Release(lane(Lane.kick, queue) + KickBlock.notification, word);
  }

  interruptBell(vcpu: number): Doorbell {
    return new Doorbell(this.port, lane(Lane.interrupt, vcpu));
  }

  get status(): number {
    return this.port.load32Acquire(Mmio.status);
  }

  setStatus(status: number): void {
    this.port.store32Release(Mmio.status, status);
  }

  /** Adds status bits from any host thread; an I/O thread that finds a violation has no other way to say so. */
  addStatus(bits: number): void {
    this.port.or32(Mmio.status, bits);
  }

  /** Clears status bits, in one step as well: an I/O thread may be adding one. */
  clearStatus(bits: number): void {
    this.port.and32(Mmio.status, ~bits >>> 0);
  }

  get interruptStatus(): number {
    return this.port.load32Acquire(Mmio.interruptStatus);
  }

  /** On the line: raises a cause, then rings, so that a driver that hears the bell sees the cause. */
  raiseUsedInterrupt(bell: Doorbell): void {
    this.port.or32(Mmio.interruptStatus, InterruptCause.usedBuffer);
    bell.ring();
  }

  /** The cause is set in any case, before anybody hears of it (4.1.4.5.1, N0317). */
  raiseConfigInterrupt(vcpuCount: number): void {
    const route = this.configRoute;
    this.port.or32(Mmio.interruptStatus, InterruptCause.configChange);
    if (route === SILENT_ROUTE) return;
    this.port.add32(Lane.configChanges, 1);
    for (let vcpu = 0; vcpu < vcpuCount; vcpu++) {
      if (route === LINE_ROUTE || messageReaches(route, vcpu)) this.interruptBell(vcpu).ring();
    }
  }

  /**
   * Counts what {@link raiseConfigInterrupt} announced. The cause in InterruptStatus is one for all vCPUs, and the
   * first that acknowledges it takes it away from the others; by this number each knows what it has heard of.
   */
  get configChanges(): number {
    return this.port.load32Acquire(Lane.configChanges);
  }

  /** InterruptACK: a write of ones clears those causes, in one atomic step, so none that comes in between is lost. */
  ackInterrupt(causes: number): void {
    this.port.and32(Mmio.interruptStatus, ~causes >>> 0);
  }

  /** A read of ISR status: the causes, and none is left (4.1.4.5.1, N0320), in one step for the same reason. */
  takeInterrupts(): number {
    return this.port.and32(Mmio.interruptStatus, 0);
  }

  /** Whom the queue interrupts: see `interrupt-route.ts`. */
  queueRoute(queue: number): number {
    return this.port.load32Acquire(lane(Lane.queue, queue) + QueueBlock.route);
  }

  setQueueRoute(queue: number, route: number): void {
    this.port.store32Release(lane(Lane.queue, queue) + QueueBlock.route, route);
  }

  get configRoute(): number {
    return this.port.load32Acquire(Lane.configRoute);
  }

  setConfigRoute(route: number): void {
    this.port.store32Release(Lane.configRoute, route);
  }

  clearInterrupts(): void {
    this.port.store32Release(Mmio.interruptStatus, 0);
  }

  negotiatedWord(select: number): number {
    return this.port.load32Acquire(Lane.features + 4 * select);
  }

  setNegotiatedWord(select: number, word: number): void {
    this.port.store32Release(Lane.features + 4 * select, word);
  }

  /**
   * An epoch, which every start and stop begins anew, and a {@link QueueState}. A pause and a resume stay in the epoch:
   * that is how the I/O thread knows the ring that it goes on with from a new one, however late it looks.
   */
  queueLive(queue: number): number {
    return this.port.load32Acquire(lane(Lane.queue, queue) + QueueBlock.live);
  }

  queueState(queue: number): number {
    return stateOf(this.queueLive(queue));
  }

  /** Starts the queue: what its set-up says is visible to whoever sees the new word. */
  startQueue(queue: number, setup: QueueSetup): void {
    const block = lane(Lane.queue, queue);
    this.port.store32(block + QueueBlock.size, setup.size);
    this.storeAddress(block + QueueBlock.desc, setup.desc);
    this.storeAddress(block + QueueBlock.driver, setup.driver);
    this.storeAddress(block + QueueBlock.device, setup.device);
    // Nobody has notified the new ring yet; what notified an old one may not fit it.
    this.setNotification(queue, queue);
    this.setLive(queue, epochOf(this.queueLive(queue)) + STATE_MASK + 1, QueueState.live);
  }

  /** Stops the queue; it has stopped when {@link isQueueSettled}. */
  stopQueue(queue: number): void {
    this.setLive(queue, epochOf(this.queueLive(queue)) + STATE_MASK + 1, QueueState.stopped);
  }

  /** Has a live queue come to rest with its state kept; it rests when {@link isQueueSettled}. */
  pauseQueue(queue: number): void {
    this.setLive(queue, epochOf(this.queueLive(queue)), QueueState.paused);
  }

  /** Has a queue that rests go on where it was. */
  resumeQueue(queue: number): void {
    this.setLive(queue, epochOf(this.queueLive(queue)), QueueState.live);
  }

  /** Whether the queue's I/O thread has acted on the last change of the word. */
  isQueueSettled(queue: number): boolean {
    return this.port.load32Acquire(lane(Lane.queueAck, queue)) === this.queueLive(queue);
  }

  ackQueue(queue: number, live: number): void {
    this.port.store32Release(lane(Lane.queueAck, queue), live);
  }

  queueSetup(queue: number): QueueSetup {
    const block = lane(Lane.queue, queue);
    return {
      size: this.port.load32(block + QueueBlock.size),
      desc: this.loadAddress(block + QueueBlock.desc),
      driver: this.loadAddress(block + QueueBlock.driver),
      device: this.loadAddress(block + QueueBlock.device),
    };
  }

  private setLive(queue: number, epoch: number, state: number): void {
    this.port.store32Release(lane(Lane.queue, queue) + QueueBlock.live, (epoch | state) >>> 0);
    this.kickBell(queue).ring();
  }

  private storeAddress(at: number, address: number): void {
    this.port.store32(at, address >>> 0);
    this.port.store32(at + 4, Math.floor(address / 0x1_0000_0000));
  }

  private loadAddress(at: number): number {
    return this.port.load32(at) + this.port.load32(at + 4) * 0x1_0000_0000;
  }
}

export function stateOf(live: number): number {
  return live & STATE_MASK;
}

/** The word without its state: equal for as long as a ring lives. */
export function epochOf(live: number): number {
  return (live & ~STATE_MASK) >>> 0;
}

function lane(start: number, index: number): number {
  assert(index >= 0 && index < MAX_QUEUES, 'queue % is out of range', index);
  return start + index * LINE_BYTES;
}
