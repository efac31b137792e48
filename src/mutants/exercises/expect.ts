import { InvariantError, ProtocolViolation } from '../../errors.js';
import { DescFlag } from '../../virtqueue/split-layout.js';

/** The steps must be refused as a violation of the protocol by the other side. */
export function mustRefuse(what: string, steps: () => void): void {
  try {
    steps();
  } catch (error) {
    if (error instanceof ProtocolViolation) return;
    throw error;
  }
  throw new InvariantError(`accepted: ${what}`);
}

/** Flags of a split descriptor and where its chain goes on, as they share a word. */
export function linked(flags: number, next: number): number {
  return ((next << 16) | flags | DescFlag.next) >>> 0;
}
