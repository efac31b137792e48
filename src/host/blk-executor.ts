import { assert } from '../assert.js';
import {
  BLK_ID_BYTES,
  BLK_RANGE_UNMAP,
  BlkFeature,
  BlkRequest,
  BlkStatus,
  SECTOR_BYTES,
} from '../devices/blk.js';
import type { MemoryPort } from '../memory/port.js';
import type { FeatureSet } from '../transport/features.js';
import type { ScatterList } from '../virtqueue/scatter-list.js';
import { type Backend, BackendError } from './backend.js';
import { blkId, type BlkOffer } from './blk-config.js';
import { BlkLimits } from './blk-limits.js';
import { BlkRanges } from './blk-ranges.js';
import type { BlockRequest } from './blk-request.js';
import type { BlkStats } from './blk-stats.js';

export interface BlkExecutorSetup {
  readonly port: MemoryPort;
  readonly backend: Backend;
  readonly offer: BlkOffer;
  /** Negotiated. */
  readonly features: FeatureSet;
  readonly stats: BlkStats;
}

type StatusByte = (typeof BlkStatus)[keyof typeof BlkStatus];

/**
 * Does what requests ask for, and answers them. Whatever a driver asks for wrongly is answered by a status
 * (virtio 1.4, 5.2.6), and then nothing on the disk has changed; a backend that fails may have changed a
 * part.
 */
export class BlkExecutor {
  private readonly port: MemoryPort;
  private readonly backend: Backend;
  private readonly stats: BlkStats;
  private readonly limits: BlkLimits;
  private readonly readOnly: boolean;
  private readonly canFlush: boolean;
  private readonly canDiscard: boolean;
  private readonly canWriteZeroes: boolean;
  private readonly id: Uint8Array;
  private readonly ranges: BlkRanges = new BlkRanges();
  /** Bytes of the writable data, from the first on, that the request in hand has written. */
  private filledBytes = 0;

  constructor({ port, backend, offer, features, stats }: BlkExecutorSetup) {
    assert(offer.readOnly === backend.readOnly, 'offer and backend disagree about writing');
    assert(!features.has(BlkFeature.configWce), 'CONFIG_WCE was negotiated, which is never offered');
    this.port = port;
    this.backend = backend;
    this.stats = stats;
    this.limits = new BlkLimits(backend, offer, features);
    this.readOnly = offer.readOnly;
    this.canFlush = features.has(BlkFeature.flush);
    this.canDiscard = features.has(BlkFeature.discard);
    this.canWriteZeroes = features.has(BlkFeature.writeZeroes);
    this.id = blkId(offer.serial);
  }

  /**
   * Executes and answers one request. Afterwards every writable byte of it has been written: what is not data
   * is zero, the last is the status. A used length counts from the first writable byte on (2.7.8), so nothing
   * less would let the length of a failed read cover its status, which comes last.
   */
  execute(request: BlockRequest): void {
    this.filledBytes = 0;
    const status = this.attempt(request);
    this.clearFrom(request.data, this.filledBytes);
    this.port.store8(request.statusAddress, status);
    const counts = this.stats.requestsByStatus;
    if (status === BlkStatus.ok) counts.ok += 1;
    else if (status === BlkStatus.ioErr) counts.ioErr += 1;
    else counts.unsupported += 1;
  }

  private attempt(request: BlockRequest): StatusByte {
    try {
      return this.dispatch(request);
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      const counts = this.stats.backendErrorsByErrno;
      counts[error.errno] = (counts[error.errno] ?? 0) + 1;
      return BlkStatus.ioErr;
    }
  }

  private dispatch(request: BlockRequest): StatusByte {
    const counts = this.stats.requestsByType;
    switch (request.type) {
      case BlkRequest.in:
        counts.in += 1;
        return this.read(request);
      case BlkRequest.out:
        counts.out += 1;
        return this.write(request);
      case BlkRequest.flush:
        counts.flush += 1;
        return this.flush();
      case BlkRequest.getId:
        counts.getId += 1;
        return this.getId(request.data);
      case BlkRequest.discard:
        counts.discard += 1;
        return this.canDiscard ? this.changeRanges(request, 0) : BlkStatus.unsupported;
      case BlkRequest.writeZeroes:
        counts.writeZeroes += 1;
        return this.canWriteZeroes ? this.changeRanges(request, BLK_RANGE_UNMAP) : BlkStatus.unsupported;
      default:
        counts.unknown += 1;
        return BlkStatus.unsupported;
    }
  }

