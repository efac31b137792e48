import { type ProtocolViolation, QueueBroken } from '../errors.js';

/** Whether one end of a ring can still be used: the first violation by the other side ends that for good. */
export class Breaker {
  private first: ProtocolViolation | null = null;

  get isTripped(): boolean {
    return this.first !== null;
  }

  /** Marks the end as broken; returns the violation, to be thrown. */
  trip(violation: ProtocolViolation): ProtocolViolation {
    this.first = violation;
    return violation;
  }

  /** Throws {@link QueueBroken} once tripped. */
  assertWhole(): void {
    if (this.first !== null) throw new QueueBroken(this.first);
  }
}
