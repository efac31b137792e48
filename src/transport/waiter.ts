import { nowNs } from '../clock.js';
import type { Bell } from '../memory/doorbell.js';
import { Pause } from './pause.js';

/** How to wait for the other side: never sleep, sleep at once, or spin for `spinNs` first. */
export interface WaitPolicy {
  readonly policy: 'poll' | 'block' | 'adaptive';
  readonly spinNs: number;
}

/** What a waiting thread asks of its end of a ring. */
export interface Armable {
  /** Asks to be notified. False: there is work already, and no notification may come for it. */
  arm(): boolean;
  disarm(): void;
}

/** Waits on a doorbell according to a policy. One per thread. */
export class Waiter {
  private readonly bell: Bell;
  /** Whether to sleep at all, and for how long to spin before. */
  private readonly sleeps: boolean;
  private readonly spinNs: number;
  private readonly pause: Pause = new Pause();
  private idleSinceNs = 0;

  constructor(bell: Bell, policy: WaitPolicy) {
    this.bell = bell;
    // Words that came from another thread are no longer the same string, only an equal one: not to be compared often.
    this.sleeps = policy.policy !== 'poll';
    this.spinNs = policy.policy === 'adaptive' ? policy.spinNs : 0;
    if (!this.sleeps || this.spinNs > 0) this.pause.rehearse();
  }

  /** To be called after a turn that found work: the next idle turn starts to spin anew. */
  busy(): void {
    this.pause.worked();
  }

  /**
   * To be called after a turn that found nothing. Returns at once while there is spinning to do; otherwise sleeps
   * until the bell rings, or for `timeoutMs`. A sleep without a timeout ends only by the bell: a notification that
   * was lost must show as a stall, and not pass as a slow request.
   *
   * True when there was a sleep, and the bell ended it.
   */
  idle(ring: Armable, timeoutMs: number = Infinity): boolean {
    if (!this.sleeps || this.isSpinning()) {
      this.pause.lookAway();
      return false;
    }
    // Sequence first, then arm and re-check, then wait on that sequence: see Doorbell.
    const sequence = this.bell.sequence();
    const isWoken = ring.arm() && this.bell.wait(sequence, timeoutMs) !== 'timed-out';
    ring.disarm();
    return isWoken;
  }

  private isSpinning(): boolean {
    if (this.spinNs === 0) return false;
    const now = nowNs();
    if (this.idleSinceNs === 0 || this.pause.hasWorked) this.idleSinceNs = now;
    return now - this.idleSinceNs < this.spinNs;
  }
}
