import { PackedFlag } from './packed-layout.js';

// An imported name is read from its module at every use; a constant of this module becomes part of the machine code.
const { avail: AVAIL, used: USED } = PackedFlag;

/**
 * A place in a packed ring: a slot, and the wrap counter of the lap that is being made (virtio 1.4, 2.8.1). The size
 * need not be a power of two, so slots wrap by comparison and never by a mask.
 *
 *     lap with wrap 1                     lap with wrap 0
 *     | 0 | 1 | ... | N-1 |  counter flips  | 0 | 1 | ... | N-1 |  flips back
 *
 * The flags of a descriptor say what happened in which lap: made available, AVAIL = wrap and USED = !wrap; used,
 * AVAIL = USED = wrap. `AVAIL != USED` alone would take a stale lap for a new one (2.8.1).
 */
export class RingPosition {
  slot: number;
  wrap: 0 | 1;
  private readonly size: number;

  constructor(size: number, slot: number, wrap: 0 | 1) {
    this.size = size;
    this.slot = slot;
    this.wrap = wrap;
  }

  copy(): RingPosition {
    return new RingPosition(this.size, this.slot, this.wrap);
  }

  /** Moves on by `slots`, at most one lap; the counter flips on the way from the last slot to the first. */
  advance(slots: number): void {
    this.slot += slots;
    if (this.slot < this.size) return;
    this.slot -= this.size;
    this.wrap = this.wrap === 1 ? 0 : 1;
  }

  /** AVAIL and USED of a descriptor that is made available here. */
  get availFlags(): number {
    return this.wrap === 1 ? AVAIL : USED;
  }

  /** AVAIL and USED of a descriptor that is used here. */
  get usedFlags(): number {
    return this.wrap === 1 ? AVAIL | USED : 0;
  }

  isAvailable(flags: number): boolean {
    return (flags & (AVAIL | USED)) === this.availFlags;
  }

  isUsed(flags: number): boolean {
    return (flags & (AVAIL | USED)) === this.usedFlags;
  }

  /** As it stands in an event suppression structure: slot in bits 0 to 14, wrap counter in bit 15. */
  get offWrap(): number {
    return this.slot | (this.wrap << 15);
  }

  /**
   * Whether the event at `offWrap` lies among the `moved` slots behind this position. Slot and wrap counter together
   * are good for two laps, so the event was 1 to 2N slots ago.
   *
   *     |   lap before   |       lap        |
   *     | ... x ........ | ...... here .... |    x: other lap, so `size` further back than its slot says
   *
   * Never equality: the slot that is waited for may be in the middle of a chain or of a batch.
   */
  hasPassed(offWrap: number, moved: number): boolean {
    const sameLap = offWrap >>> 15 === this.wrap;
    const ago = this.slot - (offWrap & 0x7fff) + (sameLap ? 0 : this.size);
    return (ago > 0 ? ago : ago + 2 * this.size) <= moved;
  }
}

/** Where free-running index `startIndex` is in a ring of `size`: laps are counted from one with wrap counter 1. */
export function positionAt(size: number, startIndex: number): RingPosition {
  const isOddLap = Math.floor(startIndex / size) % 2 === 1;
  return new RingPosition(size, startIndex % size, isOddLap ? 0 : 1);
}
