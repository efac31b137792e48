import { assert, fail } from '../assert.js';
import type { MemoryPort } from '../memory/port.js';
import { Breaker } from './breaker.js';
import type { IndirectTables } from './indirect-tables.js';
import { Outstanding, type OutstandingBuffer } from './outstanding.js';
import { writePackedBody, writePackedTable } from './packed-descriptors.js';
import { OwnEvents, PeerEvents } from './packed-events.js';
import { PACKED_DESC_BYTES, PackedDesc, PackedFlag, type PackedLayout } from './packed-layout.js';
import * as violations from './packed-violations.js';
import type { DriverQueue, Notifier, QueueOptions } from './queue.js';
import { positionAt, type RingPosition } from './ring-position.js';
import type { ScatterList } from './scatter-list.js';

// An imported name is read from its module at every use; a constant of this module becomes part of the machine code.
const { length: LENGTH, id: ID, flags: FLAGS } = PackedDesc;
const { next: NEXT, write: WRITE, indirect: INDIRECT } = PackedFlag;
const ENTRY_BYTES = PACKED_DESC_BYTES;

/** The driver's end of a packed virtqueue (virtio 1.4, 2.8). Barriers are named P1 to P9 as in docs/ARCHITECTURE.md. */
export class PackedDriver<Token> implements DriverQueue<Token> {
  readonly size: number;
  usedLength = 0;
  freeCount: number;

  private readonly port: MemoryPort;
  /** Where the descriptors begin. */
  private readonly ring: number;
  private readonly eventIdx: boolean;
  private readonly inOrder: boolean;
  private readonly notifier: Notifier;
  private readonly tables: IndirectTables | null;
  private readonly directMax: number;
  private readonly outstanding: Outstanding<Token>;
  /** Buffers added and not yet returned, and the first of the others: ids come back in any order (2.8.21). */
  private count = 0;
  private firstFree: OutstandingBuffer<Token>;
  /** What the next publish shows. */
  private stagedSlots = 0;
  /** IN_ORDER: ids in the order in which they were added, as a ring, and which comes back next. */
  private readonly fifo: Uint16Array;
  private fifoOldest = 0;
  private fifoNext = 0;
  private readonly deviceEvents: PeerEvents;
  private readonly driverEvents: OwnEvents;

  /** Where the next buffer goes, and where the device will use the next one. */
  private readonly nextAvail: RingPosition;
  private readonly nextUsed: RingPosition;
  /** Slots that were shown since the last notification decision. */
  private addedSlots = 0;
  /** The first staged head: while its flags are held back the device cannot come past it. */
  private heldSlot = -1;
  private heldFlags = 0;
  /** IN_ORDER: the last buffer of the used descriptor that is being worked off; -1 when none is. */
  private batchLastId = -1;
  private batchLength = 0;
  /** Flags of the next used slot, as read once by the last poll. */
  private seenFlags = 0;
  private callbacksEnabled = true;
  private detachCursor = 0;
  private readonly breaker: Breaker = new Breaker();

  constructor(
    port: MemoryPort,
    layout: PackedLayout,
    options: QueueOptions,
    notifier: Notifier,
    tables: IndirectTables | null = null,
    /** Buffers of up to this many ranges go into the ring as a list even where tables may be used. */
    directMax = 1,
  ) {
    assert(layout.size === options.size, 'layout and options disagree about the queue size');
    assert(
      tables === null || options.indirect,
      'indirect tables need INDIRECT_DESC to be negotiated (N0096)',
    );
    const { size, startIndex } = options;
    this.size = size;
    this.freeCount = size;
    this.port = port;
    this.ring = layout.ring;
    this.eventIdx = options.eventIdx;
    this.inOrder = options.inOrder;
    this.notifier = notifier;
    this.tables = tables;
    this.directMax = directMax;
    this.outstanding = new Outstanding(size);
    this.firstFree = this.outstanding.at(0);
    this.fifo = new Uint16Array(size);
    this.deviceEvents = new PeerEvents(port, layout.deviceEvent, size, options.eventIdx);
    this.driverEvents = new OwnEvents(port, layout.driverEvent, options.eventIdx);
    this.nextAvail = positionAt(size, startIndex);
    this.nextUsed = positionAt(size, startIndex);
  }

  get outstandingCount(): number {
    return this.count;
  }

  get broken(): boolean {
    return this.breaker.isTripped;
  }

