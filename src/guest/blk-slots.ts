import { assert } from '../assert.js';
import { BLK_HEADER_BYTES, SECTOR_BYTES } from '../devices/blk.js';
import type { Allocator } from '../memory/allocator.js';
import type { MemoryPort } from '../memory/port.js';

const PAGE_BYTES = 4096;
const LINE_BYTES = 64;

/**
 * Guest memory for the requests of one queue, one slot each:
 *
 *     page 0, its last line            page 1 ...
 *     ... | status ..... header (16) | data ............ | status when merged |
 *
 * The header ends where the data begins, and a byte behind the data is kept free, so that header and data, or data
 * and status, can also be one descriptor. Framing is the driver's choice (virtio 1.4, 2.7.4). Header and status are on
 * one line, which the device takes to read the one, and has when it writes the other.
 */
export class BlkSlots {
  readonly count: number;
  readonly dataBytes: number;
  private readonly base: number;
  private readonly strideBytes: number;
  private readonly wordViews: readonly Uint32Array[];
  private readonly byteViews: readonly Uint8Array[];

  constructor(port: MemoryPort, allocator: Allocator, count: number, dataBytes: number) {
    assert(
      dataBytes >= SECTOR_BYTES && dataBytes % SECTOR_BYTES === 0,
      '% bytes are no whole sectors',
      dataBytes,
    );
    this.count = count;
    this.dataBytes = dataBytes;
    this.strideBytes = PAGE_BYTES + Math.ceil((dataBytes + 1) / PAGE_BYTES) * PAGE_BYTES;
    const base = allocator.allocate(count * this.strideBytes, PAGE_BYTES);
    assert(base !== null, 'guest memory has no room for % requests of % bytes', count, dataBytes);
    this.base = base;
    this.wordViews = Array.from({ length: count }, (_, slot) => port.words(this.data(slot), dataBytes));
    this.byteViews = Array.from({ length: count }, (_, slot) => port.bytes(this.data(slot), dataBytes));
  }

  /** Bytes that `count` slots take, page-aligned start included. */
  static sizeBytes(count: number, dataBytes: number): number {
    return count * (PAGE_BYTES + Math.ceil((dataBytes + 1) / PAGE_BYTES) * PAGE_BYTES) + PAGE_BYTES;
  }

  data(slot: number): number {
    return this.base + slot * this.strideBytes + PAGE_BYTES;
  }

  header(slot: number): number {
    return this.data(slot) - BLK_HEADER_BYTES;
  }

  /** Where the status byte is when it has a descriptor of its own. */
  status(slot: number): number {
    return this.data(slot) - LINE_BYTES;
  }

  /** The slot's data as words, made once. */
  words(slot: number): Uint32Array {
    return this.wordViews[slot] as Uint32Array;
  }

  bytes(slot: number): Uint8Array {
    return this.byteViews[slot] as Uint8Array;
  }
}
