import type { MemoryPort } from '../memory/port.js';
import { SharedMemory } from '../memory/shared-memory.js';

/** A snapshot serves for so many looks: who polls a word gets to see what is new. */
const LOOKS_MAX = 48;

/**
 * Loads that were carried out early, as a processor may do with those that nothing orders: all of memory as it was at
 * some moment since the thread's last acquire or fence. A word is never read old once the thread has written it, or has
 * seen it newer: no coherent memory goes back in time.
 */
export class EarlyReads {
  isActive = false;
  private readonly memory: MemoryPort;
  private readonly snapshot: SharedMemory;
  private readonly bytes: Uint8Array;
  /** By 32-bit word: the snapshot, by its number, in which it is too old to be read. */
  private readonly outdated: Uint32Array;
  private number = 0;
  private looksLeft = 0;

  constructor(memory: MemoryPort) {
    const { sizeBytes } = memory;
    this.memory = memory;
    this.snapshot = SharedMemory.ofSize(sizeBytes);
    this.bytes = this.snapshot.bytes(0, sizeBytes);
    this.outdated = new Uint32Array(sizeBytes / 4);
  }

  /** All loads from here on may have been carried out now. */
  take(): void {
    this.number += 1;
    this.looksLeft = LOOKS_MAX;
    this.isActive = true;
    this.memory.copyOut(0, this.bytes, 0, this.bytes.length);
  }

  /** What was at these bytes, or -1 where that would be too old. */
  find(address: number, width: number): number {
    this.looksLeft -= 1;
    if (this.looksLeft === 0) this.isActive = false;
    if (this.outdated[address >>> 2] === this.number) return -1;
    if (width === 4) return this.snapshot.load32(address);
    return width === 2 ? this.snapshot.load16(address) : this.snapshot.load8(address);
  }

  /** The thread has written there, or has seen what is there now. */
  outdate(address: number): void {
    this.outdated[address >>> 2] = this.number;
  }

  /** An acquire or a fence: loads behind it are carried out behind it. */
  drop(): void {
    this.isActive = false;
  }
}
