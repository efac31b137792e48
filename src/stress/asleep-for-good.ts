import { SharedMemory } from '../memory/shared-memory.js';
import type { Board } from './board.js';
import { BellAt } from './stress-rig.js';

/** What is looked at of a pair: its boards, and its memory with the bells. */
interface Sleepers {
  readonly guest: { readonly board: Board };
  readonly host: { readonly board: Board };
  readonly memory: SharedArrayBuffer;
}

/**
 * Whether nothing but each other can wake the two sides of a pair, and neither has: both sleep, with bells that say
 * what they said when each of them decided to. No time has to pass for that to be sure.
 */
export function isAsleepForGood({ guest, host, memory }: Sleepers): boolean {
  const words = new SharedMemory(memory);
  const before = [guest.board, host.board].map(({ step, sleeps }) => (step === 'asleep' ? sleeps : -1));
  const isUnrung =
    guest.board.bell === words.load32Acquire(BellAt.interrupt) &&
    host.board.bell === words.load32Acquire(BellAt.kick);
  // They were the same two sleeps all the while, so there was a moment at which all of that held.
  const isStill = [guest.board, host.board].every(
    ({ step, sleeps }, side) => step === 'asleep' && sleeps === before[side],
  );
  return isUnrung && isStill;
}
