import assert from 'node:assert/strict';
import type { NotificationModel, Wish, WishRules } from './notification-model.js';
import {
  EVENT_DESC,
  EVENT_DISABLE,
  EVENT_ENABLE,
  INDIRECT,
  NEXT,
  type PackedList,
  type WireEvent,
  WRITE,
} from './packed-wire.js';
import type { Posted, ReferenceQueue, Returned } from './reference-queue.js';
import type { PackedEnds } from './rig.js';
import type { RingView } from './ring-view.js';
import { holds, same } from './same.js';

const SLOT_BYTES = 16;

const WISH_FLAGS: Record<Wish, number> = { every: EVENT_ENABLE, none: EVENT_DISABLE, event: EVENT_DESC };

/**
 * A packed ring beside the reference: positions count slots. It keeps a copy of the ring and takes over a slot only
 * when that was due to change, so that a byte that changes anywhere else is noticed: the slots that a used descriptor
 * skips, those of buffers in flight (N0083, N0084, N0085), and everything behind the ring's ends.
 */
export class PackedView implements RingView {
  readonly rig: PackedEnds;
  readonly wishes: WishRules;
  private readonly directCount: number | null;
  private readonly copy: Buffer;
  private readonly tokens = new Map<number, number>();
  private readonly ids = new Map<number, number>();

  constructor(rig: PackedEnds, directCount: number | null) {
    this.rig = rig;
    this.directCount = directCount;
    this.copy = Buffer.from(rig.wire.ring);
    const armed = rig.options.eventIdx ? 'event' : 'every';
    this.wishes = { first: 'every', armed, silent: 'none', eventPeriod: 2 * rig.options.size };
  }

  stepOf({ slots }: Posted): number {
    return slots;
  }

  slotsFor(rangeCount: number): number {
    return this.directCount === null || rangeCount <= this.directCount + 1 ? rangeCount : 1;
  }

  kickData(position: number): number {
    const { wire, options } = this.rig;
    return (position % options.size) + 0x8000 * wire.wrapOf(position);
  }

  checkPosted(position: number, posted: Posted): boolean {
    const list = this.rig.wire.list(position);
    same(list.direct.length, posted.slots, 'descriptors of the ring');
    same(list.ranges.length, posted.ranges.length, 'ranges');
    for (const [i, range] of posted.ranges.entries()) {
      same(list.ranges[i]?.address, range.address, 'address of a range');
      same(list.ranges[i]?.length, range.length, 'length of a range');
      same(list.ranges[i]?.writable, range.writable, 'direction of a range');
    }
    this.checkFlags(position, list);
    holds(list.id < this.rig.options.size, 'the id is one of as many as there are slots');
    holds(!this.tokens.has(list.id), 'an id that belongs to another buffer');
    this.tokens.set(list.id, posted.token);
    this.ids.set(posted.token, list.id);
    this.takeOver(position, posted.slots);
    return list.indirect.length > 0;
  }

  /** 2.8.6: all flags of all descriptors, each with the wrap counter of its own lap; N0097: only WRITE in tables. */
  private checkFlags(position: number, { direct, indirect }: PackedList): void {
    for (const [i, { flags }] of direct.entries()) {
      const next = i + 1 < direct.length ? NEXT : 0;
      const kind = indirect.length > 0 ? INDIRECT : flags & WRITE;
      same(flags, this.rig.wire.availBits(position + i) | next | kind, 'flags of a descriptor');
    }
    for (const { flags } of indirect) same(flags & ~WRITE, 0, 'flags within a table');
  }

  tokenOf(head: number): number | undefined {
    return this.tokens.get(head);
  }

  /** One used descriptor for each buffer, or with IN_ORDER for each batch; the next is as many slots further on. */
  checkReturned(position: number, returned: readonly Returned[]): number {
    const { wire, options } = this.rig;
    let entries = 0;
    let at = position;
    for (let i = 0; i < returned.length; entries++) {
      const { id, length, flags } = wire.descriptor(at);
      const last = options.inOrder ? this.find(id, returned, i) : i;
      const { posted, writtenBytes } = returned[last] as Returned;
      same(id, this.ids.get(posted.token), 'id of a used descriptor');
      const skipped = returned.slice(i, last);
      holds(
        skipped.every((other) => other.writtenBytes === other.posted.writableBytes),
        'a buffer that is skipped was written to the full',
      );
      same(flags, wire.usedBits(at) | (writtenBytes > 0 ? WRITE : 0), 'flags of a used descriptor');
      if (writtenBytes > 0) same(length, writtenBytes, 'length of a used descriptor');
      this.takeOver(at, 1);
      for (; i <= last; i++) at += (returned[i] as Returned).posted.slots;
    }
    return entries;
  }

  private find(id: number, returned: readonly Returned[], from: number): number {
    for (let i = from; i < returned.length; i++) {
      if (this.ids.get((returned[i] as Returned).posted.token) === id) return i;
    }
    return assert.fail(`a used descriptor names id ${id}, which was not returned`);
  }

  consumed({ token }: Posted): void {
    this.tokens.delete(this.ids.get(token) as number);
    this.ids.delete(token);
  }

  eventWhenDisabled(): null {
    return null;
  }

  /** Three quarters of the slots that the device was shown; how many of them are used already cannot be seen. */
  delayed({ published, consumed, used }: ReferenceQueue): { event: number; maySleep: boolean } {
    const later = Math.floor(((published - consumed) * 3) / 4);
    return { event: consumed + later, maySleep: used.length === 0 };
  }

  checkState(model: ReferenceQueue, kicks: NotificationModel, interrupts: NotificationModel): void {
    const { wire } = this.rig;
    holds(!wire.isAvailable(model.published), 'nothing is available behind what was published');
    holds(!wire.isUsed(model.usedPublished), 'nothing is used behind what was given back');
    this.takeOver(model.published, slotsOf(model.staged));
    this.takeOver(model.usedPublished, slotsOf(model.stagedUsed.map(({ posted }) => posted)));
    holds(wire.ring.equals(this.copy), 'only the slots that were due have changed');
    this.checkEvent(wire.driverEvent, interrupts, 'the driver');
    this.checkEvent(wire.deviceEvent, kicks, 'the device');
  }

  private checkEvent({ slot, wrap, flags }: WireEvent, model: NotificationModel, who: string): void {
    same(flags, WISH_FLAGS[model.wish], `event flags of ${who}`);
    if (model.wish !== 'event') return;
    same(slot, model.event % this.rig.options.size, `event slot of ${who}`);
    same(wrap, this.rig.wire.wrapOf(model.event), `event wrap counter of ${who}`);
  }

  get occupiedCount(): number {
    return this.tokens.size;
  }

  /** What is in these slots now is what shall be there. */
  private takeOver(position: number, slots: number): void {
    const { ring, size } = this.rig.wire;
    const from = position % size;
    const behind = Math.max(0, from + slots - size);
    ring.copy(this.copy, from * SLOT_BYTES, from * SLOT_BYTES, (from + slots - behind) * SLOT_BYTES);
    ring.copy(this.copy, 0, 0, behind * SLOT_BYTES);
  }
}

function slotsOf(buffers: readonly Posted[]): number {
  return buffers.reduce((sum, { slots }) => sum + slots, 0);
}
