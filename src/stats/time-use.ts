import { nowNs } from '../clock.js';
import type { SharedNumbers } from '../memory/shared-numbers.js';

/** One turn in so many is measured, on average. */
const TURNS_PER_SAMPLE = 64;

/**
 * What a thread spends its time on, from some of its turns: reading the clock at every step of each would cost more
 * than many of the steps. The measured turns are measured whole, waiting included, and which they are has nothing to do
 * with what is in them, so that their shares are those of all.
 */
export class TimeUse {
  private readonly counters: SharedNumbers | null;
  private turnsLeft = 1;
  private distance = 0;
  private isMeasured = false;
  private sinceNs = 0;

  /** Null: nobody wants to know. */
  constructor(counters: SharedNumbers | null) {
    this.counters = counters;
  }

  /** A turn begins. */
  begin(): void {
    this.turnsLeft -= 1;
    this.isMeasured = this.turnsLeft === 0 && this.counters !== null;
    if (this.turnsLeft > 0) return;
    // Steps of the golden ratio, so that no rhythm of the turns is met again and again.
    this.distance = (this.distance + 0.618_033_988_75) % 1;
    this.turnsLeft = 1 + Math.floor(this.distance * (2 * TURNS_PER_SAMPLE - 1));
    if (this.isMeasured) this.sinceNs = nowNs();
  }

  /** What was done since the last call, or since the turn began, was this: the number of a counter of nanoseconds. */
  spent(counter: number): void {
    if (!this.isMeasured) return;
    const now = nowNs();
    this.counters?.add(counter, now - this.sinceNs);
    this.sinceNs = now;
  }
}
