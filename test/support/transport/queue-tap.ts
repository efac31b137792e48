import { BLK_HEADER_BYTES, BLK_RANGE_BYTES, BlkRequest, SECTOR_BYTES } from '../../../src/devices/blk.js';
import type { MemoryPort } from '../../../src/memory/port.js';
import type { DriverQueue } from '../../../src/virtqueue/queue.js';
import type { ScatterList } from '../../../src/virtqueue/scatter-list.js';

/** A request as it stands in memory when the driver posts it, read as one of a block device. */
export interface Posted {
  readonly slot: number;
  readonly type: number;
  readonly sector: number;
  /** Sectors it reads, writes or changes; 0 for the others. */
  readonly count: number;
  readonly lengths: readonly number[];
  readonly readableCount: number;
  /** The range's flags, of DISCARD and WRITE_ZEROES. */
  readonly flags: number;
}

/** Stands between a driver and its queue, and knows at any time what is in flight. */
export class QueueTap implements DriverQueue<number> {
  /** Everything that was posted, in order. */
  readonly history: Posted[] = [];
  readonly inFlight: Map<number, Posted> = new Map();
  /** Slots in the order in which they came back. */
  readonly returned: number[] = [];
  onPost: (posted: Posted) => void = () => undefined;
  onReturn: (slot: number) => void = () => undefined;
  onKick: () => void = () => undefined;
  private readonly inner: DriverQueue<number>;
  private readonly port: MemoryPort;

  constructor(inner: DriverQueue<number>, port: MemoryPort) {
    this.inner = inner;
    this.port = port;
  }

  get size(): number {
    return this.inner.size;
  }

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

  hasRoomFor(rangeCount: number): boolean {
    return this.inner.hasRoomFor(rangeCount);
  }

  addBuf(buffers: ScatterList, token: number): boolean {
    const added = this.stageBuf(buffers, token);
    if (added) this.publish();
    return added;
  }

  stageBuf(buffers: ScatterList, token: number): boolean {
    if (!this.inner.stageBuf(buffers, token)) return false;
    const posted = this.decode(buffers, token);
    this.history.push(posted);
    this.onPost(posted);
    this.inFlight.set(token, posted);
    return true;
  }

  publish(): void {
    this.inner.publish();
  }

  kickPrepare(): boolean {
    return this.inner.kickPrepare();
  }

  kick(): boolean {
    this.onKick();
    return this.inner.kick();
  }

  getBuf(): number | undefined {
    const slot = this.inner.getBuf();
    if (slot === undefined) return undefined;
    this.inFlight.delete(slot);
    this.returned.push(slot);
    this.onReturn(slot);
    return slot;
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

  detachUnused(): number | undefined {
    const slot = this.inner.detachUnused();
    if (slot !== undefined) this.inFlight.delete(slot);
    return slot;
  }

  private decode(list: ScatterList, slot: number): Posted {
    // Long enough to be taken apart also where the device is no disk, and there is nothing to read.
    const bytes = new Uint8Array(Math.max(list.readableBytes, BLK_HEADER_BYTES + BLK_RANGE_BYTES));
    let at = 0;
    for (let i = 0; i < list.readableCount; i++) {
      this.port.copyOut(list.address(i), bytes, at, list.length(i));
      at += list.length(i);
    }
    const read = Buffer.from(bytes);
    const type = read.readUInt32LE(0);
    const hasRange = type === BlkRequest.discard || type === BlkRequest.writeZeroes;
    return {
      slot,
      type,
      sector: Number(read.readBigUInt64LE(hasRange ? BLK_HEADER_BYTES : 8)),
      count: sectorsOf(type, list, read),
      lengths: Array.from({ length: list.count }, (_, i) => list.length(i)),
      readableCount: list.readableCount,
      flags: hasRange ? read.readUInt32LE(BLK_HEADER_BYTES + 12) : 0,
    };
  }
}

function sectorsOf(type: number, list: ScatterList, read: Buffer): number {
  if (type === BlkRequest.in) return (list.writableBytes - 1) / SECTOR_BYTES;
  if (type === BlkRequest.out) return (list.readableBytes - BLK_HEADER_BYTES) / SECTOR_BYTES;
  if (type === BlkRequest.discard || type === BlkRequest.writeZeroes) {
    return read.readUInt32LE(BLK_HEADER_BYTES + 8);
  }
  return 0;
}
