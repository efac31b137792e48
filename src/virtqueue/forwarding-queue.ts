import type { DriverQueue } from './queue.js';
import type { ScatterList } from './scatter-list.js';

/**
 * A driver's end around another one. How buffers go in and come out is for the class that extends it to say; everything
 * else is the inner end's to do.
 */
export abstract class ForwardingQueue<
  Token,
  Inner extends DriverQueue<unknown>,
> implements DriverQueue<Token> {
  readonly size: number;
  protected readonly inner: Inner;

  constructor(inner: Inner) {
    this.size = inner.size;
    this.inner = inner;
  }

  abstract stageBuf(buffers: ScatterList, token: Token): boolean;
  abstract getBuf(): Token | undefined;
  abstract detachUnused(): Token | undefined;

  get freeCount(): number {
    return this.inner.freeCount;
  }

  get outstandingCount(): number {
    return this.inner.outstandingCount;
  }

  get broken(): boolean {
    return this.inner.broken;
  }

  get usedLength(): number {
    return this.inner.usedLength;
  }

  addBuf(buffers: ScatterList, token: Token): boolean {
    const added = this.stageBuf(buffers, token);
    if (added) this.publish();
    return added;
  }

  hasRoomFor(rangeCount: number): boolean {
    return this.inner.hasRoomFor(rangeCount);
  }

  publish(): void {
    this.inner.publish();
  }

  kickPrepare(): boolean {
    return this.inner.kickPrepare();
  }

  kick(): boolean {
    return this.inner.kick();
  }

  poll(): boolean {
    return this.inner.poll();
  }

  disableCallbacks(): void {
    this.inner.disableCallbacks();
  }

  enableCallbacks(): boolean {
    return this.inner.enableCallbacks();
  }

  enableCallbacksDelayed(): boolean {
    return this.inner.enableCallbacksDelayed();
  }
}
