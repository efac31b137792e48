/**
 * With IN_ORDER, buffers go back in the order they came (virtio 1.4, 2.7.9), in whatever order they were
 * executed: those that are done too early are held back here.
 */
export class ReturnOrder {
  private readonly window: number;
  /** Slots in the order of their pops, as a ring. */
  private readonly popped: Uint16Array;
  private readonly isDone: Uint8Array;
  private first = 0;
  private count = 0;

  constructor(window: number) {
    this.window = window;
    this.popped = new Uint16Array(window);
    this.isDone = new Uint8Array(window);
  }

  add(slot: number): void {
    this.popped[(this.first + this.count) % this.window] = slot;
    this.isDone[slot] = 0;
    this.count += 1;
  }

  markDone(slot: number): void {
    this.isDone[slot] = 1;
  }

  /** The oldest, when it is done; -1 when it is not, or there is none. */
  takeReturnable(): number {
    if (this.count === 0) return -1;
    const slot = this.popped[this.first] as number;
    if (this.isDone[slot] === 0) return -1;
    this.first = (this.first + 1) % this.window;
    this.count -= 1;
    return slot;
  }

  clear(): void {
    this.first = 0;
    this.count = 0;
  }
}
