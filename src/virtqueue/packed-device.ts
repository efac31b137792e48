import { assert, fail } from '../assert.js';
import type { MemoryPort } from '../memory/port.js';
import { Breaker } from './breaker.js';
import type { Chain } from './chain.js';
import { OwnEvents, PeerEvents } from './packed-events.js';
import { PACKED_DESC_BYTES, PackedDesc, PackedFlag, type PackedLayout } from './packed-layout.js';
import * as violations from './packed-violations.js';
import { PackedWalker } from './packed-walk.js';
import type { DeviceQueue, Notifier, QueueOptions } from './queue.js';
import { positionAt, type RingPosition } from './ring-position.js';

// An imported name is read from its module at every use; a constant of this module becomes part of the machine code.
const { length: LENGTH, id: ID, flags: FLAGS } = PackedDesc;
const { write: WRITE } = PackedFlag;
const ENTRY_BYTES = PACKED_DESC_BYTES;

/** The device's end of a packed virtqueue (virtio 1.4, 2.8). Barriers are named P1 to P9 as in docs/ARCHITECTURE.md. */
export class PackedDevice implements DeviceQueue {
  readonly size: number;
  inFlightCount = 0;
  private readonly port: MemoryPort;
  /** Where the descriptors begin. */
  private readonly ring: number;
  private readonly inOrder: boolean;
  private readonly notifier: Notifier;
  private readonly walker: PackedWalker;
  private readonly driverEvents: PeerEvents;
  private readonly deviceEvents: OwnEvents;

  /** Slots of each list that is in flight, by buffer id; 0 for all other ids. */
  private readonly slots: Uint16Array;
  /** Slots that the driver cannot have filled again: in flight, or returned and not shown yet. */
  private takenSlots = 0;
  /** Of these, slots that the next publish gives back. */
  private stagedSlots = 0;
  /** IN_ORDER: ids in the order of their pops, as a ring, and which goes back next. */
  private readonly popped: Uint16Array;
  private poppedNext = 0;
  private poppedOldest = 0;

  private readonly nextAvail: RingPosition;
  private readonly nextUsed: RingPosition;
  /** Flags of the next available slot, as read once by the last poll. */
  private seenFlags = 0;
  /** Slots that were used since the last notification decision. */
  private usedSlots = 0;
  /** The first staged used descriptor: while its flags are held back, the driver cannot come past it (2.8.9). */
  private heldSlot = -1;
  private heldFlags = 0;
  /** IN_ORDER: returned buffers that one used descriptor can stand for, and what that will say. */
  private batchCount = 0;
  private batchSlots = 0;
  private batchId = 0;
  private batchLength = 0;
  private batchIsFull = false;
  private readonly breaker: Breaker = new Breaker();

  constructor(port: MemoryPort, layout: PackedLayout, options: QueueOptions, notifier: Notifier) {
    assert(layout.size === options.size, 'layout and options disagree about the queue size');
    const { size, startIndex, eventIdx } = options;
    this.size = size;
    this.port = port;
    this.ring = layout.ring;
    this.inOrder = options.inOrder;
    this.notifier = notifier;
    this.walker = new PackedWalker(port, layout, options.indirect);
    this.driverEvents = new PeerEvents(port, layout.driverEvent, size, eventIdx);
    this.deviceEvents = new OwnEvents(port, layout.deviceEvent, eventIdx);
    this.slots = new Uint16Array(size);
    this.popped = new Uint16Array(size);
    this.nextAvail = positionAt(size, startIndex);
    this.nextUsed = positionAt(size, startIndex);
  }

  get broken(): boolean {
    return this.breaker.isTripped;
  }

  pop(chain: Chain): boolean {
    if (chain.head !== -1) fail('the chain still holds the buffer with id %', chain.head);
    if (!this.poll()) return false;
    const walker = this.walker;
    const freeSlots = this.size - this.takenSlots;
    const wrong = walker.walk(this.nextAvail, this.seenFlags, freeSlots, chain);
    if (wrong !== null) throw this.breaker.trip(wrong);
    const { id, slots } = walker;
    if (id >= this.size) throw this.breaker.trip(violations.packedIdRange(this.size, id));
    if (this.slots[id] !== 0) throw this.breaker.trip(violations.packedIdRepeated(id));
    chain.head = id;
    this.slots[id] = slots;
    this.takenSlots += slots;
    this.inFlightCount += 1;
    if (this.inOrder) {
      this.popped[this.poppedNext] = id;
      this.poppedNext = this.following(this.poppedNext);
    }
    return true;
  }

