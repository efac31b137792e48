import { assert, fail } from '../assert.js';
import type { MemoryPort } from '../memory/port.js';
import { Breaker } from './breaker.js';
import type { IndirectTables } from './indirect-tables.js';
import { Outstanding, type OutstandingBuffer } from './outstanding.js';
import type { DriverQueue, Notifier, QueueOptions } from './queue.js';
import type { ScatterList } from './scatter-list.js';
import { SplitDescriptors, writeIndirectTable } from './split-descriptors.js';
import { NO_INTERRUPT, NO_NOTIFY, type SplitLayout } from './split-layout.js';
import * as violations from './violations.js';
import { add16, distance16, needEvent } from './wrap16.js';

/** How the driver uses indirect tables, where they were negotiated. */
export interface IndirectUse {
  readonly tables: IndirectTables;
  /**
   * Ranges that stay direct descriptors in front of the indirect one (virtio 1.4, 2.7.5.3.2 makes the device accept
   * any number). A buffer with fewer than two ranges behind them goes into the ring whole.
   */
  readonly directCount: number;
}

/** The driver's end of a split virtqueue (virtio 1.4, 2.7). Barriers are named B1 to B8 as in docs/ARCHITECTURE.md. */
export class SplitDriver<Token> implements DriverQueue<Token> {
  readonly size: number;
  usedLength = 0;

  private readonly port: MemoryPort;
  private readonly layout: SplitLayout;
  /** Of the layout, what every buffer needs. */
  private readonly availRingAt: number;
  private readonly availIdxAt: number;
  private readonly usedRingAt: number;
  private readonly usedIdxAt: number;
  private readonly eventIdx: boolean;
  private readonly inOrder: boolean;
  private readonly notifier: Notifier;
  private readonly indirect: IndirectUse | null;
  /** Ranges that stay direct in front of an indirect descriptor, which needs a place in the ring too. */
  private readonly directCount: number;
  private readonly mask: number;
  private readonly descriptors: SplitDescriptors<Token>;

  private readonly outstanding: Outstanding<Token>;
  /** Position in the available ring, by head, and the other way round: only IN_ORDER needs them. */
  private readonly positionOf: Uint16Array;
  private readonly headAt: Uint16Array;

  /** Next free position of the available ring; what `avail.idx` will be after the next publish. */
  private availIdx: number;
  private publishedIdx: number;
  /** Published since the last notification decision (2.7.10.1: `old` is the index at that decision). */
  private addedCount = 0;
  private lastUsedIdx: number;
  /** `used.idx` as last read and checked: the shared word is read again only when everything up to here is consumed. */
  private seenUsedIdx: number;
  /** IN_ORDER: the used entry being worked off, one buffer at a time; its last buffer's position and length. */
  private batchOpen = false;
  private batchLastIdx = 0;
  private batchLength = 0;
  private callbacksEnabled = true;
  private usedEvent: number;
  private detachCursor = 0;
  /** Buffers that came back by the reset of the device, and not by an entry of the used ring. */
  private detachedCount = 0;
  private readonly breaker: Breaker = new Breaker();

  constructor(
    port: MemoryPort,
    layout: SplitLayout,
    options: QueueOptions,
    notifier: Notifier,
    indirect: IndirectUse | null = null,
  ) {
    assert(layout.size === options.size, 'layout and options disagree about the queue size');
    assert(
      indirect === null || options.indirect,
      'indirect tables need INDIRECT_DESC to be negotiated (N0040)',
    );
    const { size, startIndex } = options;
    this.size = size;
    this.port = port;
    this.layout = layout;
    this.availRingAt = layout.availRing;
    this.availIdxAt = layout.availIdx;
    this.usedRingAt = layout.usedRing;
    this.usedIdxAt = layout.usedIdx;
    this.eventIdx = options.eventIdx;
    this.inOrder = options.inOrder;
    this.notifier = notifier;
    this.indirect = indirect;
    this.directCount = Math.min(indirect?.directCount ?? 0, size - 1);
    this.mask = size - 1;
    this.outstanding = new Outstanding(size);
    this.descriptors = new SplitDescriptors(port, layout.desc, size, options.inOrder, this.outstanding);
    this.positionOf = new Uint16Array(size);
    this.headAt = new Uint16Array(size);
    this.availIdx = startIndex;
    this.publishedIdx = startIndex;
    this.lastUsedIdx = startIndex;
    this.seenUsedIdx = startIndex;
    this.usedEvent = startIndex;
  }

  get freeCount(): number {
    return this.descriptors.freeCount;
  }

