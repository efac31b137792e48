import { assert } from '../assert.js';
import type { Rng } from '../rng.js';
import type { JobPlan, LifecycleEvent, LifecyclePlan } from '../scenario/plan.js';
import { share } from './work.js';

/** What is to be done to a device or to a ring. */
export interface LifecycleAction {
  readonly event: LifecycleEvent;
  /** Entries that the queue's ring is to have afterwards. */
  readonly size: number;
}

/**
 * When a vCPU interrupts its own load, and for what. Both follow from the seed and from the operations that its queue
 * has completed, never from a clock. Of each so many operations one, at random, has an event behind it: at a fixed one
 * it could always fall between two batches of the device. Events come in rounds of all kinds, each round in an order of
 * its own: no kind can be missed by chance.
 */
export class LifecycleSchedule {
  private readonly plan: LifecyclePlan;
  private readonly events: readonly LifecycleEvent[];
  private readonly rng: Rng;
  private remaining: number;
  /** Where the operations begin among which the next event falls, and behind which of them. */
  private from = 0;
  private nextAt: number;
  private isEventDue = false;
  private round: LifecycleEvent[] = [];

  /** `remaining`: how many events are this vCPU's. */
  constructor(plan: LifecyclePlan, events: readonly LifecycleEvent[], remaining: number, rng: Rng) {
    this.plan = plan;
    this.events = events;
    this.remaining = events.length === 0 ? 0 : remaining;
    this.rng = rng;
    this.nextAt = this.draw();
  }

  get isDue(): boolean {
    return this.isEventDue;
  }

  /** The queue has completed so many operations. */
  completed(count: number): void {
    if (count >= this.nextAt && this.remaining > 0) this.isEventDue = true;
  }

  /** The event that is due, for a ring that has `size` entries now. */
  take(size: number): LifecycleAction {
    assert(this.isEventDue, 'no event is due');
    this.isEventDue = false;
    this.remaining -= 1;
    this.from += this.plan.everyOperations;
    this.nextAt = this.draw();
    if (this.round.length === 0) this.round = [...this.events];
    const [event] = this.round.splice(this.rng.below(this.round.length), 1) as [LifecycleEvent];
    return { event, size: event === 'resize' ? this.otherSize(size) : size };
  }

  private draw(): number {
    return this.from + 1 + this.rng.below(this.plan.everyOperations);
  }

  /** Another than now, unless there is none. */
  private otherSize(size: number): number {
    const { sizes } = this.plan;
    const others = sizes.filter((other) => other !== size);
    const from = others.length > 0 ? others : sizes;
    return from[this.rng.below(from.length)] as number;
  }
}

/** The part of vCPU `vcpu`: what concerns the whole device is for the first one alone. Null: the plan has none. */
export function lifecycleSchedule(plan: JobPlan, vcpu: number, rng: Rng): LifecycleSchedule | null {
  const { lifecycle } = plan;
  if (lifecycle === null) return null;
  const ringEvents = lifecycle.events.filter((event) => event === 'ring_reset' || event === 'resize');
  const isShared = ringEvents.length > 0;
  const all = lifecycle.count ?? Infinity;
  const own = isShared ? share(all, plan, vcpu) : vcpu === 0 ? all : 0;
  return new LifecycleSchedule(lifecycle, vcpu === 0 ? lifecycle.events : ringEvents, own, rng);
}