  push(chain: Chain, writtenBytes: number): void {
    this.stageUsed(chain, writtenBytes);
    this.publishUsed();
  }

  stageUsed(chain: Chain, writtenBytes: number): void {
    this.breaker.assertWhole();
    const id = chain.head;
    const slots = this.slots[id] ?? 0;
    if (slots === 0) fail('id % is not in flight', id);
    if (!(writtenBytes >= 0 && writtenBytes <= chain.writableBytes))
      fail('% bytes do not fit what the driver gave (2.8.4)', writtenBytes);
    chain.clear();
    this.slots[id] = 0;
    this.stagedSlots += slots;
    this.inFlightCount -= 1;
    this.usedSlots += slots;
    if (!this.inOrder) {
      this.writeUsed(id, writtenBytes, slots);
      return;
    }
    assert(this.popped[this.poppedOldest] === id, 'id % is returned out of order (N1474)', id);
    this.poppedOldest = this.following(this.poppedOldest);
    // A buffer in front of a batch's last has no length of its own: it counts as written to the full (2.8.8).
    if (!this.batchIsFull) this.closeBatch();
    this.batchCount += 1;
    this.batchSlots += slots;
    this.batchId = id;
    this.batchLength = writtenBytes;
    this.batchIsFull = writtenBytes === chain.writableBytes;
  }

  publishUsed(): void {
    this.breaker.assertWhole();
    this.closeBatch();
    if (this.heldSlot === -1) return;
    // P5: everything written, and everything read, for these buffers before the flags that give them back.
    this.port.store16Release(this.flagsAt(this.heldSlot), this.heldFlags);
    this.heldSlot = -1;
    this.takenSlots -= this.stagedSlots;
    this.stagedSlots = 0;
  }

  interruptPrepare(): boolean {
    this.publishUsed();
    const used = this.usedSlots;
    this.usedSlots = 0;
    if (used === 0) return false;
    // P6: the flags must be visible before the driver's wish is read, or both sides may go to sleep.
    this.port.fence();
    const violation = this.driverEvents.load();
    if (violation !== null) throw this.breaker.trip(violation);
    return this.driverEvents.wants(this.nextUsed, used);
  }

  interrupt(): boolean {
    const wanted = this.interruptPrepare();
    if (wanted) this.notifier.notify(this.nextUsed.offWrap);
    return wanted;
  }

  /** P4: acquire, before the rest of the list or any payload is read. */
  poll(): boolean {
    this.breaker.assertWhole();
    this.seenFlags = this.port.load16Acquire(this.flagsAt(this.nextAvail.slot));
    return this.nextAvail.isAvailable(this.seenFlags);
  }

  disableKicks(): void {
    this.breaker.assertWhole();
    this.deviceEvents.disarm();
  }

  enableKicks(): boolean {
    this.breaker.assertWhole();
    this.deviceEvents.arm(this.nextAvail);
    return !this.poll();
  }

  /** IN_ORDER: writes the one used descriptor for the buffers that were returned since the last one. */
  private closeBatch(): void {
    if (this.batchCount > 0) this.writeUsed(this.batchId, this.batchLength, this.batchSlots);
    this.batchCount = 0;
    this.batchSlots = 0;
    this.batchIsFull = false;
  }

  /**
   * Writes one used descriptor and skips the slots that it stands for; those are left as they are (2.8.6). All but the
   * first staged one get their flags at once: the driver cannot come to them before it.
   */
  private writeUsed(id: number, length: number, slots: number): void {
    const at = this.ring + this.nextUsed.slot * ENTRY_BYTES;
    this.port.store32(at + LENGTH, Math.min(length, 0xffffffff));
    this.port.store16(at + ID, id);
    const flags = this.nextUsed.usedFlags | (length > 0 ? WRITE : 0);
    if (this.heldSlot === -1) {
      this.heldSlot = this.nextUsed.slot;
      this.heldFlags = flags;
    } else {
      this.port.store16(at + FLAGS, flags);
    }
    this.nextUsed.advance(slots);
  }

  private following(index: number): number {
    return index + 1 < this.size ? index + 1 : 0;
  }

  private flagsAt(slot: number): number {
    return this.ring + slot * ENTRY_BYTES + FLAGS;
  }
}
