import type { NotificationModel, WishRules } from './notification-model.js';
import type { Posted, ReferenceQueue, Returned } from './reference-queue.js';
import type { QueueEnds } from './rig.js';

/**
 * What depends on the layout when both ends are compared with {@link ReferenceQueue}: how buffers are counted, and
 * which bytes a reader of the specification must find after each step. Positions are the reference's: they never wrap.
 */
export interface RingView {
  readonly rig: QueueEnds;
  readonly wishes: WishRules;

  /** How far a buffer moves the positions on. */
  stepOf(posted: Posted): number;
  /** Descriptors of the ring that a buffer of `rangeCount` ranges takes. */
  slotsFor(rangeCount: number): number;
  /** What a kick must carry when `position` is the next to be made available. */
  kickData(position: number): number;

  /** A buffer has just been shown to the device: its bytes are there. Returns whether it has an indirect table. */
  checkPosted(position: number, posted: Posted): boolean;
  /** The buffer that the device named by `head`, as its token. */
  tokenOf(head: number): number | undefined;
  /** Buffers have just been shown to the driver, the first at `position`. Returns how many entries that took. */
  checkReturned(position: number, returned: readonly Returned[]): number;
  /** The driver has the buffer back. */
  consumed(posted: Posted): void;

  /** Where the event word was put when callbacks were disabled, for layouts that leave it behind. */
  eventWhenDisabled(consumed: number): number | null;
  /** What `enableCallbacksDelayed` arms for, and whether the driver may sleep until then. */
  delayed(model: ReferenceQueue): { event: number; maySleep: boolean };

  /** Everything that must hold at any time. */
  checkState(model: ReferenceQueue, kicks: NotificationModel, interrupts: NotificationModel): void;
  /** Descriptors and ids that no buffer has given back. */
  readonly occupiedCount: number;
}
