const SHORTEST_STEPS = 8;
/** Some 2.6 us: a ring of 256 lasts for 3.1 us where the driver takes 12 ns a buffer. */
const LONGEST_STEPS = 384;
const STEPS_PER_TURN = 8;
const REHEARSALS = 64;

/**
 * How long a side that polls looks away before it looks again. Each look at a word that the other side is about to
 * write takes the cache line from it, and who looks all the time gets its buffers one by one, each at the price of two
 * such transfers. Who looks away for a moment finds several at once.
 *
 * The moment doubles when it brought several, and halves when it brought one: a stream of buffers is fetched in bursts,
 * and a single buffer that is waited for is not kept waiting. It is not longer than a few buffers of the last burst
 * take, and than a ring of common size lasts, so that neither runs dry for the other side.
 */
export class Pause {
  /** How long the last one was. */
  steps = 0;
  /** Turns with work since the last one without. */
  private burst = 0;
  /** What the steps come to; nobody reads it, but the engine cannot know. */
  private result = 0.5;

  /**
   * Looks away a few times after bursts of all kinds. Compiled code of the loop around it holds only what was done
   * before: the first idle turn, which may come late in a run, would throw all of that code away.
   */
  rehearse(): void {
    for (let i = 0; i < REHEARSALS; i++) {
      this.burst = i % 4;
      this.lookAway();
    }
    this.steps = 0;
  }

  /** A turn found work. */
  worked(): void {
    this.burst += 1;
  }

  /** Whether a turn found work since the last look away. */
  get hasWorked(): boolean {
    return this.burst > 0;
  }

  /** A turn found none: looks away, for as long as it has paid lately. */
  lookAway(): void {
    const burst = this.burst;
    if (burst === 1) this.steps = this.steps > SHORTEST_STEPS ? this.steps >> 1 : 0;
    if (burst > 1) {
      const most = Math.min(LONGEST_STEPS, STEPS_PER_TURN * burst);
      this.steps = Math.min(most, Math.max(SHORTEST_STEPS, this.steps * 2));
    }
    this.burst = 0;
    // JavaScript has no pause instruction. A chain of square roots keeps hardly more than one unit of the core busy,
    // which matters where two threads share one.
    let value = this.result;
    for (let i = 0; i < this.steps; i++) value = Math.sqrt(value + 1);
    this.result = value;
  }
}
