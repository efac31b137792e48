import { assert } from '../assert.js';
import { DmaDirection } from '../dma/direction.js';
import { DMA_MAPPING_ERROR, type DmaApi } from '../dma/dma-api.js';
import type { DmaTrace } from '../dma/dma-trace.js';
import { ForwardingQueue } from './forwarding-queue.js';
import type { DriverQueue } from './queue.js';
import { ScatterList } from './scatter-list.js';

/** A buffer in the ring, and what was mapped for it. Made once, and refilled. */
interface MappedBuffer<Token> {
  token: Token | undefined;
  /** Bus addresses, as the device was told. */
  readonly mapped: ScatterList;
  /** The caller mapped it: there is nothing to end. */
  premapped: boolean;
}

/** Why a buffer was not taken. */
export type Refusal = 'none' | 'ring full' | 'not mapped';

/**
 * A driver's end whose buffers go through the DMA API: each range is mapped by itself when it is added, and its mapping
 * ends when the buffer comes back (Linux' `vring_map_one_sg`). Around any driver's end, which then knows only bus
 * addresses; a queue without DMA does without this class.
 *
 * What it adds to the contract: between {@link addBuf} and {@link getBuf} the device may work on a copy of the buffer.
 */
export class DmaDriver<Token> extends ForwardingQueue<Token, DriverQueue<number>> {
  /** Why the last buffer was not taken; a mapping may succeed once others have ended, without a change of the ring. */
  refusal: Refusal = 'none';
  private readonly dma: DmaApi;
  private readonly trace: DmaTrace | null;
  private readonly buffers: readonly MappedBuffer<Token>[];
  private readonly free: Uint16Array;
  private freeRecordCount: number;

  /** `queue` carries records of this class in place of tokens; nobody else may use it. */
  constructor(queue: DriverQueue<number>, dma: DmaApi, trace: DmaTrace | null = null) {
    super(queue);
    this.trace = trace;
    this.dma = dma;
    this.buffers = Array.from({ length: queue.size }, () => ({
      token: undefined,
      mapped: new ScatterList(),
      premapped: false,
    }));
    this.free = Uint16Array.from({ length: queue.size }, (_, i) => i);
    this.freeRecordCount = queue.size;
  }

  stageBuf(buffers: ScatterList, token: Token): boolean {
    return this.stage(buffers, token, false);
  }

  /** Posts a buffer whose addresses are bus addresses already, of mappings that are the caller's to end. */
  stagePremapped(buffers: ScatterList, token: Token): boolean {
    return this.stage(buffers, token, true);
  }

  getBuf(): Token | undefined {
    const record = this.inner.getBuf();
    return record === undefined ? undefined : this.end(record);
  }

  detachUnused(): Token | undefined {
    const record = this.inner.detachUnused();
    return record === undefined ? undefined : this.end(record);
  }

  private stage(buffers: ScatterList, token: Token, premapped: boolean): boolean {
    assert(token !== undefined, 'a token cannot be undefined');
    // First, so that nothing is copied in vain.
    if (!this.inner.hasRoomFor(buffers.count)) return this.refuse('ring full');
    const record = this.free[this.freeRecordCount - 1] as number;
    const buffer = this.buffers[record] as MappedBuffer<Token>;
    if (!premapped && !this.map(buffers, buffer.mapped)) return this.refuse('not mapped');
    let isStaged = false;
    try {
      isStaged = this.inner.stageBuf(premapped ? buffers : buffer.mapped, record);
    } finally {
      // A broken queue throws: nobody would ever end these mappings.
      if (!isStaged && !premapped) this.unmap(buffer.mapped);
    }
    // There was room: the indirect table could not be mapped, or there is none and the ring is too full to do without.
    if (!isStaged) return this.refuse('not mapped');
    this.freeRecordCount -= 1;
    buffer.token = token;
    buffer.premapped = premapped;
    this.refusal = 'none';
    return true;
  }

  private refuse(why: Refusal): boolean {
    this.refusal = why;
    return false;
  }

  /** Maps range by range; after an error nothing is mapped. */
  private map(buffers: ScatterList, mapped: ScatterList): boolean {
    mapped.clear();
    for (let i = 0; i < buffers.count; i++) {
      const isWritable = buffers.isWritable(i);
      const direction = isWritable ? DmaDirection.fromDevice : DmaDirection.toDevice;
      this.trace?.enter(`vring_map_one_sg: range ${i}`);
      const busAddress = this.dma.map(buffers.address(i), buffers.length(i), direction);
      this.trace?.leave();
      if (busAddress === DMA_MAPPING_ERROR) {
        this.unmap(mapped);
        return false;
      }
      if (isWritable) mapped.addWritable(busAddress, buffers.length(i));
      else mapped.addReadable(busAddress, buffers.length(i));
    }
    return true;
  }

  private unmap(mapped: ScatterList): void {
    for (let i = 0; i < mapped.count; i++) {
      const direction = mapped.isWritable(i) ? DmaDirection.fromDevice : DmaDirection.toDevice;
      this.trace?.enter(`vring_unmap_one: range ${i}`);
      this.dma.unmap(mapped.address(i), mapped.length(i), direction);
      this.trace?.leave();
    }
    mapped.clear();
  }

  private end(record: number): Token {
    const buffer = this.buffers[record] as MappedBuffer<Token>;
    const { token } = buffer;
    assert(token !== undefined, 'record % has no buffer', record);
    if (!buffer.premapped) this.unmap(buffer.mapped);
    buffer.token = undefined;
    this.free[this.freeRecordCount] = record;
    this.freeRecordCount += 1;
    return token;
  }
}
