const SLOTS = 1024;
/** So often in a row can one word be read old: who polls it gets to see what is new. */
const USES_MAX = 6;

/**
 * What one thread last saw of each word, for reads that may be old. The value seen last is the only one offered:
 * an older one would go back in time, which no coherent memory does.
 */
export class StaleReads {
  readonly #tags: Float64Array = new Float64Array(SLOTS);
  readonly #values: Uint32Array = new Uint32Array(SLOTS);
  readonly #lives: Uint32Array = new Uint32Array(SLOTS);
  readonly #uses: Uint8Array = new Uint8Array(SLOTS);
  /** What was seen in an earlier life is forgotten. */
  #life = 1;

  /** What was seen at these bytes, or -1. */
  find(address: number, width: number): number {
    const slot = slotOf(address);
    if (this.#lives[slot] !== this.#life || this.#tags[slot] !== tagOf(address, width)) return -1;
    if ((this.#uses[slot] as number) >= USES_MAX) return -1;
    this.#uses[slot] = (this.#uses[slot] as number) + 1;
    return this.#values[slot] as number;
  }

  saw(address: number, width: number, value: number): void {
    const slot = slotOf(address);
    this.#lives[slot] = this.#life;
    this.#tags[slot] = tagOf(address, width);
    this.#values[slot] = value;
    this.#uses[slot] = 0;
  }

  /** The thread wrote there: it never reads anything older than that. */
  forget(address: number): void {
    this.#lives[slotOf(address)] = 0;
  }

  /** An acquire or a fence: from here on nothing is old. */
  forgetAll(): void {
    this.#life += 1;
  }
}

/** All accesses to one 32-bit word share a slot, of whatever width: an aligned one never lies in two. */
function slotOf(address: number): number {
  return (address >>> 2) & (SLOTS - 1);
}

function tagOf(address: number, width: number): number {
  return address * 8 + width;
}
