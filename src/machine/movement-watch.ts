import { LivenessError } from '../errors.js';

const STALL_MS = 60_000;

/** Ends what threads do that get no further, or is not wanted any more: {@link ended} fails then. */
export class MovementWatch {
  readonly ended: Promise<never>;
  private readonly timer: NodeJS.Timeout;
  private readonly signal: AbortSignal;
  private readonly abort: () => void;

  /** `movedCount` grows while something moves, at least once in `stallMs`. */
  constructor(movedCount: () => number, signal: AbortSignal, stallMs: number = STALL_MS) {
    let fail: (error: Error) => void = () => undefined;
    this.ended = new Promise((_, reject) => {
      fail = reject;
    });
    // Whoever waits for it learns of it; nobody may, once all is done.
    this.ended.catch(() => undefined);
    let seen = movedCount();
    this.timer = setInterval(() => {
      const now = movedCount();
      const text = `nothing moved for ${stallMs / 1000} s, after ${now} buffers`;
      if (now === seen) fail(new LivenessError('BENCH_STALL', text, { moved: now }));
      seen = now;
    }, stallMs);
    this.signal = signal;
    this.abort = () => fail(new LivenessError('ABORTED', 'the measurement was ended'));
    signal.addEventListener('abort', this.abort);
  }

  stop(): void {
    clearInterval(this.timer);
    this.signal.removeEventListener('abort', this.abort);
  }
}
