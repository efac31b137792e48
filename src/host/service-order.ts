import { assert } from '../assert.js';
import type { Rng } from '../rng.js';
import type { ServicePlan } from '../scenario/plan.js';

/** Of a full window, how many times over the others may come first before the oldest must. */
const PATIENCE = 4;

/**
 * Which of the requests in service is executed next. Under load, with the window refilled after each, `lifo`
 * would never come to the oldest and `random` might not for long: after {@link PATIENCE} windows the oldest
 * is next.
 */
export class ServiceOrder {
  count = 0;
  private readonly order: ServicePlan['order'];
  private readonly rng: Rng;
  /** Oldest first. */
  private readonly slots: Uint16Array;
  /** How often in a row the oldest was not the one. */
  private passedOver = 0;

  constructor(order: ServicePlan['order'], window: number, rng: Rng) {
    this.order = order;
    this.rng = rng;
    this.slots = new Uint16Array(window);
  }

  add(slot: number): void {
    assert(this.count < this.slots.length, 'more requests in service than the window has room for');
    this.slots[this.count] = slot;
    this.count += 1;
  }

  /** Takes out the next one; there must be one. */
  take(): number {
    assert(this.count > 0, 'no request is in service');
    const at = this.next();
    const slot = this.slots[at] as number;
    this.slots.copyWithin(at, at + 1, this.count);
    this.count -= 1;
    this.passedOver = at === 0 ? 0 : this.passedOver + 1;
    return slot;
  }

  clear(): void {
    this.count = 0;
    this.passedOver = 0;
  }

  private next(): number {
    if (this.order === 'fifo' || this.passedOver >= PATIENCE * this.slots.length) return 0;
    return this.order === 'lifo' ? this.count - 1 : this.rng.below(this.count);
  }
}
