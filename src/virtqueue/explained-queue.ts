import type { DmaStep, DmaTrace } from '../dma/dma-trace.js';
import type { DmaDriver } from './dma-driver.js';
import { ForwardingQueue } from './forwarding-queue.js';
import type { ScatterList } from './scatter-list.js';

/** Records what happens to the first buffer that is added after {@link begin}; all others pass. */
export class ExplainedQueue extends ForwardingQueue<number, DmaDriver<number>> {
  private readonly trace: DmaTrace;
  private readonly steps: DmaStep[];
  private stage: 'idle' | 'listening' | 'added' | 'kicked' | 'done' = 'idle';
  /** Of the buffer that is followed. */
  private token = -1;

  constructor(queue: DmaDriver<number>, trace: DmaTrace, steps: DmaStep[]) {
    super(queue);
    this.trace = trace;
    this.steps = steps;
  }

  begin(): void {
    this.stage = 'listening';
  }

  stageBuf(buffers: ScatterList, token: number): boolean {
    if (this.stage !== 'listening') return this.inner.stageBuf(buffers, token);
    const { count, readableCount } = buffers;
    const text = `virtqueue_add: token ${token}, ${readableCount} out, ${count - readableCount} in`;
    const free = this.freeCount;
    return this.trace.record(text, this.steps, () => {
      const added = this.inner.stageBuf(buffers, token);
      if (added) {
        this.stage = 'added';
        this.token = token;
      }
      const taken = free - this.freeCount;
      this.trace.note(
        added ? `${taken} of ${free} free descriptors taken` : `refused: ${this.inner.refusal}`,
      );
      return added;
    });
  }

  override kick(): boolean {
    if (this.stage !== 'added') return this.inner.kick();
    this.stage = 'kicked';
    return this.trace.record('virtqueue_kick', this.steps, () => {
      const isNotified = this.inner.kick();
      this.trace.note(
        isNotified ? 'virtqueue_notify: the device is told' : 'the device wants no notification now',
      );
      return isNotified;
    });
  }

  /** The device may finish others before the one that is followed: of those nothing is kept. */
  getBuf(): number | undefined {
    if (this.stage !== 'kicked') return this.inner.getBuf();
    const steps: DmaStep[] = [];
    const token = this.trace.record(`virtqueue_get_buf: token ${this.token}`, steps, () =>
      this.inner.getBuf(),
    );
    if (token !== this.token) return token;
    this.stage = 'done';
    this.steps.push(...steps);
    return token;
  }

  detachUnused(): number | undefined {
    return this.inner.detachUnused();
  }
}
