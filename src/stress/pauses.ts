import { SharedMemory } from '../memory/shared-memory.js';

const LONGEST_SHIFT = 11;
/** Of so many pauses, one gives the core away. */
const SPINS_PER_YIELD = 512;
const YIELD_MS = 0.02;

/** Moments in which a thread does nothing, from a few nanoseconds to a few microseconds, and sometimes a lost core. */
export class Pauses {
  /** Nobody else knows this word: a wait for it ends by its timeout. */
  private readonly own: SharedMemory = SharedMemory.ofSize(8);
  private untilYield = SPINS_PER_YIELD;
  private result = 0.5;

  /** For a number of steps that `bits` choose: short pauses are as likely as long ones. */
  pause(bits: number): void {
    this.untilYield -= 1;
    if (this.untilYield === 0) {
      this.untilYield = SPINS_PER_YIELD;
      this.yield();
      return;
    }
    this.spin(1 << (bits % LONGEST_SHIFT));
  }

  spin(steps: number): void {
    let value = this.result;
    for (let i = 0; i < steps; i++) value = Math.sqrt(value + 1);
    this.result = value;
  }

  /** Lets another thread have the core. */
  yield(): void {
    this.own.wait32(0, 0, YIELD_MS);
  }
}
