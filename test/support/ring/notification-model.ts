import { crosses } from './reference-queue.js';
import { holds, same } from './same.js';

/**
 * One direction of notifications: what one side wishes and what the other must therefore decide. Positions do not wrap.
 *
 * Two rules, kept apart on purpose. *Exact*: with EVENT_IDX a notification is sent if and only if the armed entry is
 * among those since the last decision, without it if and only if the flag is 0 and there is something new. *Promise*:
 * a side that was told "nothing there, you may sleep" is notified of the next entry, whatever the mechanism is.
 */
export class NotificationModel {
  /** The wish not to be notified; it counts without EVENT_IDX only. */
  off = false;
  /** The entry that the event word stands for. */
  event: number;
  /** The first entry that was promised a notification; null when none was. */
  promised: number | null;
  sent = 0;
  suppressed = 0;
  #decided: number;
  readonly #eventIdx: boolean;

  constructor(startIndex: number, eventIdx: boolean) {
    this.event = startIndex;
    this.promised = startIndex;
    this.#decided = startIndex;
    this.#eventIdx = eventIdx;
  }

  arm(event: number, maySleep: boolean): void {
    this.off = false;
    if (this.#eventIdx) this.event = event;
    this.promised = maySleep ? event : null;
  }

  disarm(): void {
    this.off = true;
    this.promised = null;
  }

  /**
   * Checks the decision that was taken when entries up to `published - 1` were there, of which the sleeper had taken
   * those before `taken` without being asked to.
   */
  decide(decision: boolean, published: number, taken: number): void {
    const fresh = published - this.#decided;
    const wish = this.#eventIdx ? crosses(this.event, this.#decided, published) : !this.off;
    same(decision, fresh > 0 && wish, 'the decision to notify');
    if (this.promised !== null && published > Math.max(this.promised, taken)) {
      holds(decision, `a notification was promised for entry ${this.promised}`);
    }
    this.#decided = published;
    if (decision) this.promised = null;
    if (decision) this.sent += 1;
    else if (fresh > 0) this.suppressed += 1;
  }
}
