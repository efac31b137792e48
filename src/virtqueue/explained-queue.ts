import type { DmaStep, DmaTrace } from '../dma/dma-trace.js';
import type { DmaDriver } from './dma-driver.js';
import type { DriverQueue } from './queue.js';
import type { ScatterList } from './scatter-list.js';

/** Records what happens to the first buffer that is added after {@link begin}; all others pass. */
export class ExplainedQueue implements DriverQueue<number> {
  readonly size: number;
  readonly #queue: DmaDriver<number>;
  readonly #trace: DmaTrace;
  readonly #steps: DmaStep[];
  #stage: 'idle' | 'listening' | 'added' | 'kicked' | 'done' = 'idle';
  /** Of the buffer that is followed. */
  #token = -1;

  constructor(queue: DmaDriver<number>, trace: DmaTrace, steps: DmaStep[]) {
    this.size = queue.size;
    this.#queue = queue;
    this.#trace = trace;
    this.#steps = steps;
  }

  begin(): void {
    this.#stage = 'listening';
  }

  get freeCount(): number {
    return this.#queue.freeCount;
  }

  get outstandingCount(): number {
    return this.#queue.outstandingCount;
  }

  get broken(): boolean {
    return this.#queue.broken;
  }

  get usedLength(): number {
    return this.#queue.usedLength;
  }

  addBuf(buffers: ScatterList, token: number): boolean {
    const added = this.stageBuf(buffers, token);
    if (added) this.publish();
    return added;
  }

  stageBuf(buffers: ScatterList, token: number): boolean {
    if (this.#stage !== 'listening') return this.#queue.stageBuf(buffers, token);
    const { count, readableCount } = buffers;
    const text = `virtqueue_add: token ${token}, ${readableCount} out, ${count - readableCount} in`;
    const free = this.freeCount;
    return this.#trace.record(text, this.#steps, () => {
      const added = this.#queue.stageBuf(buffers, token);
      if (added) {
        this.#stage = 'added';
        this.#token = token;
      }
      const taken = free - this.freeCount;
      this.#trace.note(
        added ? `${taken} of ${free} free descriptors taken` : `refused: ${this.#queue.refusal}`,
      );
      return added;
    });
  }

  hasRoomFor(rangeCount: number): boolean {
    return this.#queue.hasRoomFor(rangeCount);
  }

  publish(): void {
    this.#queue.publish();
  }

  kickPrepare(): boolean {
    return this.#queue.kickPrepare();
  }

  kick(): boolean {
    if (this.#stage !== 'added') return this.#queue.kick();
    this.#stage = 'kicked';
    return this.#trace.record('virtqueue_kick', this.#steps, () => {
      const isNotified = this.#queue.kick();
      this.#trace.note(
        isNotified ? 'virtqueue_notify: the device is told' : 'the device wants no notification now',
      );
      return isNotified;
    });
  }

  /** The device may finish others before the one that is followed: of those nothing is kept. */
  getBuf(): number | undefined {
    if (this.#stage !== 'kicked') return this.#queue.getBuf();
    const steps: DmaStep[] = [];
    const token = this.#trace.record(`virtqueue_get_buf: token ${this.#token}`, steps, () =>
      this.#queue.getBuf(),
    );
    if (token !== this.#token) return token;
    this.#stage = 'done';
    this.#steps.push(...steps);
    return token;
  }

  poll(): boolean {
    return this.#queue.poll();
  }

  disableCallbacks(): void {
    this.#queue.disableCallbacks();
  }

  enableCallbacks(): boolean {
    return this.#queue.enableCallbacks();
  }

  enableCallbacksDelayed(): boolean {
    return this.#queue.enableCallbacksDelayed();
  }

  detachUnused(): number | undefined {
    return this.#queue.detachUnused();
  }
}
