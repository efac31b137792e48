import type { Doorbell } from '../memory/doorbell.js';
import { Rng } from '../rng.js';
import type { Notifier } from '../virtqueue/queue.js';
import type { NotificationFaults } from './round-plan.js';

const LATE_TURNS_MAX = 24;

/**
 * Rings the other side's bell, and does to notifications what may be done to them: one comes late and together with
 * those that follow it, or comes for nothing. None is ever lost.
 */
export class FaultyNotifier implements Notifier {
  sentCount = 0;
  lateCount = 0;
  private readonly bell: Doorbell;
  private readonly faults: NotificationFaults;
  private readonly rng: Rng;
  /** No more faults: what is on its way must arrive. */
  private isCalm = false;
  /** Turns until the held notification goes; 0: none is held. */
  private turnsLeft = 0;

  constructor(bell: Doorbell, faults: NotificationFaults, seed: number) {
    this.bell = bell;
    this.faults = faults;
    this.rng = new Rng(seed);
  }

  notify(): void {
    this.sentCount += 1;
    if (this.turnsLeft > 0) {
      this.lateCount += 1;
      return;
    }
    if (!this.isCalm && this.faults.late > 0 && this.rng.chance(this.faults.late / 256)) {
      this.lateCount += 1;
      this.turnsLeft = 1 + this.rng.below(LATE_TURNS_MAX);
      return;
    }
    this.bell.ring();
  }

  /** A turn of this side is over. */
  turn(): void {
    if (this.turnsLeft > 0) {
      this.turnsLeft -= 1;
      if (this.turnsLeft === 0) this.bell.ring();
    }
    const { spurious } = this.faults;
    if (spurious > 0 && !this.isCalm && this.rng.chance(spurious / 256)) this.bell.ring();
  }

  /** What is held goes now: this side is about to sleep, or is done. */
  flush(): void {
    if (this.turnsLeft === 0) return;
    this.turnsLeft = 0;
    this.bell.ring();
  }

  setCalm(isCalm: boolean): void {
    this.isCalm = isCalm;
  }
}
