import { SharedMemory } from '../memory/shared-memory.js';

/** What the main thread wants of the others; only ever raised. */
export const StopMode = {
  run: 0,
  /** Post nothing more, finish what is outstanding. */
  drain: 1,
  /** End now. */
  abort: 2,
} as const;

/** How far the guest's first vCPU is with the device. */
export const GuestPhase = { settingUp: 0, live: 1, failed: 2 } as const;

/** Words on cache lines of their own; the bytes behind them are left free. */
const Word = {
  stop: 0,
  phase: 128,
  started: 256,
  ended: 384,
  reset: 512,
  hostStop: 640,
  quiet: 768,
  recoveries: 896,
} as const;
const CONTROL_BYTES = 1024;

/** How often a thread that waits for another looks whether the machine is being stopped. */
const PATIENCE_MS = 20;

/** The few words by which the threads of one machine agree where they are. Nothing on the path of a request. */
export class ControlBlock {
  readonly memory: SharedMemory;

  constructor(buffer: SharedArrayBuffer) {
    this.memory = new SharedMemory(buffer);
  }

  static create(): ControlBlock {
    return new ControlBlock(SharedMemory.ofSize(CONTROL_BYTES).buffer);
  }

  get stopMode(): number {
    return this.memory.load32Acquire(Word.stop);
  }

  raiseStop(mode: number): void {
    if (mode > this.stopMode) this.memory.store32Release(Word.stop, mode);
  }

  get isAborted(): boolean {
    return this.stopMode === StopMode.abort;
  }

  get phase(): number {
    return this.memory.load32Acquire(Word.phase);
  }

  setPhase(phase: number): void {
    this.memory.store32Release(Word.phase, phase);
    this.memory.notify32(Word.phase);
  }

  /** Waits until the first vCPU has brought the device up, or could not; true when it is up. */
  waitUntilLive(): boolean {
    this.#waitWhile(Word.phase, (phase) => phase === GuestPhase.settingUp);
    return this.phase === GuestPhase.live;
  }

  /** Waits until all `count` vCPUs are here, so that they start together. */
  startTogether(count: number): void {
    this.#arrive(Word.started);
    this.#waitWhile(Word.started, (arrived) => arrived < count);
  }

  /** Says that this vCPU posts nothing any more. */
  end(): void {
    this.#arrive(Word.ended);
  }

  /** For the first vCPU, at its end: meanwhile `recover` is called whenever the others wait for a recovery. */
  waitUntilAllEnded(count: number, recover: () => void): void {
    while (this.endedCount < count && !this.isAborted) {
      if (this.#isAllQuiet(count)) recover();
      else this.memory.wait32(Word.ended, this.endedCount, PATIENCE_MS);
    }
  }

  /**
   * The device asked for a reset: this vCPU touches its queue no more. The first vCPU waits until all `count` are
   * quiet or at their end, and calls `recover`; the others wait for it.
   */
  recoverTogether(count: number, recover: (() => void) | null): void {
    const before = this.memory.load32Acquire(Word.recoveries);
    this.#arrive(Word.quiet);
    if (recover === null) {
      this.#waitWhile(Word.recoveries, (recoveries) => recoveries === before);
      return;
    }
    while (!this.#isAllQuiet(count) && !this.isAborted)
      this.memory.wait32(Word.ended, this.endedCount, PATIENCE_MS);
    if (!this.isAborted) recover();
  }

  /** The device is live again: everybody goes on. */
  announceRecovery(): void {
    this.memory.store32Release(Word.quiet, 0);
    this.#arrive(Word.recoveries);
  }

  #isAllQuiet(count: number): boolean {
    const quiet = this.memory.load32Acquire(Word.quiet);
    return quiet > 0 && quiet + this.endedCount === count;
  }

  /** vCPUs that post nothing any more. */
  get endedCount(): number {
    return this.memory.load32Acquire(Word.ended);
  }

  /** The device has been reset: its buffers are the driver's again. */
  announceReset(): void {
    this.#arrive(Word.reset);
  }

  waitUntilReset(): boolean {
    this.#waitWhile(Word.reset, (done) => done === 0);
    return this.memory.load32Acquire(Word.reset) === 1;
  }

  get isHostStopped(): boolean {
    return this.memory.load32Acquire(Word.hostStop) === 1;
  }

  stopHost(): void {
    this.memory.store32Release(Word.hostStop, 1);
  }

  #arrive(word: number): void {
    this.memory.add32(word, 1);
    this.memory.notify32(word);
  }

  /** Ends early when the machine is aborted. */
  #waitWhile(word: number, isTooEarly: (value: number) => boolean): void {
    for (;;) {
      const value = this.memory.load32Acquire(word);
      if (!isTooEarly(value) || this.isAborted) return;
      this.memory.wait32(word, value, PATIENCE_MS);
    }
  }
}