  addBuf(buffers: ScatterList, token: Token): boolean {
    const added = this.stageBuf(buffers, token);
    if (added) this.publish();
    return added;
  }

  stageBuf(buffers: ScatterList, token: Token): boolean {
    this.breaker.assertWhole();
    const { count } = buffers;
    if (count < 1 || count > this.size)
      fail('a list of % does not fit a queue of % (N0089)', count, this.size);
    if (buffers.isTooLong) fail('a list is at most 2^32 bytes');
    if (token === undefined) fail('a token cannot be undefined');
    // N0092: room for all of it before any of it; a list that is half there would wait for itself.
    if (this.tables !== null && count > this.directMax && this.freeCount > 0) {
      if (this.stageIndirect(buffers, token, this.tables)) return true;
    }
    if (count > this.freeCount) return false;
    const buffer = this.stage(token, count, buffers.writableBytes);
    this.writeList(buffers, buffer.id);
    return true;
  }

  hasRoomFor(rangeCount: number): boolean {
    const needed = this.tables !== null && rangeCount > this.directMax ? 1 : rangeCount;
    return needed <= this.freeCount;
  }

  publish(): void {
    this.breaker.assertWhole();
    if (this.heldSlot === -1) return;
    this.outstanding.publish();
    // P1 (N0100): everything else of the lists, and their payload, before the flags that show the first of them.
    this.port.store16Release(this.flagsAt(this.heldSlot), this.heldFlags);
    this.heldSlot = -1;
    this.addedSlots += this.stagedSlots;
    this.stagedSlots = 0;
  }

  kickPrepare(): boolean {
    this.publish();
    const added = this.addedSlots;
    this.addedSlots = 0;
    if (added === 0) return false;
    // P2 (N0101): the flags must be visible before the device's wish is read, or both sides may go to sleep.
    this.port.fence();
    const violation = this.deviceEvents.load();
    if (violation !== null) throw this.breaker.trip(violation);
    return this.deviceEvents.wants(this.nextAvail, added);
  }

  kick(): boolean {
    const wanted = this.kickPrepare();
    if (wanted) this.notifier.notify(this.nextAvail.offWrap);
    return wanted;
  }

  getBuf(): Token | undefined {
    if (!this.poll()) return undefined;
    const buffer = this.inOrder ? this.takeInOrder() : this.takeUsed();
    this.nextUsed.advance(buffer.slots);
    const token = this.detach(buffer);
    if (this.callbacksEnabled && this.eventIdx) this.driverEvents.arm(this.nextUsed);
    return token;
  }

  /** P9: acquire, before the id, the length or any payload is read. */
  poll(): boolean {
    this.breaker.assertWhole();
    if (this.batchLastId !== -1) return true;
    this.seenFlags = this.port.load16Acquire(this.flagsAt(this.nextUsed.slot));
    return this.nextUsed.isUsed(this.seenFlags);
  }

  disableCallbacks(): void {
    this.breaker.assertWhole();
    if (!this.callbacksEnabled) return;
    this.callbacksEnabled = false;
    this.driverEvents.disarm();
  }

  enableCallbacks(): boolean {
    this.breaker.assertWhole();
    this.callbacksEnabled = true;
    this.driverEvents.arm(this.nextUsed);
    return !this.poll();
  }

  enableCallbacksDelayed(): boolean {
    this.breaker.assertWhole();
    this.callbacksEnabled = true;
    const later = this.nextUsed.copy();
    // Staged slots do not count: the device cannot come past a slot that it was not shown.
    const shown = this.size - this.freeCount - this.stagedSlots;
    if (this.eventIdx) later.advance(Math.floor((shown * 3) / 4));
    this.driverEvents.arm(later);
    // How far the device is cannot be seen from here, only whether it has begun: then it may have come past.
    return !this.poll();
  }

  detachUnused(): Token | undefined {
    while (this.detachCursor < this.size && this.outstanding.at(this.detachCursor).isFree)
      this.detachCursor++;
    if (this.detachCursor < this.size) return this.detach(this.outstanding.at(this.detachCursor));
    assert(this.outstandingCount === 0, 'buffers are outstanding that no id accounts for');
    return undefined;
  }

