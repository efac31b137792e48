import { crosses } from './reference-queue.js';
import { holds, same } from './same.js';

/** What a side says in shared memory: notify me of everything, of nothing, or of one position. */
export type Wish = 'every' | 'none' | 'event';

/** What wishes a layout has words for. */
export interface WishRules {
  /** The first wish, before anything was said. */
  readonly first: Wish;
  /** How a side asks for notifications. */
  readonly armed: Wish;
  /** How it asks for none: a split ring with EVENT_IDX has no word for that, and leaves the event behind. */
  readonly silent: Wish;
  /** After how many positions an event means the same again. */
  readonly eventPeriod: number;
}

/**
 * One direction of notifications: what one side wishes and what the other must therefore decide. Positions do not wrap.
 *
 * Two rules, kept apart on purpose. *Exact*: a notification is sent if and only if there is something new and the wish
 * is for everything, or for an event among the positions since the last decision. *Promise*: a side that was told
 * "nothing there, you may sleep" is notified of the next buffer, whatever the mechanism is.
 */
export class NotificationModel {
  wish: Wish;
  /** Notifications are not wanted, whether or not that can be said. */
  off = false;
  /** The position that the event word stands for. */
  event: number;
  /** The first position that was promised a notification; null when none was. */
  promised: number | null;
  sent = 0;
  suppressed = 0;
  private decided: number;
  private readonly rules: WishRules;

  constructor(startIndex: number, rules: WishRules) {
    this.wish = rules.first;
    this.event = startIndex;
    this.promised = startIndex;
    this.decided = startIndex;
    this.rules = rules;
  }

  arm(event: number, maySleep: boolean): void {
    this.off = false;
    this.wish = this.rules.armed;
    if (this.wish === 'event') this.event = event;
    this.promised = maySleep ? event : null;
  }

  disarm(): void {
    this.off = true;
    this.wish = this.rules.silent;
    this.promised = null;
  }

  /** Nothing is there and notifications are on: whoever sleeps now, with `next` to come, relies on being woken. */
  rely(next: number): void {
    if (!this.off) this.promised = this.wish === 'event' ? this.event : next;
  }

  /**
   * Checks the decision that was taken when positions up to `published - 1` were there, of which the sleeper had taken
   * those before `taken` without being asked to.
   */
  decide(decision: boolean, published: number, taken: number): void {
    const fresh = published > this.decided;
    const hit = crosses(this.event, this.decided, published, this.rules.eventPeriod);
    const wanted = this.wish === 'event' ? hit : this.wish === 'every';
    same(decision, fresh && wanted, 'the decision to notify');
    if (this.promised !== null && published > Math.max(this.promised, taken)) {
      holds(decision, `a notification was promised for position ${this.promised}`);
    }
    this.decided = published;
    if (decision) this.promised = null;
    if (decision) this.sent += 1;
    else if (fresh) this.suppressed += 1;
  }
}
