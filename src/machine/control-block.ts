import { LivenessError } from '../errors.js';
import { SharedMemory } from '../memory/shared-memory.js';
import { MAX_QUEUES } from '../transport/window.js';
import type { RingAddresses } from '../virtqueue/split-layout.js';

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
  /** A vCPU has fallen quiet or has ended: what the first one waits for when it gathers them. */
  arrivals: 768,
  gathering: 896,
  quiet: 1024,
  resumed: 1152,
  deviceResets: 1280,
  recoveries: 1408,
  registerLock: 1536,
  /** A word for each queue. */
  rings: 1664,
} as const;
/** Behind the words: where the two areas of each queue's ring are, three addresses each. */
const AREAS_AT = Word.rings + 4 * MAX_QUEUES;
const AREA_WORDS = 3;
const CONTROL_BYTES = AREAS_AT + 2 * AREA_WORDS * 4 * MAX_QUEUES;

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
    this.waitWhile(Word.phase, (phase) => phase === GuestPhase.settingUp);
    return this.phase === GuestPhase.live;
  }

  /** Waits until all `count` vCPUs are here, so that they start together. */
  startTogether(count: number): void {
    this.arrive(Word.started);
    this.waitWhile(Word.started, (arrived) => arrived < count);
  }

  /** Says that this vCPU posts nothing any more. */
  end(): void {
    this.arrive(Word.ended);
    this.arrive(Word.arrivals);
  }

  /** The first vCPU wants to have the device to itself; whoever looks here goes on with {@link beQuiet}. */
  get isGathering(): boolean {
    return this.memory.load32Acquire(Word.gathering) === 1;
  }

  /** For the first vCPU: the others are to fall quiet. They may be asleep: ring their bells. */
  gather(): void {
    this.memory.store32Release(Word.gathering, 1);
  }

  /** For the first vCPU: waits until the `othersCount` others are quiet or at their end; false when aborted. */
  waitUntilQuiet(othersCount: number): boolean {
    for (;;) {
      const arrivals = this.memory.load32Acquire(Word.arrivals);
      if (this.isAborted) return false;
      if (this.quietCount + this.endedCount === othersCount) return true;
      this.memory.wait32(Word.arrivals, arrivals, PATIENCE_MS);
    }
  }

  /** For the first vCPU: all others go on. */
  resume(): void {
    this.memory.store32Release(Word.gathering, 0);
    this.memory.store32Release(Word.quiet, 0);
    this.arrive(Word.resumed);
  }

  /** For any other vCPU: it touches nothing of the device until the first one says {@link resume}. */
  beQuiet(): void {
    const before = this.resumedCount;
    this.arrive(Word.quiet);
    this.arrive(Word.arrivals);
    this.waitWhile(Word.resumed, (resumed) => resumed === before);
  }

  /** For the first vCPU, at its end: meanwhile `serve` is called whenever the others wait for it. */
  waitUntilAllEnded(count: number, serve: () => void): void {
    while (!this.isAborted) {
      const arrivals = this.memory.load32Acquire(Word.arrivals);
      if (this.endedCount === count) return;
      if (this.quietCount > 0 && this.quietCount + this.endedCount === count) serve();
      else this.memory.wait32(Word.arrivals, arrivals, PATIENCE_MS);
    }
  }

  /** How often all vCPUs went on together. */
  get resumedCount(): number {
    return this.memory.load32Acquire(Word.resumed);
  }

  private get quietCount(): number {
    return this.memory.load32Acquire(Word.quiet);
  }

  /** How often the device was reset since it came up, and of these, how often it had asked for that. */
  get deviceResets(): number {
    return this.memory.load32Acquire(Word.deviceResets);
  }

  get recoveries(): number {
    return this.memory.load32Acquire(Word.recoveries);
  }

  countDeviceReset(wasAskedFor: boolean): void {
    this.memory.add32(Word.deviceResets, 1);
    if (wasAskedFor) this.memory.add32(Word.recoveries, 1);
  }

  /** Accesses to registers behind a selector: two vCPUs that select at the same time would mix up their queues. */
  withRegisters(access: () => void): void {
    while (this.memory.or32(Word.registerLock, 1) !== 0) {
      if (this.isAborted) throw new LivenessError('ABORTED', 'the machine was stopped in a reset of a queue');
      this.memory.wait32(Word.registerLock, 1, PATIENCE_MS);
    }
    try {
      access();
    } finally {
      this.memory.store32Release(Word.registerLock, 0);
      this.memory.notify32(Word.registerLock);
    }
  }

  /** Where a queue's ring is; see `guest-rings.ts`. */
  ringWord(queue: number): number {
    return this.memory.load32Acquire(Word.rings + 4 * queue);
  }

  setRingWord(queue: number, word: number): void {
    this.memory.store32Release(Word.rings + 4 * queue, word);
  }

  /** Where an area of a queue's ring is: set by the first vCPU before the device is live. */
  ringAddresses(queue: number, area: number): RingAddresses {
    const at = AREAS_AT + 4 * AREA_WORDS * (2 * queue + area);
    const [desc, driver, device] = [0, 4, 8].map((offset) => this.memory.load32Acquire(at + offset));
    return { desc: desc as number, driver: driver as number, device: device as number };
  }

  setRingAddresses(queue: number, area: number, { desc, driver, device }: RingAddresses): void {
    const at = AREAS_AT + 4 * AREA_WORDS * (2 * queue + area);
    [desc, driver, device].forEach((address, i) => this.memory.store32Release(at + 4 * i, address));
  }

  /** vCPUs that post nothing any more. */
  get endedCount(): number {
    return this.memory.load32Acquire(Word.ended);
  }

  /** The device has been reset: its buffers are the driver's again. */
  announceReset(): void {
    this.arrive(Word.reset);
  }

  waitUntilReset(): boolean {
    this.waitWhile(Word.reset, (done) => done === 0);
    return this.memory.load32Acquire(Word.reset) === 1;
  }

  get isHostStopped(): boolean {
    return this.memory.load32Acquire(Word.hostStop) === 1;
  }

  stopHost(): void {
    this.memory.store32Release(Word.hostStop, 1);
  }

  private arrive(word: number): void {
    this.memory.add32(word, 1);
    this.memory.notify32(word);
  }

  /** Ends early when the machine is aborted. */
  private waitWhile(word: number, isTooEarly: (value: number) => boolean): void {
    for (;;) {
      const value = this.memory.load32Acquire(word);
      if (!isTooEarly(value) || this.isAborted) return;
      this.memory.wait32(word, value, PATIENCE_MS);
    }
  }
}