  get outstandingCount(): number {
    return distance16(this.lastUsedIdx, this.availIdx) - this.detachedCount;
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
      fail('a chain of % does not fit a queue of % (N0042)', count, this.size);
    if (buffers.isTooLong) fail('a chain is at most 2^32 bytes (N0038)');
    if (token === undefined) fail('a token cannot be undefined');
    if (this.indirect !== null) {
      const table = this.takeTable(count);
      if (table !== null) return this.stageIndirect(buffers, token, table);
    }
    if (count > this.descriptors.freeCount) return false;
    const head = this.descriptors.writeChain(buffers, count, null, 0);
    this.outstanding.stage(head, token, count, buffers.writableBytes);
    this.pushAvail(head.id);
    return true;
  }

  hasRoomFor(rangeCount: number): boolean {
    const needed = this.wantsTable(rangeCount) ? this.directCount + 1 : rangeCount;
    return needed <= this.descriptors.freeCount;
  }

  publish(): void {
    this.breaker.assertWhole();
    if (this.publishedIdx === this.availIdx) return;
    this.outstanding.publish();
    this.addedCount += distance16(this.publishedIdx, this.availIdx);
    this.publishedIdx = this.availIdx;
    // B1 (N0075): descriptors, tables, payload and ring entries before the index that shows them.
    this.port.store16Release(this.availIdxAt, this.availIdx);
  }

  kickPrepare(): boolean {
    this.publish();
    const added = this.addedCount;
    this.addedCount = 0;
    if (added === 0) return false;
    // B2 (N0076): the index must be visible before the device's wish is read, or both sides may go to sleep.
    this.port.fence();
    if (this.eventIdx) {
      // After 65536 entries without a decision, old and new index are equal again and the range test sees none.
      if (added > 0xffff) return true;
      const old = (this.availIdx - added) & 0xffff;
      return needEvent(this.port.load16Relaxed(this.layout.availEvent), this.availIdx, old);
    }
    return (this.port.load16Relaxed(this.layout.usedFlags) & NO_NOTIFY) === 0;
  }

  kick(): boolean {
    const wanted = this.kickPrepare();
    if (wanted) this.notifier.notify(this.availIdx);
    return wanted;
  }

  getBuf(): Token | undefined {
    if (!this.poll()) return undefined;
    const buffer = this.inOrder ? this.takeInOrder() : this.takeUsed();
    this.lastUsedIdx = (this.lastUsedIdx + 1) & 0xffff;
    const token = this.detach(buffer);
    if (this.callbacksEnabled && this.eventIdx) this.armAt(this.lastUsedIdx);
    return token;
  }

  poll(): boolean {
    this.breaker.assertWhole();
    return this.lastUsedIdx !== this.seenUsedIdx || this.readUsedIdx();
  }

  disableCallbacks(): void {
    this.breaker.assertWhole();
    if (!this.callbacksEnabled) return;
    this.callbacksEnabled = false;
    if (!this.eventIdx) {
      this.port.store16Relaxed(this.layout.availFlags, NO_INTERRUPT);
      return;
    }
    // No value means "never" (2.7.7): an event index that lies behind stays silent until the index has gone all the
    // way round, so one that already does is left alone, and another is moved just behind.
    const ahead = distance16(this.lastUsedIdx, this.usedEvent);
    if (ahead < 0x8000) this.storeUsedEvent((this.lastUsedIdx - 1) & 0xffff);
  }

  enableCallbacks(): boolean {
    this.breaker.assertWhole();
    this.callbacksEnabled = true;
    this.armAt(this.lastUsedIdx);
    return !this.poll();
  }

  enableCallbacksDelayed(): boolean {
    this.breaker.assertWhole();
    this.callbacksEnabled = true;
    const later = Math.floor((distance16(this.lastUsedIdx, this.publishedIdx) * 3) / 4);
    this.armAt(add16(this.lastUsedIdx, later));
    // Not poll(), which is content with what was seen before: that may be long past the entry armed for.
    this.readUsedIdx();
    return distance16(this.lastUsedIdx, this.seenUsedIdx) <= later;
  }

  detachUnused(): Token | undefined {
    while (this.detachCursor < this.size && this.outstanding.at(this.detachCursor).isFree)
      this.detachCursor++;
    if (this.detachCursor < this.size) {
      this.detachedCount += 1;
      return this.detach(this.outstanding.at(this.detachCursor));
    }
    assert(this.outstandingCount === 0, 'buffers are outstanding that no head accounts for');
    return undefined;
  }

  /**
   * A table for the ranges behind the direct ones; null when the buffer goes into the ring whole: without tables, with
   * fewer than two such ranges, or when there is no memory for one, as a ring that can still move is better than none.
   */
  private takeTable(count: number): number | null {
    if (this.indirect === null || !this.wantsTable(count)) return null;
    return this.indirect.tables.take(count - this.directCount);
  }

