import { ScatterList } from './scatter-list.js';

/**
 * One buffer as the device found it: a private copy of its descriptors, each read once, so that nothing the driver
 * writes later can change what was checked. Made once and refilled by each pop; it must be let go of in between.
 */
export class Chain {
  /** What the used entry will name: the head's index in the descriptor table (split). -1 while it holds no buffer. */
  head = -1;
  readonly buffers: ScatterList = new ScatterList();

  /** Lets go of the buffer: it was returned, or its queue was reset and the driver has taken it back. */
  clear(): void {
    this.head = -1;
  }

  get readableBytes(): number {
    return this.buffers.readableBytes;
  }

  get writableBytes(): number {
    return this.buffers.writableBytes;
  }
}
