import { BLK_RANGE_BYTES } from '../devices/blk.js';
import type { MemoryPort } from '../memory/port.js';
import type { ScatterList } from '../virtqueue/scatter-list.js';
import { MAX_RANGES } from './blk-config.js';
import { readU32, readU64 } from './little-endian.js';

/**
 * The ranges of a DISCARD or WRITE_ZEROES (virtio 1.4, 5.2.6): a private copy, so that what was checked is
 * what is executed. Made once and refilled.
 */
export class BlkRanges {
  count = 0;
  private readonly bytes: Uint8Array = new Uint8Array(MAX_RANGES * BLK_RANGE_BYTES);

  /**
   * Copies all readable bytes of `data`, split over descriptors in any way; false when they are no list of
   * ranges.
   */
  load(port: MemoryPort, data: ScatterList): boolean {
    const lengthBytes = data.readableBytes;
    if (lengthBytes === 0 || lengthBytes > this.bytes.length || lengthBytes % BLK_RANGE_BYTES !== 0)
      return false;
    let at = 0;
    for (let i = 0; i < data.readableCount; i++) {
      port.copyOut(data.address(i), this.bytes, at, data.length(i));
      at += data.length(i);
    }
    this.count = lengthBytes / BLK_RANGE_BYTES;
    return true;
  }

  sector(i: number): number {
    return readU64(this.bytes, i * BLK_RANGE_BYTES);
  }

  sectorCount(i: number): number {
    return readU32(this.bytes, i * BLK_RANGE_BYTES + 8);
  }

  flags(i: number): number {
    return readU32(this.bytes, i * BLK_RANGE_BYTES + 12);
  }

  /** Whether any range has a flag that is not in `allowed`. */
  hasFlagsBeyond(allowed: number): boolean {
    for (let i = 0; i < this.count; i++) if ((this.flags(i) & ~allowed) !== 0) return true;
    return false;
  }
}
