import { LivenessError } from '../../../src/errors.js';
import type { WaitResult } from '../../../src/memory/port.js';
import { SharedMemory } from '../../../src/memory/shared-memory.js';

/** More turns than any test needs before the word changes that somebody waits for. */
const TURNS_MAX = 100_000;

/** More sleeps than any test needs: a loop that goes on for ever becomes an error. */
const SLEEPS_MAX = 1_000_000;

/**
 * Memory for two sides that take turns on one thread: whoever sleeps lets the other side work until the word has
 * changed. A sleep that nothing would ever end throws, so a lost wakeup is found at once and every time.
 */
export class CooperativeMemory extends SharedMemory {
  /** Times that somebody really had to sleep. */
  sleeps = 0;
  private otherSide: () => boolean = () => false;

  /** One turn of the other side; false when it had nothing to do. */
  whenAsleep(turn: () => boolean): void {
    this.otherSide = turn;
  }

  override wait32(address: number, expected: number, timeoutMs: number): WaitResult {
    if (this.load32Acquire(address) !== expected >>> 0) return 'not-equal';
    this.sleeps += 1;
    if (this.sleeps > SLEEPS_MAX) throw new LivenessError('RESTLESS', `${SLEEPS_MAX} sleeps`, { address });
    for (let turn = 0; turn < TURNS_MAX; turn++) {
      const worked = this.otherSide();
      if (this.load32Acquire(address) !== expected >>> 0) return 'ok';
      if (worked) continue;
      if (timeoutMs !== Infinity) return 'timed-out';
      throw new LivenessError('ASLEEP', 'one side sleeps, and the other has nothing to do', { address });
    }
    throw new LivenessError('BUSY', `${TURNS_MAX} turns, and the sleeper was not woken`, { address });
  }
}
