import { assert } from '../assert.js';
import {
  BLK_HEADER_BYTES,
  BLK_ID_BYTES,
  BLK_RANGE_BYTES,
  BlkRequest,
  BlkStatus,
  SECTOR_BYTES,
} from '../devices/blk.js';
import { ProtocolViolation, VringError } from '../errors.js';
import { ExitCode } from '../exit-code.js';
import type { MemoryPort } from '../memory/port.js';
import type { DriverQueue } from '../virtqueue/queue.js';
import { ScatterList } from '../virtqueue/scatter-list.js';
import type { BlkCache, BlkLimits } from './blk-limits.js';
import type { BlkSlots } from './blk-slots.js';

/** What the status byte holds until the device has written it; no status of the spec. */
const STATUS_POISON = 0xff;

/** How a request is laid out over descriptors (virtio 1.4, 2.7.4: any way is right). */
export interface Framing {
  /** Header and status share descriptors with the data where they can. */
  readonly merged: boolean;
}

/**
 * One request queue of the block driver: puts requests into slots of guest memory, posts them with the slot's number
 * as the token, and reads the answers. Which slot is free is the caller's to know.
 */
export class BlkQueue {
  readonly slots: BlkSlots;
  private readonly port: MemoryPort;
  private queue: DriverQueue<number>;
  private readonly limits: BlkLimits;
  private capacitySectors: number;
  private readonly framing: Framing;
  private readonly list: ScatterList = new ScatterList();
  private readonly statusAt: Float64Array;
  private readonly dataToRead: Uint32Array;

  constructor(
    port: MemoryPort,
    queue: DriverQueue<number>,
    slots: BlkSlots,
    limits: BlkLimits,
    framing: Framing,
  ) {
    this.slots = slots;
    this.port = port;
    this.queue = queue;
    this.limits = limits;
    this.capacitySectors = limits.capacitySectors;
    this.framing = framing;
    this.statusAt = new Float64Array(slots.count);
    this.dataToRead = new Uint32Array(slots.count);
  }

  /** The device was reset: requests go to this queue from now on. */
  rebind(queue: DriverQueue<number>): void {
    this.queue = queue;
  }

  /** The device says that its disk has become larger or smaller: what is posted from now on must fit it (N0709). */
  resize(capacitySectors: number): void {
    this.capacitySectors = capacitySectors;
  }

  get cache(): BlkCache {
    return this.limits.cache;
  }

  get outstandingCount(): number {
    return this.queue.outstandingCount;
  }

  /** Posts a read of `lengthBytes` from `sector` in about `segments` ranges. False: the ring is full now. */
  read(slot: number, sector: number, lengthBytes: number, segments: number): boolean {
    this.checkEnd(sector, lengthBytes);
    this.writeHeader(slot, BlkRequest.in, sector);
    const list = this.begin(slot);
    const { merged } = this.framing;
    const data = this.slots.data(slot);
    this.addData(list, data, lengthBytes + (merged ? 1 : 0), segments, true);
    return this.end(slot, list, merged ? data + lengthBytes : null, lengthBytes);
  }

  /** Posts a write of the first `lengthBytes` of the slot's data to `sector`. */
  write(slot: number, sector: number, lengthBytes: number, segments: number): boolean {
    this.checkEnd(sector, lengthBytes);
    this.writeHeader(slot, BlkRequest.out, sector);
    const list = this.framing.merged ? this.list : this.begin(slot);
    if (this.framing.merged) {
      list.clear();
      this.addData(list, this.slots.header(slot), BLK_HEADER_BYTES + lengthBytes, segments, false);
    } else {
      this.addData(list, this.slots.data(slot), lengthBytes, segments, false);
    }
    return this.end(slot, list, null, 0);
  }

  flush(slot: number): boolean {
    this.writeHeader(slot, BlkRequest.flush, 0);
    return this.end(slot, this.begin(slot), null, 0);
  }

  discard(slot: number, sector: number, lengthBytes: number): boolean {
    return this.range(slot, BlkRequest.discard, sector, lengthBytes);
  }

  writeZeroes(slot: number, sector: number, lengthBytes: number): boolean {
    return this.range(slot, BlkRequest.writeZeroes, sector, lengthBytes);
  }

  /** Asks for the serial number; {@link identity} reads the answer. */
  getId(slot: number): boolean {
    this.writeHeader(slot, BlkRequest.getId, 0);
    const list = this.begin(slot);
    const { merged } = this.framing;
    const data = this.slots.data(slot);
    list.addWritable(data, BLK_ID_BYTES + (merged ? 1 : 0));
    return this.end(slot, list, merged ? data + BLK_ID_BYTES : null, BLK_ID_BYTES);
  }