  /** A list of direct descriptors. The id is needed in the last one only (2.8.6); all get it, as all others do. */
  private writeList(buffers: ScatterList, id: number): void {
    for (let i = 0; i < buffers.count; i++) {
      const write = buffers.isWritable(i) ? WRITE : 0;
      const next = i + 1 < buffers.count ? NEXT : 0;
      this.writeSlot(buffers.address(i), buffers.length(i), id, write | next, i === 0);
    }
  }

  /** False: there is no memory for a table, or it cannot be handed over. The buffer may fit as a list. */
  private stageIndirect(buffers: ScatterList, token: Token, tables: IndirectTables): boolean {
    const { count } = buffers;
    const table = tables.take(count);
    if (table === null) return false;
    writePackedTable(this.port, table, buffers);
    const tableForDevice = tables.hand(table, count);
    if (tableForDevice === null) {
      tables.release(table, count);
      return false;
    }
    const buffer = this.stage(token, 1, buffers.writableBytes);
    buffer.table = table;
    buffer.tableEntries = count;
    this.writeSlot(tableForDevice, count * ENTRY_BYTES, buffer.id, INDIRECT, true);
    return true;
  }

  /** Takes an id, and counts the slots that the buffer is about to fill. */
  private stage(token: Token, slots: number, writableBytes: number): OutstandingBuffer<Token> {
    const buffer = this.firstFree;
    this.firstFree = buffer.next;
    if (this.inOrder) {
      this.fifo[this.fifoNext] = buffer.id;
      this.fifoNext = this.following(this.fifoNext);
    }
    this.outstanding.stage(buffer, token, slots, writableBytes);
    this.count += 1;
    this.freeCount -= slots;
    this.stagedSlots += slots;
    return buffer;
  }

  /** Fills the next slot. The flags follow the wrap counter of that very slot: it may flip within a list (2.8.1). */
  private writeSlot(address: number, length: number, id: number, flags: number, isHead: boolean): void {
    const { slot, availFlags } = this.nextAvail;
    writePackedBody(this.port, this.ring + slot * ENTRY_BYTES, address, length, id);
    if (isHead && this.heldSlot === -1) {
      this.heldSlot = slot;
      this.heldFlags = flags | availFlags;
    } else {
      // The device goes through the ring in order (N0078): it cannot get here before the head that is held back.
      this.port.store16(this.flagsAt(slot), flags | availFlags);
    }
    this.nextAvail.advance(1);
  }

  private takeUsed(): OutstandingBuffer<Token> {
    const at = this.ring + this.nextUsed.slot * ENTRY_BYTES;
    const id = this.port.load16(at + ID);
    const written = (this.seenFlags & WRITE) !== 0;
    // Without WRITE the length says nothing (2.8.4).
    const length = written ? this.port.load32(at + LENGTH) : 0;
    if (id >= this.size) throw this.breaker.trip(violations.packedUsedIdRange(this.size, id));
    const buffer = this.outstanding.at(id);
    if (!this.outstanding.isPublished(buffer)) throw this.breaker.trip(violations.packedUsedIdUnknown(id));
    if (length > buffer.writableBytes)
      throw this.breaker.trip(violations.packedUsedLength(id, buffer.writableBytes, length));
    this.usedLength = length;
    return buffer;
  }

  /**
   * One used descriptor may stand for a whole batch and names its last buffer (2.8.8): it is written where the first
   * one is. The buffers in front were all written to the full, or the device must not have batched them.
   */
  private takeInOrder(): OutstandingBuffer<Token> {
    if (this.batchLastId === -1) {
      this.batchLastId = this.takeUsed().id;
      this.batchLength = this.usedLength;
    }
    const buffer = this.outstanding.at(this.fifo[this.fifoOldest] as number);
    const isLast = buffer.id === this.batchLastId;
    this.usedLength = isLast ? this.batchLength : buffer.writableBytes;
    if (isLast) this.batchLastId = -1;
    this.fifoOldest = this.following(this.fifoOldest);
    return buffer;
  }

  private detach(buffer: OutstandingBuffer<Token>): Token {
    if (buffer.tableEntries !== 0) this.tables?.release(buffer.table, buffer.tableEntries);
    this.freeCount += buffer.slots;
    this.count -= 1;
    buffer.next = this.firstFree;
    this.firstFree = buffer;
    return this.outstanding.finish(buffer);
  }

  private following(index: number): number {
    return index + 1 < this.size ? index + 1 : 0;
  }

  private flagsAt(slot: number): number {
    return this.ring + slot * ENTRY_BYTES + FLAGS;
  }
}
