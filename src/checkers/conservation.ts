import { ProtocolViolation } from '../errors.js';

const FREE = 0;
const POSTED = 1;

/**
 * Whether each buffer comes back exactly once: not twice, not one that was never posted, and none is missing at the
 * end. Tokens are small integers that the owner uses again once they are back.
 */
export class Conservation {
  outstandingCount = 0;
  private readonly states: Uint8Array;

  constructor(tokenCount: number) {
    this.states = new Uint8Array(tokenCount);
  }

  posted(token: number): void {
    this.states[token] = POSTED;
    this.outstandingCount += 1;
  }

  returned(token: number): ProtocolViolation | null {
    if (this.states[token] !== POSTED) {
      return new ProtocolViolation('TOKEN_NOT_POSTED', 'a buffer came back that is not outstanding', {
        section: '2.7.8',
        expected: 'a token that was posted and has not come back',
        actual: token,
      });
    }
    this.states[token] = FREE;
    this.outstandingCount -= 1;
    return null;
  }

  /** At the end of a ring's life. */
  ended(): ProtocolViolation | null {
    if (this.outstandingCount === 0) return null;
    return new ProtocolViolation('TOKEN_LOST', 'buffers never came back', {
      section: '2.7.8',
      expected: 0,
      actual: this.outstandingCount,
    });
  }
}
