import { SharedMemory } from '../memory/shared-memory.js';

const Word = { stop: 0, turn: 4, ringEnd: 8 } as const;
/** Instead of a turn or a count: there is none. */
const END = 0xffff_ffff;

/** What the main thread tells a pair, and the guest its host. */
export class PairControl {
  private readonly memory: SharedMemory;

  constructor(buffer: SharedArrayBuffer) {
    this.memory = new SharedMemory(buffer);
  }

  static create(): PairControl {
    return new PairControl(SharedMemory.ofSize(16).buffer);
  }

  get buffer(): SharedArrayBuffer {
    return this.memory.buffer;
  }

  /** After the round at hand. */
  stop(): void {
    this.memory.store32Release(Word.stop, 1);
  }

  get isStopped(): boolean {
    return this.memory.load32Acquire(Word.stop) === 1;
  }

  /** One of the two decides, or they could disagree about whether there is another round. */
  announce(turn: number | null): void {
    this.ringEnd = null;
    this.memory.store32Release(Word.turn, turn ?? END);
  }

  get announced(): number | null {
    const turn = this.memory.load32Acquire(Word.turn);
    return turn === END ? null : turn;
  }

  /** Buffers of a long ring that was ended, as its driver counts them; null: it is raced on. */
  get ringEnd(): number | null {
    const end = this.memory.load32Acquire(Word.ringEnd);
    return end === END ? null : end;
  }

  set ringEnd(buffers: number | null) {
    this.memory.store32Release(Word.ringEnd, buffers ?? END);
  }
}
