import type { Chain } from './chain.js';
import type { DeviceQueue } from './queue.js';

/** A device's end around another one: all is the inner end's to do, but what the class that extends it takes over. */
export abstract class ForwardingDevice implements DeviceQueue {
  readonly size: number;
  protected readonly inner: DeviceQueue;

  constructor(inner: DeviceQueue) {
    this.size = inner.size;
    this.inner = inner;
  }

  abstract pop(chain: Chain): boolean;
  abstract stageUsed(chain: Chain, writtenBytes: number): void;

  get inFlightCount(): number {
    return this.inner.inFlightCount;
  }

  get broken(): boolean {
    return this.inner.broken;
  }

  push(chain: Chain, writtenBytes: number): void {
    this.stageUsed(chain, writtenBytes);
    this.publishUsed();
  }

  publishUsed(): void {
    this.inner.publishUsed();
  }

  interruptPrepare(): boolean {
    return this.inner.interruptPrepare();
  }

  interrupt(): boolean {
    return this.inner.interrupt();
  }

  poll(): boolean {
    return this.inner.poll();
  }

  disableKicks(): void {
    this.inner.disableKicks();
  }

  enableKicks(): boolean {
    return this.inner.enableKicks();
  }
}