  private read(request: BlockRequest): StatusByte {
    const { data, sector } = request;
    // Data in the readable part: the WRITE flag was forgotten. OK would say that the sectors have arrived.
    if (data.readableBytes > 0 || !this.limits.allowTransfer(data, sector, data.writableBytes))
      return BlkStatus.ioErr;
    let offsetBytes = sector * SECTOR_BYTES;
    for (let i = 0; i < data.count; i++) {
      this.backend.read(offsetBytes, this.port, data.address(i), data.length(i));
      offsetBytes += data.length(i);
    }
    this.filledBytes = data.writableBytes;
    return BlkStatus.ok;
  }

  private write(request: BlockRequest): StatusByte {
    const { data, sector } = request;
    // N0735: no byte may change.
    if (this.readOnly) return BlkStatus.ioErr;
    if (data.writableBytes > 0 || !this.limits.allowTransfer(data, sector, data.readableBytes))
      return BlkStatus.ioErr;
    let offsetBytes = sector * SECTOR_BYTES;
    for (let i = 0; i < data.count; i++) {
      this.backend.write(offsetBytes, this.port, data.address(i), data.length(i));
      offsetBytes += data.length(i);
    }
    return this.settle();
  }

  private flush(): StatusByte {
    if (!this.canFlush) return BlkStatus.unsupported;
    this.backend.flush();
    return BlkStatus.ok;
  }

  private getId(data: ScatterList): StatusByte {
    if (data.writableBytes < BLK_ID_BYTES) return BlkStatus.ioErr;
    for (let i = data.readableCount; this.filledBytes < BLK_ID_BYTES; i++) {
      const part = Math.min(data.length(i), BLK_ID_BYTES - this.filledBytes);
      this.port.copyIn(data.address(i), this.id, this.filledBytes, part);
      this.filledBytes += part;
    }
    return BlkStatus.ok;
  }

  /** DISCARD or WRITE_ZEROES: nothing is changed before every range has been found good. */
  private changeRanges(request: BlockRequest, allowedFlags: number): StatusByte {
    const ranges = this.ranges;
    if (this.readOnly || !this.limits.allowSegments(request.data)) return BlkStatus.ioErr;
    if (!ranges.load(this.port, request.data)) return BlkStatus.ioErr;
    // N0736, N0737: UNSUPP whatever else is wrong with this range or another, so flags come first.
    if (ranges.hasFlagsBeyond(allowedFlags)) return BlkStatus.unsupported;
    if (!this.limits.allowRanges(ranges)) return BlkStatus.ioErr;
    const isDiscard = request.type === BlkRequest.discard;
    for (let i = 0; i < ranges.count; i++) {
      const offsetBytes = ranges.sector(i) * SECTOR_BYTES;
      const lengthBytes = ranges.sectorCount(i) * SECTOR_BYTES;
      if (isDiscard) this.backend.discard(offsetBytes, lengthBytes);
      else this.backend.writeZeroes(offsetBytes, lengthBytes, (ranges.flags(i) & BLK_RANGE_UNMAP) !== 0);
    }
    return isDiscard ? BlkStatus.ok : this.settle();
  }

  /** For a driver that cannot flush the cache is write-through: what is answered is stable (5.2.6.2). */
  private settle(): StatusByte {
    if (!this.canFlush) this.backend.flush();
    return BlkStatus.ok;
  }

  private clearFrom(data: ScatterList, filledBytes: number): void {
    if (data.writableBytes === filledBytes) return;
    let skip = filledBytes;
    for (let i = data.readableCount; i < data.count; i++) {
      const part = Math.min(skip, data.length(i));
      skip -= part;
      this.port.target(data.address(i) + part, data.length(i) - part).fill(0);
    }
  }
}
