import { diagnose } from '../checkers/lost-notification.js';
import { LivenessError } from '../errors.js';
import { describeStall } from './describe-stall.js';
import type { Pair } from './pair.js';

const STALL_MS = 3000;
/** While a thread is awake it may only be waiting for a core: that is no stall for a while. */
const AWAKE_STALL_MS = 15_000;

const CODES = { 'lost kick': 'LOST_KICK', 'lost interrupt': 'LOST_INTERRUPT', stall: 'STALL' } as const;

/** Notices that a pair gets no further. */
export class StallWatch {
  readonly pair: Pair;
  #moved = -1;
  #sinceMs: number;

  constructor(pair: Pair, nowMs: number) {
    this.pair = pair;
    this.#sinceMs = nowMs;
  }

  /** The stall, when nothing has moved for too long; null otherwise. */
  check(nowMs: number): LivenessError | null {
    const { guest, host, isDone } = this.pair;
    const moved = guest.board.moved + host.board.moved;
    if (isDone || moved !== this.#moved) {
      this.#moved = moved;
      this.#sinceMs = nowMs;
      return null;
    }
    const isAsleep = guest.board.step === 'asleep' && host.board.step === 'asleep';
    if (nowMs - this.#sinceMs < (isAsleep ? STALL_MS : AWAKE_STALL_MS)) return null;
    const kind = diagnose({
      posted: guest.board.first,
      popped: host.board.first,
      used: host.board.second,
      returned: guest.board.second,
      isDriverAsleep: guest.board.step === 'asleep',
      isDeviceAsleep: host.board.step === 'asleep',
    });
    const seconds = Math.round((nowMs - this.#sinceMs) / 1000);
    const text = `${kind}: nothing moved for ${seconds} s\n${describeStall(this.pair)}`;
    return new LivenessError(CODES[kind], text, { round: guest.board.round, ring: guest.board.ring });
  }
}
