import { BlkFeature, SECTOR_BYTES } from '../devices/blk.js';
import type { FeatureSet } from '../transport/features.js';
import type { ScatterList } from '../virtqueue/scatter-list.js';
import type { Backend } from './backend.js';
import { type BlkOffer, MAX_RANGE_SECTORS } from './blk-config.js';
import type { BlkRanges } from './blk-ranges.js';

/** What a driver was told it may ask for, so that a request which goes beyond is answered with an error. */
export class BlkLimits {
  private readonly backend: Pick<Backend, 'sizeBytes'>;
  private readonly segMax: number;
  private readonly sizeMaxBytes: number;

  constructor(backend: Pick<Backend, 'sizeBytes'>, offer: BlkOffer, features: FeatureSet) {
    this.backend = backend;
    this.segMax = features.has(BlkFeature.segMax) ? (offer.segMax ?? Infinity) : Infinity;
    this.sizeMaxBytes = features.has(BlkFeature.sizeMax) ? (offer.sizeMaxBytes ?? Infinity) : Infinity;
  }

  /** IN and OUT of `lengthBytes` at `sector` (5.2.6.1, N0709, N0713). */
  allowTransfer(data: ScatterList, sector: number, lengthBytes: number): boolean {
    if (lengthBytes % SECTOR_BYTES !== 0) return false;
    return this.isOnDisk(sector, lengthBytes / SECTOR_BYTES) && this.allowSegments(data);
  }

  allowRanges(ranges: BlkRanges): boolean {
    for (let i = 0; i < ranges.count; i++) {
      if (ranges.sectorCount(i) > MAX_RANGE_SECTORS) return false;
      if (!this.isOnDisk(ranges.sector(i), ranges.sectorCount(i))) return false;
    }
    return true;
  }

  /** `seg_max` and `size_max` (5.2.3) speak of data: header and status are not segments, merged or not. */
  allowSegments(data: ScatterList): boolean {
    if (data.count > this.segMax) return false;
    for (let i = 0; i < data.count; i++) if (data.length(i) > this.sizeMaxBytes) return false;
    return true;
  }

  /**
   * On the disk as large as it is now, which may be more or less than the driver has heard of (N0733). Without a sum
   * that could leave the range of exact numbers: `sector` is anything up to 2^64.
   */
  private isOnDisk(sector: number, sectorCount: number): boolean {
    const capacitySectors = this.backend.sizeBytes / SECTOR_BYTES;
    return sectorCount <= capacitySectors && sector <= capacitySectors - sectorCount;
  }
}