  identity(slot: number): string {
    const bytes = new Uint8Array(BLK_ID_BYTES);
    this.port.copyOut(this.slots.data(slot), bytes, 0, BLK_ID_BYTES);
    const end = bytes.indexOf(0);
    return new TextDecoder().decode(end === -1 ? bytes : bytes.subarray(0, end));
  }

  /** The slot of a request that came back, or -1. */
  complete(): number {
    return this.queue.getBuf() ?? -1;
  }

  /**
   * The status of a request that came back. The used length is no way to find it: it counts from the first writable
   * byte, and an error may leave the data in front unwritten. The byte was poisoned before, so one that the device
   * forgot is noticed; and data counts as read only as far as the device says it wrote (2.7.8.3, N0062).
   */
  status(slot: number): number {
    const status = this.port.load8(this.statusAt[slot] as number);
    const expected = this.dataToRead[slot] as number;
    if (status === STATUS_POISON || status > BlkStatus.unsupported) {
      throw new ProtocolViolation('BLK_STATUS', 'a block request came back without a valid status', {
        section: '5.2.6',
        expected: 'OK, IOERR or UNSUPP',
        actual: status,
      });
    }
    if (status === BlkStatus.ok && this.queue.usedLength < expected) {
      throw new ProtocolViolation('BLK_SHORT_READ', 'a read that succeeded did not fill its data', {
        section: '2.7.8.2',
        expected: `at least ${expected}`,
        actual: this.queue.usedLength,
      });
    }
    return status;
  }

  /** Takes back a request that a reset device will never answer; its slot, or -1 when there is none left. */
  detach(): number {
    return this.queue.detachUnused() ?? -1;
  }

  private range(slot: number, type: number, sector: number, lengthBytes: number): boolean {
    this.checkEnd(sector, lengthBytes);
    this.writeHeader(slot, type, sector);
    const data = this.slots.data(slot);
    this.storeSector(data, sector);
    this.port.store32(data + 8, lengthBytes / SECTOR_BYTES);
    this.port.store32(data + 12, 0);
    this.list.clear();
    if (this.framing.merged) {
      this.list.addReadable(this.slots.header(slot), BLK_HEADER_BYTES + BLK_RANGE_BYTES);
    } else {
      this.list.addReadable(this.slots.header(slot), BLK_HEADER_BYTES).addReadable(data, BLK_RANGE_BYTES);
    }
    return this.end(slot, this.list, null, 0);
  }

  private checkEnd(sector: number, lengthBytes: number): void {
    const end = sector + lengthBytes / SECTOR_BYTES;
    if (end <= this.capacitySectors) return;
    const message = `sectors ${sector} to ${end} are wanted, the disk has ${this.capacitySectors}`;
    const fields = { expected: this.capacitySectors, actual: end };
    throw new VringError('BEYOND_CAPACITY', message, ExitCode.safety, fields);
  }

  private writeHeader(slot: number, type: number, sector: number): void {
    const at = this.slots.header(slot);
    this.port.store32(at, type);
    this.port.store32(at + 4, 0);
    this.storeSector(at + 8, sector);
  }

  private storeSector(at: number, sector: number): void {
    this.port.store32(at, sector >>> 0);
    this.port.store32(at + 4, Math.floor(sector / 0x1_0000_0000));
  }

  private begin(slot: number): ScatterList {
    this.list.clear();
    return this.list.addReadable(this.slots.header(slot), BLK_HEADER_BYTES);
  }

  /** Cuts `[address, address + lengthBytes)` into ranges: as many as asked for, or as the device's limits demand. */
  private addData(
    list: ScatterList,
    address: number,
    lengthBytes: number,
    segments: number,
    writable: boolean,
  ): void {
    const count = Math.max(segments, Math.ceil(lengthBytes / this.limits.sizeMaxBytes));
    assert(
      count <= this.limits.segMax,
      '% segments are more than the device takes (%)',
      count,
      this.limits.segMax,
    );
    let from = 0;
    for (let i = 1; i <= count; i++) {
      const to = Math.floor((lengthBytes * i) / count);
      if (writable) list.addWritable(address + from, to - from);
      else list.addReadable(address + from, to - from);
      from = to;
    }
  }

  /** Adds the status byte, unless it is the last byte of the data already (`mergedStatus`), and posts the request. */
  private end(
    slot: number,
    list: ScatterList,
    mergedStatus: number | null,
    dataBytesToWrite: number,
  ): boolean {
    const statusAt = mergedStatus ?? this.slots.status(slot);
    if (mergedStatus === null) list.addWritable(statusAt, 1);
    this.port.store8(statusAt, STATUS_POISON);
    this.statusAt[slot] = statusAt;
    this.dataToRead[slot] = dataBytesToWrite;
    return this.queue.stageBuf(list, slot);
  }
}
