import type { ScatterList } from './scatter-list.js';
import type { Chain } from './chain.js';

/** What both ends of a queue must agree on; the result of negotiation, the same for both layouts. */
export interface QueueOptions {
  /** Entries. Split: a power of 2, 1 to 32768. */
  readonly size: number;
  /** VIRTIO_F_EVENT_IDX (29) was negotiated. */
  readonly eventIdx: boolean;
  /** VIRTIO_F_INDIRECT_DESC (28) was negotiated. */
  readonly indirect: boolean;
  /** VIRTIO_F_IN_ORDER (35) was negotiated. */
  readonly inOrder: boolean;
  /** Value of all free-running indices at the start. 0 after a reset; a vhost back end may be handed another. */
  readonly startIndex: number;
}

/** How a notification travels to the other side; the transport implements it. */
export interface Notifier {
  /**
   * `nextIndex` is the position of the next entry that is *not* yet available, for NOTIFICATION_DATA (2.9); an
   * interrupt carries no data and ignores it.
   */
  notify(nextIndex: number): void;
}

/**
 * The driver's end of a virtqueue. Not for two threads at once.
 *
 * A {@link ProtocolViolation} thrown by any method leaves the queue broken: from then on every method throws
 * {@link QueueBroken}, except {@link detachUnused}, until the device is reset and a new queue is made.
 */
export interface DriverQueue<Token> {
  readonly size: number;
  /** Descriptors that a chain could still take. */
  readonly freeCount: number;
  /** Buffers added and not yet returned. */
  readonly outstandingCount: number;
  readonly broken: boolean;
  /** Bytes the device wrote into the buffer that {@link getBuf} returned last (2.7.8: from its first writable byte). */
  readonly usedLength: number;

  /** {@link stageBuf}, then {@link publish}. */
  addBuf(buffers: ScatterList, token: Token): boolean;
  /**
   * Posts one buffer without showing it to the device yet. False when it does not fit now: get some buffers back and
   * try again. `token` comes back from {@link getBuf} exactly once; it may be anything but undefined.
   */
  stageBuf(buffers: ScatterList, token: Token): boolean;
  /** Whether a buffer of so many ranges would fit now, if there is memory for a table where it needs one. */
  hasRoomFor(rangeCount: number): boolean;
  /** Shows the device all staged buffers, with one store. */
  publish(): void;
  /** Publishes, and tells whether the device wants to be notified of what was added since the last call. */
  kickPrepare(): boolean;
  /** {@link kickPrepare} and, when it says so, the notification. True when the device was notified. */
  kick(): boolean;
  /** Token of a buffer the device is done with, in whatever order it completes them; undefined: there is none. */
  getBuf(): Token | undefined;
  /** Whether {@link getBuf} would return one. */
  poll(): boolean;

  /** Asks the device for no interrupts. A hint: one may still come. */
  disableCallbacks(): void;
  /** Asks for an interrupt at the next used buffer. False: one is already there, and may not cause an interrupt. */
  enableCallbacks(): boolean;
  /** Asks for one only after about three quarters of the outstanding buffers are used. False: that is already so. */
  enableCallbacksDelayed(): boolean;

  /** Takes back a buffer that the device never returned. Only when the device has been stopped by a reset. */
  detachUnused(): Token | undefined;
}

/**
 * The device's end of a virtqueue. Not for two threads at once.
 *
 * A {@link ProtocolViolation} thrown by any method leaves the queue broken, like the driver's end.
 */
export interface DeviceQueue {
  readonly size: number;
  /** Buffers popped and not yet pushed. */
  readonly inFlightCount: number;
  readonly broken: boolean;

  /** Takes the next available buffer into `chain`, which must hold none; false when there is none. */
  pop(chain: Chain): boolean;
  /** {@link stageUsed}, then {@link publishUsed}. */
  push(chain: Chain, writtenBytes: number): void;
  /**
   * Returns a popped buffer without showing it to the driver yet. `writtenBytes` counts from the first writable byte
   * and never exceeds what was written (2.7.8.2). With IN_ORDER, buffers are returned in the order of their pops.
   */
  stageUsed(chain: Chain, writtenBytes: number): void;
  /** Shows the driver all staged buffers, with one store. */
  publishUsed(): void;
  /** Publishes, and tells whether the driver wants an interrupt for what was used since the last call. */
  interruptPrepare(): boolean;
  /** {@link interruptPrepare} and, when it says so, the notification. True when the driver was interrupted. */
  interrupt(): boolean;
  /** Whether {@link pop} would find a buffer. */
  poll(): boolean;

  /** Asks the driver for no kicks. A hint: one may still come. */
  disableKicks(): void;
  /** Asks for a kick at the next available buffer. False: one is already there, and may not cause a kick. */
  enableKicks(): boolean;
}
