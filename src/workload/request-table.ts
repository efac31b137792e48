import { assert } from '../assert.js';
import type { BlkOperation } from '../scenario/plan.js';

const NONE = -1;

/** What the guest remembers of a request in flight. */
export interface Request {
  kind: BlkOperation;
  sector: number;
  count: number;
  /** Data ranges it was cut into. */
  segments: number;
  /** Number of the write, for what a later read must return; 0 for everything else. */
  generation: number;
  startNs: number;
  measured: boolean;
  /**
   * In the ring, taken back from one that was reset and not in the new one yet, or answered. Answered requests keep
   * their slot only where results are consumed in order.
   */
  state: 'posted' | 'waiting' | 'ok' | 'failed';
}

/** The requests of a queue, by slot, and the order in which they were posted. */
export class RequestTable {
  /** Requests posted and not released. */
  count = 0;
  private readonly requests: readonly Request[];
  private readonly free: number[];
  private readonly previous: Int32Array;
  private readonly next: Int32Array;
  private oldestSlot = NONE;
  private newest = NONE;

  constructor(slotCount: number) {
    this.requests = Array.from({ length: slotCount }, () => ({
      kind: 'read',
      sector: 0,
      count: 0,
      segments: 1,
      generation: 0,
      startNs: 0,
      measured: false,
      state: 'ok',
    }));
    this.free = Array.from({ length: slotCount }, (_, i) => slotCount - 1 - i);
    this.previous = new Int32Array(slotCount);
    this.next = new Int32Array(slotCount);
  }

  at(slot: number): Request {
    return this.requests[slot] as Request;
  }

  /** The slot that the next request will use, or -1 when all are in use. */
  get freeSlot(): number {
    return this.free.at(-1) ?? NONE;
  }

  /** The slot posted longest ago, or -1. */
  get oldest(): number {
    return this.oldestSlot;
  }

  /** The slot posted next after `slot`, or -1. */
  after(slot: number): number {
    return this.next[slot] as number;
  }

  /** The slots in `state`, in the order in which they were posted first. */
  slotsIn(state: Request['state']): number[] {
    const slots: number[] = [];
    for (let slot = this.oldestSlot; slot !== NONE; slot = this.after(slot)) {
      if (this.at(slot).state === state) slots.push(slot);
    }
    return slots;
  }

  /** Marks {@link freeSlot} as posted. */
  post(slot: number): void {
    assert(this.free.pop() === slot, 'slot % is not the next free one', slot);
    this.previous[slot] = this.newest;
    this.next[slot] = NONE;
    if (this.newest === NONE) this.oldestSlot = slot;
    else this.next[this.newest] = slot;
    this.newest = slot;
    this.at(slot).state = 'posted';
    this.count += 1;
  }

  release(slot: number): void {
    const previous = this.previous[slot] as number;
    const next = this.next[slot] as number;
    if (previous === NONE) this.oldestSlot = next;
    else this.next[previous] = next;
    if (next === NONE) this.newest = previous;
    else this.previous[next] = previous;
    this.free.push(slot);
    this.count -= 1;
  }
}
