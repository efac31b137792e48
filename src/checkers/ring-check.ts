import type { VringError } from '../errors.js';
import type { RingEvent } from '../events/ring-event.js';
import { LifeCheck, type LifeCheckSetup, type RingSide } from './life-check.js';
import { Wakeups } from './wakeups.js';

/** What was checked so far. */
export interface CheckCounts {
  events: number;
  /** Rings that the queue had, one after the other. */
  lives: number;
  /** Decisions not to notify of which it was certain what the other side wished at that time. */
  suppressionsJudged: number;
  /** Sleeps that ended without anything to do. */
  spuriousWakeups: number;
}

/** One side of a queue, as far as its events were read. */
interface Stream {
  /** -1: none has begun. */
  life: number;
  readonly wakeups: Wakeups;
}

/**
 * All that both sides of one queue do, checked while they do it: each ring that the queue has is a life of its own,
 * and later ones have higher numbers.
 * After the first thing that is wrong nothing more is said of that queue, as all else may follow from it.
 */
export class RingCheck {
  readonly counts: CheckCounts = { events: 0, lives: 0, suppressionsJudged: 0, spuriousWakeups: 0 };
  wrong: VringError | null = null;
  private readonly setup: LifeCheckSetup;
  private readonly lives: Map<number, LifeCheck> = new Map();
  private readonly streams: Readonly<Record<RingSide, Stream>> = {
    driver: { life: -1, wakeups: new Wakeups() },
    device: { life: -1, wakeups: new Wakeups() },
  };

  constructor(setup: LifeCheckSetup) {
    this.setup = setup;
  }

  /** The next event of a side, in the order in which that side recorded them. */
  add(side: RingSide, event: RingEvent): void {
    this.counts.events += 1;
    if (this.wrong !== null) return;
    const stream = this.streams[side];
    noteWakeup(stream.wakeups, event);
    if (event.kind === 'lifeBegan') this.begin(side, event);
    else this.found(this.lives.get(stream.life)?.add(side, event) ?? null);
  }

  /** All threads have ended, and all they recorded was added. `isWhole`: they ended in good order. */
  end(isWhole: boolean): void {
    for (const [life, check] of this.lives) this.close(life, check, isWhole);
    const { driver, device } = this.streams;
    this.counts.spuriousWakeups = driver.wakeups.spuriousCount + device.wakeups.spuriousCount;
  }

  private begin(side: RingSide, began: RingEvent<'lifeBegan'>): void {
    this.streams[side].life = began.life;
    if (!this.lives.has(began.life)) {
      this.lives.set(began.life, new LifeCheck(began, this.setup));
      this.counts.lives += 1;
    }
    const { driver, device } = this.streams;
    for (const [life, check] of this.lives) {
      if (life < driver.life && life < device.life) this.close(life, check, true);
    }
  }

  private close(life: number, check: LifeCheck, isWhole: boolean): void {
    this.lives.delete(life);
    this.found(check.ended(isWhole));
    this.counts.suppressionsJudged += check.kicks.judgedCount + check.interrupts.judgedCount;
  }

  private found(wrong: VringError | null): void {
    this.wrong ??= wrong;
  }
}

function noteWakeup(wakeups: Wakeups, { kind }: RingEvent): void {
  if (kind === 'woke') wakeups.woke();
  else if (kind === 'popped' || kind === 'reaped') wakeups.turned(true);
  else if (kind === 'slept') wakeups.turned(false);
}
