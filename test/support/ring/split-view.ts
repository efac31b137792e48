import type { NotificationModel, WishRules } from './notification-model.js';
import type { Posted, ReferenceQueue, Returned } from './reference-queue.js';
import type { SplitEnds } from './rig.js';
import type { RingView } from './ring-view.js';
import { holds, same } from './same.js';
import { checkChain, checkUsedEntries } from './wire-rules.js';

/** A split ring beside the reference: positions count buffers, and the index words are the positions modulo 65536. */
export class SplitView implements RingView {
  readonly rig: SplitEnds;
  readonly wishes: WishRules;
  private readonly directCount: number | null;
  /** Token of the buffer that occupies each descriptor the device was shown. */
  private readonly occupied = new Map<number, number>();
  private readonly descriptorsOf = new Map<number, number[]>();

  constructor(rig: SplitEnds, directCount: number | null) {
    this.rig = rig;
    this.directCount = directCount;
    const armed = rig.options.eventIdx ? 'event' : 'every';
    const silent = rig.options.eventIdx ? 'event' : 'none';
    this.wishes = { first: armed, armed, silent, eventPeriod: 0x1_0000 };
  }

  stepOf(): number {
    return 1;
  }

  slotsFor(rangeCount: number): number {
    if (this.directCount === null) return rangeCount;
    const direct = Math.min(this.directCount, this.rig.options.size - 1);
    return rangeCount - direct < 2 ? rangeCount : direct + 1;
  }

  kickData(position: number): number {
    return position & 0xffff;
  }

  checkPosted(position: number, posted: Posted): boolean {
    const { wire, options } = this.rig;
    const chain = wire.chain(wire.availEntry(position));
    checkChain(chain, posted, options);
    const indices = chain.direct.map((placed) => placed.index);
    for (const index of indices) {
      holds(!this.occupied.has(index), 'a descriptor that belongs to another buffer');
      this.occupied.set(index, posted.token);
    }
    this.descriptorsOf.set(posted.token, indices);
    return chain.indirect.length > 0;
  }

  tokenOf(head: number): number | undefined {
    return this.occupied.get(head);
  }

  checkReturned(position: number, returned: readonly Returned[]): number {
    const expected = returned.map(({ posted, writtenBytes }) => {
      const head = (this.descriptorsOf.get(posted.token) as number[])[0] as number;
      return { head, writtenBytes, full: writtenBytes === posted.writableBytes };
    });
    return checkUsedEntries(this.rig.wire, position, expected, this.rig.options.inOrder);
  }

  consumed({ token }: Posted): void {
    for (const index of this.descriptorsOf.get(token) ?? []) this.occupied.delete(index);
    this.descriptorsOf.delete(token);
  }

  eventWhenDisabled(consumed: number): number | null {
    if (!this.rig.options.eventIdx) return null;
    // Where the event word goes is the driver's choice, so long as it is not an entry to come.
    const behind = (consumed - this.rig.wire.usedEvent) & 0xffff;
    holds(behind >= 1 && behind <= 0x8000, 'a disabled event lies behind');
    return consumed - behind;
  }

  delayed({ published, consumed, used }: ReferenceQueue): { event: number; maySleep: boolean } {
    const later = Math.floor(((published - consumed) * 3) / 4);
    return { event: consumed + later, maySleep: used.length <= later };
  }

  checkState(model: ReferenceQueue, kicks: NotificationModel, interrupts: NotificationModel): void {
    const { wire, options } = this.rig;
    same(wire.availIdx, model.published & 0xffff, 'avail.idx');
    same(wire.usedIdx, model.usedPublished & 0xffff, 'used.idx');
    const { eventIdx, startIndex } = options;
    same(wire.availFlags, interrupts.wish === 'none' ? 1 : 0, 'avail.flags');
    same(wire.usedFlags, kicks.wish === 'none' ? 1 : 0, 'used.flags');
    same(wire.usedEvent, eventIdx ? interrupts.event & 0xffff : startIndex, 'used_event');
    same(wire.availEvent, eventIdx ? kicks.event & 0xffff : startIndex, 'avail_event');
  }

  get occupiedCount(): number {
    return this.occupied.size;
  }
}
