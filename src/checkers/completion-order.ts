import { ProtocolViolation } from '../errors.js';

/** Whether buffers come back in the order they were posted, which IN_ORDER promises and nobody else. */
export class CompletionOrder {
  /** Of those that came back, how many were not the oldest. */
  outOfOrderCount = 0;
  private readonly isPromised: boolean;
  private next = 0;

  constructor(isPromised: boolean) {
    this.isPromised = isPromised;
  }

  /** The buffer that was posted as number `number`, counted from 0, is back. */
  returned(number: number): ProtocolViolation | null {
    const expected = this.next;
    this.next += 1;
    if (number === expected) return null;
    this.outOfOrderCount += 1;
    if (!this.isPromised) return null;
    return new ProtocolViolation('ORDER', 'IN_ORDER was negotiated, and a buffer came back out of order', {
      section: '2.7.9',
      expected,
      actual: number,
    });
  }
}
