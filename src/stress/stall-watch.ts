import { diagnose, whereBuffersWait } from '../checkers/lost-notification.js';
import { LivenessError } from '../errors.js';
import { isAsleepForGood } from './asleep-for-good.js';
import { describeStall } from './describe-stall.js';
import type { Pair } from './pair.js';
import { standingOf } from './standing.js';

/** Looks, not time: a process that was stopped as a whole has had none. */
const LOOKS_PER_S = 10;
const STALL_LOOKS = 3 * LOOKS_PER_S;
/** While a thread is awake it may only be waiting for a core: that is no stall for a while. */
const AWAKE_STALL_LOOKS = 15 * LOOKS_PER_S;

/** Looks without any movement until that is a stall. */
export interface StallPatience {
  /** Both sides sleep, and no bell has been rung since. */
  readonly asleepForGood: number;
  /** Both sides sleep, or one of them waits at the end of the round for the other, which sleeps. */
  readonly asleep: number;
  readonly awake: number;
}

const PATIENT: StallPatience = { asleepForGood: STALL_LOOKS, asleep: STALL_LOOKS, awake: AWAKE_STALL_LOOKS };

/** From one look to the next. */
export const LOOK_MS: number = 1000 / LOOKS_PER_S;

const CODES = { 'lost kick': 'LOST_KICK', 'lost interrupt': 'LOST_INTERRUPT', stall: 'STALL' } as const;

/** Notices that a pair gets no further. */
export class StallWatch {
  readonly pair: Pair;
  private readonly patience: StallPatience;
  private moved = -1;
  private quietLooks = 0;

  constructor(pair: Pair, patience: StallPatience = PATIENT) {
    this.pair = pair;
    this.patience = patience;
  }

  /** The stall, when nothing has moved for too long; null otherwise. */
  check(): LivenessError | null {
    const { guest, host, isDone } = this.pair;
    const moved = guest.board.moved + host.board.moved;
    if (isDone || moved !== this.moved) {
      this.moved = moved;
      this.quietLooks = 0;
      return null;
    }
    this.quietLooks += 1;
    if (this.quietLooks < this.looksNeeded()) return null;
    const stopped = standingOf(this.pair);
    const kind = diagnose(stopped);
    const answers = whereBuffersWait(stopped).map((line) => `  ${line}`);
    const seconds = Math.round(this.quietLooks / LOOKS_PER_S);
    const text = [`${kind}: nothing moved for ${seconds} s`, ...answers, describeStall(this.pair)].join('\n');
    return new LivenessError(CODES[kind], text, { round: guest.board.round, ring: guest.board.ring });
  }

  private looksNeeded(): number {
    const { guest, host } = this.pair;
    const { asleepForGood, asleep, awake } = this.patience;
    const steps = [guest.board.step, host.board.step];
    // Who is done with the round waits for the other, and is no more awake than one that sleeps.
    const isQuiet = steps.every((step) => step === 'asleep' || step === 'waiting at the start');
    if (!isQuiet || !steps.includes('asleep')) return awake;
    return isAsleepForGood(this.pair) ? asleepForGood : asleep;
  }
}
