import { assert } from '../assert.js';
import type { Allocator } from '../memory/allocator.js';
import type { MemoryPort } from '../memory/port.js';
import type { DriverQueue } from '../virtqueue/queue.js';
import { ScatterList } from '../virtqueue/scatter-list.js';

const PAGE_BYTES = 4096;

export interface RngBuffers {
  readonly slotCount: number;
  readonly bufferBytes: number;
  /** The longest range that can be given to the device; left out: any. */
  readonly rangeMaxBytes?: number;
}

/** The entropy driver's queue: posts buffers to fill, one per slot; the slot is the token. */
export class RngQueue {
  private queue: DriverQueue<number>;
  private readonly base: number;
  private readonly strideBytes: number;
  private readonly rangeMaxBytes: number;
  private readonly views: readonly Uint8Array[];
  private readonly list: ScatterList = new ScatterList();

  constructor(
    port: MemoryPort,
    queue: DriverQueue<number>,
    allocator: Allocator,
    { slotCount, bufferBytes, rangeMaxBytes = Infinity }: RngBuffers,
  ) {
    this.rangeMaxBytes = rangeMaxBytes;
    this.queue = queue;
    this.strideBytes = Math.ceil(bufferBytes / PAGE_BYTES) * PAGE_BYTES;
    const base = allocator.allocate(slotCount * this.strideBytes, PAGE_BYTES);
    assert(base !== null, 'guest memory has no room for % buffers of % bytes', slotCount, bufferBytes);
    this.base = base;
    this.views = Array.from({ length: slotCount }, (_, slot) => port.bytes(this.address(slot), bufferBytes));
  }

  /** The device was reset: buffers go to this queue from now on. */
  rebind(queue: DriverQueue<number>): void {
    this.queue = queue;
  }

  /** Posts a buffer of `lengthBytes` in `segments` ranges, or as many as it takes. False: the ring is full now. */
  post(slot: number, lengthBytes: number, segments: number): boolean {
    this.list.clear();
    const from = this.address(slot);
    const count = Math.max(segments, Math.ceil(lengthBytes / this.rangeMaxBytes));
    let done = 0;
    for (let i = 1; i <= count; i++) {
      const next = Math.floor((lengthBytes * i) / count);
      this.list.addWritable(from + done, next - done);
      done = next;
    }
    return this.queue.stageBuf(this.list, slot);
  }

  /** The slot of a buffer that came back, or -1. */
  complete(): number {
    return this.queue.getBuf() ?? -1;
  }

  /** Bytes of the buffer that came back last that are random now; never all of it for sure (virtio 1.4, 5.4.6.1). */
  get usedLength(): number {
    return this.queue.usedLength;
  }

  bytes(slot: number): Uint8Array {
    return this.views[slot] as Uint8Array;
  }

  private address(slot: number): number {
    return this.base + slot * this.strideBytes;
  }
}
