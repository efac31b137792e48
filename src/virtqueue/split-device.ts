import { assert, fail } from '../assert.js';
import type { MemoryPort } from '../memory/port.js';
import { Breaker } from './breaker.js';
import type { Chain } from './chain.js';
import type { DeviceQueue, Notifier, QueueOptions } from './queue.js';
import { NO_INTERRUPT, NO_NOTIFY, type SplitLayout } from './split-layout.js';
import { SplitWalker } from './split-walk.js';
import * as violations from './violations.js';
import { add16, distance16, needEvent } from './wrap16.js';

/** The device's end of a split virtqueue (virtio 1.4, 2.7). Barriers are named B1 to B8 as in docs/ARCHITECTURE.md. */
export class SplitDevice implements DeviceQueue {
  readonly size: number;
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
  private readonly walker: SplitWalker;
  private readonly mask: number;

  /** Heads the device holds, so that one made available twice is noticed. */
  private readonly inFlight: Uint8Array;
  /** IN_ORDER: the heads in the order of their pops, by number of pop; `oldestPop` is the next one to return. */
  private readonly popped: Uint16Array;
  private popCount = 0;
  private oldestPop = 0;

  private lastAvailIdx: number;
  /** `avail.idx` as last read and checked: the shared word is read again only when everything up to here is popped. */
  private seenAvailIdx: number;
  private usedIdx: number;
  private publishedIdx: number;
  /** Published since the last notification decision. */
  private usedCount = 0;
  /** IN_ORDER: returned buffers that one used entry can stand for, and what that entry will say. */
  private batchCount = 0;
  private batchHead = 0;
  private batchLength = 0;
  private batchIsFull = false;
  private readonly breaker: Breaker = new Breaker();

  constructor(port: MemoryPort, layout: SplitLayout, options: QueueOptions, notifier: Notifier) {
    assert(layout.size === options.size, 'layout and options disagree about the queue size');
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
    this.walker = new SplitWalker(port, layout.desc, size, options.indirect);
    this.mask = size - 1;
    this.inFlight = new Uint8Array(size);
    this.popped = new Uint16Array(size);
    this.lastAvailIdx = startIndex;
    this.seenAvailIdx = startIndex;
    this.usedIdx = startIndex;
    this.publishedIdx = startIndex;
  }

  get inFlightCount(): number {
    return distance16(this.usedIdx + this.batchCount, this.lastAvailIdx);
  }

  get broken(): boolean {
    return this.breaker.isTripped;
  }

  pop(chain: Chain): boolean {
    if (chain.head !== -1) fail('the chain still holds the buffer of head %', chain.head);
    if (!this.poll()) return false;
    const head = this.port.load16(this.availRingAt + 2 * (this.lastAvailIdx & this.mask));
    if (head >= this.size) throw this.breaker.trip(violations.headRange(this.size, head));
    if (this.inFlight[head] !== 0) throw this.breaker.trip(violations.headRepeated(head));
    const wrong = this.walker.walk(head, chain);
    if (wrong !== null) throw this.breaker.trip(wrong);
    chain.head = head;
    this.inFlight[head] = 1;
    if (this.inOrder) {
      this.popped[this.popCount & this.mask] = head;
      this.popCount = add16(this.popCount, 1);
    }
    this.lastAvailIdx = (this.lastAvailIdx + 1) & 0xffff;
    return true;
  }

  push(chain: Chain, writtenBytes: number): void {
    this.stageUsed(chain, writtenBytes);
    this.publishUsed();
  }

  stageUsed(chain: Chain, writtenBytes: number): void {
    this.breaker.assertWhole();
    const { head } = chain;
    if (this.inFlight[head] !== 1) fail('head % is not in flight', head);
    if (!(writtenBytes >= 0 && writtenBytes <= chain.writableBytes))
      fail('% bytes do not fit what the driver gave (N0060)', writtenBytes);
    chain.clear();
    this.inFlight[head] = 0;
    if (!this.inOrder) {
      this.writeUsed(head, writtenBytes, 1);
      return;
    }
    assert(this.popped[this.oldestPop & this.mask] === head, 'head % is returned out of order (N1474)', head);
    this.oldestPop = add16(this.oldestPop, 1);
    // A buffer in front of a batch's last has no length of its own: it counts as written to the full (2.7.9).
    if (!this.batchIsFull) this.closeBatch();
    this.batchCount += 1;
    this.batchHead = head;
    this.batchLength = writtenBytes;
    this.batchIsFull = writtenBytes === chain.writableBytes;
  }

