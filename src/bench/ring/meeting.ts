import { SharedMemory } from '../../memory/shared-memory.js';

/** Where the threads wait for each other, so that none is measured while another is getting ready. */
export class Meeting {
  private readonly memory: SharedMemory;
  private readonly parties: number;
  private expected = 0;

  constructor(buffer: SharedArrayBuffer, parties: number) {
    this.memory = new SharedMemory(buffer);
    this.parties = parties;
  }

  static create(): SharedArrayBuffer {
    return SharedMemory.ofSize(8).buffer;
  }

  /** Returns when all are here. */
  wait(): void {
    this.expected += this.parties;
    this.memory.add32(0, 1);
    this.memory.notify32(0);
    for (;;) {
      const arrived = this.memory.load32Acquire(0);
      if (arrived >= this.expected) return;
      this.memory.wait32(0, arrived, Infinity);
    }
  }
}