  private wantsTable(count: number): boolean {
    return this.indirect !== null && count - this.directCount >= 2;
  }

  private stageIndirect(buffers: ScatterList, token: Token, table: number): boolean {
    const direct = this.directCount;
    const entries = buffers.count - direct;
    const tableForDevice = direct < this.descriptors.freeCount ? this.handTable(buffers, table) : null;
    if (tableForDevice === null) {
      this.indirect?.tables.release(table, entries);
      return false;
    }
    const head = this.descriptors.writeChain(buffers, direct, tableForDevice, entries);
    this.outstanding.stage(head, token, direct + 1, buffers.writableBytes);
    head.table = table;
    head.tableEntries = entries;
    this.pushAvail(head.id);
    return true;
  }

  /** Fills the table; where the device finds it, or null when it cannot be handed over. */
  private handTable(buffers: ScatterList, table: number): number | null {
    writeIndirectTable(this.port, table, buffers, this.directCount);
    return this.indirect?.tables.hand(table, buffers.count - this.directCount) ?? null;
  }

  private pushAvail(head: number): void {
    const slot = this.availIdx & this.mask;
    if (this.inOrder) {
      this.positionOf[head] = this.availIdx;
      this.headAt[slot] = head;
    }
    this.port.store16(this.availRingAt + 2 * slot, head);
    this.availIdx = (this.availIdx + 1) & 0xffff;
  }

  /** Reads `used.idx`; true when it has moved. B7: acquire, before any entry or payload it covers is read. */
  private readUsedIdx(): boolean {
    const usedIdx = this.port.load16Acquire(this.usedIdxAt);
    if (usedIdx === this.seenUsedIdx) return false;
    const usedCount = distance16(this.lastUsedIdx, usedIdx);
    const published = distance16(this.lastUsedIdx, this.publishedIdx);
    if (usedCount > published)
      throw this.breaker.trip(violations.usedIdxJump(published, this.lastUsedIdx, usedIdx));
    this.seenUsedIdx = usedIdx;
    return true;
  }

  private takeUsed(): OutstandingBuffer<Token> {
    const entry = this.usedRingAt + 8 * (this.lastUsedIdx & this.mask);
    const head = this.port.load32(entry);
    const length = this.port.load32(entry + 4);
    if (head >= this.size) throw this.breaker.trip(violations.usedIdRange(this.size, head));
    const buffer = this.outstanding.at(head);
    if (!this.outstanding.isPublished(buffer)) throw this.breaker.trip(violations.usedIdUnknown(head));
    if (length > buffer.writableBytes)
      throw this.breaker.trip(violations.usedLength(head, buffer.writableBytes, length));
    this.usedLength = length;
    return buffer;
  }

  /**
   * One used entry may stand for a whole batch and names its last buffer (2.7.9). The buffers in front were all
   * written to the full, or the device must not have batched them; only the last one's length is told.
   */
  private takeInOrder(): OutstandingBuffer<Token> {
    if (!this.batchOpen) this.openBatch();
    const buffer = this.outstanding.at(this.headAt[this.lastUsedIdx & this.mask] as number);
    const last = this.lastUsedIdx === this.batchLastIdx;
    this.usedLength = last ? this.batchLength : buffer.writableBytes;
    if (last) this.batchOpen = false;
    return buffer;
  }

  private openBatch(): void {
    const position = this.positionOf[this.takeUsed().id] as number;
    const skipped = distance16(this.lastUsedIdx, position);
    const available = distance16(this.lastUsedIdx, this.seenUsedIdx);
    if (skipped >= available)
      throw this.breaker.trip(violations.usedOrder(available, this.lastUsedIdx, position));
    this.batchOpen = true;
    this.batchLastIdx = position;
    this.batchLength = this.usedLength;
  }

  private detach(buffer: OutstandingBuffer<Token>): Token {
    if (buffer.tableEntries !== 0) this.indirect?.tables.release(buffer.table, buffer.tableEntries);
    this.descriptors.free(buffer, buffer.slots);
    return this.outstanding.finish(buffer);
  }

  /** Asks for an interrupt once entry `index` is used. B8: visible before `used.idx` is looked at again. */
  private armAt(index: number): void {
    if (this.eventIdx) this.storeUsedEvent(index);
    else this.port.store16Relaxed(this.layout.availFlags, 0);
    this.port.fence();
  }

  private storeUsedEvent(index: number): void {
    this.usedEvent = index;
    this.port.store16Relaxed(this.layout.usedEvent, index);
  }
}