  publishUsed(): void {
    this.breaker.assertWhole();
    this.closeBatch();
    if (this.publishedIdx === this.usedIdx) return;
    this.usedCount += distance16(this.publishedIdx, this.usedIdx);
    this.publishedIdx = this.usedIdx;
    // B4: everything written, and everything read, for these buffers before the index that gives them back.
    this.port.store16Release(this.usedIdxAt, this.usedIdx);
  }

  interruptPrepare(): boolean {
    this.publishUsed();
    const used = this.usedCount;
    this.usedCount = 0;
    if (used === 0) return false;
    // B5: the index must be visible before the driver's wish is read, or both sides may go to sleep.
    this.port.fence();
    if (this.eventIdx) {
      // After 65536 entries without a decision, old and new index are equal again and the range test sees none.
      if (used > 0xffff) return true;
      const old = (this.usedIdx - used) & 0xffff;
      return needEvent(this.port.load16Relaxed(this.layout.usedEvent), this.usedIdx, old);
    }
    return (this.port.load16Relaxed(this.layout.availFlags) & NO_INTERRUPT) === 0;
  }

  interrupt(): boolean {
    const wanted = this.interruptPrepare();
    if (wanted) this.notifier.notify(this.usedIdx);
    return wanted;
  }

  poll(): boolean {
    this.breaker.assertWhole();
    return this.lastAvailIdx !== this.seenAvailIdx || this.readAvailIdx();
  }

  disableKicks(): void {
    this.breaker.assertWhole();
    // With EVENT_IDX the flags stay 0 (2.7.10.2) and the event index is simply left behind: it was passed already.
    if (!this.eventIdx) this.port.store16Relaxed(this.layout.usedFlags, NO_NOTIFY);
  }

  enableKicks(): boolean {
    this.breaker.assertWhole();
    if (this.eventIdx) this.port.store16Relaxed(this.layout.availEvent, this.lastAvailIdx);
    else this.port.store16Relaxed(this.layout.usedFlags, 0);
    // B6: the wish must be visible before avail.idx is looked at again.
    this.port.fence();
    return !this.poll();
  }

  /** Reads `avail.idx`; true when it has moved. B3: acquire, before any entry, descriptor or payload is read. */
  private readAvailIdx(): boolean {
    const availIdx = this.port.load16Acquire(this.availIdxAt);
    if (availIdx === this.lastAvailIdx) return false;
    // A buffer that is in flight keeps at least one descriptor, so what is in flight and what is new fit the queue.
    const room = this.size - this.inFlightCount;
    if (distance16(this.lastAvailIdx, availIdx) > room) {
      throw this.breaker.trip(violations.availIdxJump(room, this.lastAvailIdx, availIdx));
    }
    this.seenAvailIdx = availIdx;
    return true;
  }

  /** IN_ORDER: writes the one used entry for the buffers that were returned since the last one. */
  private closeBatch(): void {
    if (this.batchCount > 0) this.writeUsed(this.batchHead, this.batchLength, this.batchCount);
    this.batchCount = 0;
    this.batchIsFull = false;
  }

  /**
   * Writes a used entry; the index moves on by the number of *buffers* it stands for (2.7.9). 2^32 bytes do not fit
   * the length: one less is told, which is allowed (2.7.8.2, N0061), where 0 would be a lie.
   */
  private writeUsed(head: number, length: number, buffers: number): void {
    const entry = this.usedRingAt + 8 * (this.usedIdx & this.mask);
    this.port.store32(entry, head);
    this.port.store32(entry + 4, Math.min(length, 0xffffffff));
    this.usedIdx = (this.usedIdx + buffers) & 0xffff;
  }
}
