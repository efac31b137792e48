import type { Chain } from '../virtqueue/chain.js';
import { ForwardingDevice } from '../virtqueue/forwarding-device.js';
import { ForwardingQueue } from '../virtqueue/forwarding-queue.js';
import type { DeviceQueue, DriverQueue } from '../virtqueue/queue.js';
import { ScatterList } from '../virtqueue/scatter-list.js';
import { Owner, type OwnershipMap } from './ownership.js';

/**
 * A driver's end that says whose buffers are. Directly around the ring's end: the addresses are those that the device
 * is told. Tokens are small integers.
 */
export class OwnedDriver extends ForwardingQueue<number, DriverQueue<number>> {
  private readonly map: OwnershipMap;
  /** By token: what was posted. Made once, and refilled. */
  private readonly posted: ScatterList[] = [];

  constructor(inner: DriverQueue<number>, map: OwnershipMap) {
    super(inner);
    this.map = map;
  }

  stageBuf(buffers: ScatterList, token: number): boolean {
    if (!this.inner.stageBuf(buffers, token)) return false;
    const kept = this.posted[token] ?? new ScatterList();
    this.posted[token] = kept;
    kept.clear();
    for (let i = 0; i < buffers.count; i++) {
      if (buffers.isWritable(i)) kept.addWritable(buffers.address(i), buffers.length(i));
      else kept.addReadable(buffers.address(i), buffers.length(i));
    }
    // Staged, and not shown yet.
    this.map.set(kept, Owner.device);
    return true;
  }

  getBuf(): number | undefined {
    return this.taken(this.inner.getBuf());
  }

  detachUnused(): number | undefined {
    return this.taken(this.inner.detachUnused());
  }

  private taken(token: number | undefined): number | undefined {
    const buffers = token === undefined ? undefined : this.posted[token];
    if (buffers !== undefined) this.map.set(buffers, Owner.driver);
    return token;
  }
}

/** The device's end of the same: what it takes must have been given, and what it returns is nobody's on the way. */
export class OwnedDevice extends ForwardingDevice {
  private readonly map: OwnershipMap;

  constructor(inner: DeviceQueue, map: OwnershipMap) {
    super(inner);
    this.map = map;
  }

  pop(chain: Chain): boolean {
    if (!this.inner.pop(chain)) return false;
    const wrong = this.map.checkGiven(chain.buffers);
    if (wrong !== null) throw wrong;
    return true;
  }

  stageUsed(chain: Chain, writtenBytes: number): void {
    this.map.set(chain.buffers, Owner.nobody);
    this.inner.stageUsed(chain, writtenBytes);
  }
}
