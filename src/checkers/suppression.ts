import { ProtocolViolation } from '../errors.js';
import { Fifo } from './fifo.js';

/** Between the end of a store on one thread and the moment when the other is sure to read it: plenty. */
const VISIBLE_WITHIN_NS = 5000;

/** A decision not to notify, about the entries from `from` up to `count`. It fell between the two times. */
export interface Suppressed {
  readonly fromNs: number;
  readonly toNs: number;
  readonly from: number;
  readonly count: number;
}

/** For so long it was certain that the other side wished to be told of entry `position`. */
interface Wish {
  readonly position: number;
  readonly sinceNs: number;
  untilNs: number;
}

export interface SuppressionSetup {
  readonly what: 'kick' | 'interrupt';
  readonly section: string;
  readonly eventIdx: boolean;
  /** How far the clocks of the two threads may be apart. */
  readonly clockErrorNs: number;
}

/**
 * Whether notifications were rightly left out. What the other side wished at the moment of a decision nobody can know
 * while both move; but where it had asked to be told, and did nothing about it from before the decision began until
 * after it had fallen, the answer is certain: without EVENT_IDX nothing may be left out then, with EVENT_IDX nothing
 * that contains the entry it had asked for (`vring_need_event`, in counts that never wrap).
 */
export class Suppression {
  /** Decisions of which it is certain what the other side wished. */
  judgedCount = 0;
  private readonly setup: SuppressionSetup;
  private readonly marginNs: number;
  /** In order, and one after the other. */
  private readonly wishes: Fifo<Wish> = new Fifo();
  private readonly undecided: Fifo<Suppressed> = new Fifo();
  /** When the other side did something last, so far as is known here. */
  private peerNs = -Infinity;

  constructor(setup: SuppressionSetup) {
    this.setup = setup;
    this.marginNs = setup.clockErrorNs + VISIBLE_WITHIN_NS;
  }

  /** The other side did something that leaves its wish as it is. */
  peerActed(timeNs: number): void {
    this.peerNs = timeNs;
  }

  /** It has asked to be told of entry `position`; null: from `startedNs` on nobody knows what it wishes. */
  peerWished(timeNs: number, position: number | null, startedNs: number = this.peerNs): void {
    const { last } = this.wishes;
    if (last !== undefined) last.untilNs = Math.min(last.untilNs, startedNs);
    this.peerNs = timeNs;
    if (position !== null) this.wishes.push({ position, sinceNs: timeNs, untilNs: Infinity });
  }

  suppressed(decision: Suppressed): void {
    this.undecided.push(decision);
  }

  /** The side that decides did something: from now on its decisions begin later than that. */
  acted(timeNs: number): void {
    this.forgetBefore(this.undecided.first?.fromNs ?? timeNs);
  }

  /** Judges what can be judged by now. `isOver`: the other side does nothing any more. */
  judge(isOver = false): ProtocolViolation | null {
    const horizonNs = isOver ? Infinity : this.peerNs - this.marginNs;
    for (let next = this.undecided.first; next !== undefined; next = this.undecided.first) {
      if (next.toNs >= horizonNs) return null;
      this.undecided.drop();
      this.forgetBefore(next.fromNs);
      const wrong = this.judgeOne(next);
      if (wrong !== null) return wrong;
    }
    return null;
  }

  private forgetBefore(timeNs: number): void {
    while ((this.wishes.first?.untilNs ?? Infinity) <= timeNs) this.wishes.drop();
  }

  private judgeOne({ fromNs, toNs, from, count }: Suppressed): ProtocolViolation | null {
    const margin = this.marginNs;
    const wish = this.wishes.first;
    if (wish === undefined || wish.sinceNs + margin >= fromNs || toNs + margin >= wish.untilNs) return null;
    this.judgedCount += 1;
    const { what, section, eventIdx } = this.setup;
    const { position } = wish;
    if (eventIdx && !(from <= position && position < count)) return null;
    const asked = eventIdx ? `entry ${position}` : 'every entry';
    const sinceUs = Math.round((fromNs - wish.sinceNs) / 1000);
    return new ProtocolViolation(
      what === 'kick' ? 'KICK_SUPPRESSED' : 'INTERRUPT_SUPPRESSED',
      `the other side had asked for ${asked} ${sinceUs} us before, and was not told of ${from} to ${count - 1}`,
      { section, expected: `one ${what}`, actual: 'none' },
    );
  }
}
