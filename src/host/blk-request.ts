import { BLK_HEADER_BYTES } from '../devices/blk.js';
import { ProtocolViolation } from '../errors.js';
import type { MemoryPort } from '../memory/port.js';
import type { Chain } from '../virtqueue/chain.js';
import { ScatterList } from '../virtqueue/scatter-list.js';
import { readU32, readU64 } from './little-endian.js';

const STATUS_BYTES = 1;

/**
 * One request as the device understands it (virtio 1.4, 5.2.6). The header is the first 16 readable bytes and
 * the status the last writable byte, wherever descriptors begin and end: how a driver frames a request means
 * nothing (2.7.4, N0032). The header is copied once, so what was decided on it stays true whatever the driver
 * writes later.
 *
 * Made once for each request in service and refilled.
 */
export class BlockRequest {
  type = 0;
  sector = 0;
  statusAddress = 0;
  /** What is left without header and status: readable ranges, then writable ones. No range is empty. */
  readonly data: ScatterList = new ScatterList();
  private readonly header: Uint8Array = new Uint8Array(BLK_HEADER_BYTES);

  /** Takes `chain` apart. Throws when it has no room for a header, or none for an answer. */
  decode(chain: Chain, port: MemoryPort): void {
    if (chain.readableBytes < BLK_HEADER_BYTES) throw headerMissing(chain.readableBytes);
    if (chain.writableBytes < STATUS_BYTES) throw statusMissing();
    this.data.clear();
    this.takeReadable(chain.buffers, port);
    this.takeWritable(chain.buffers);
    this.type = readU32(this.header, 0);
    this.sector = readU64(this.header, 8);
  }

  private takeReadable(buffers: ScatterList, port: MemoryPort): void {
    let headerLeft = BLK_HEADER_BYTES;
    for (let i = 0; i < buffers.readableCount; i++) {
      const address = buffers.address(i);
      const length = buffers.length(i);
      const part = Math.min(headerLeft, length);
      if (part > 0) port.copyOut(address, this.header, BLK_HEADER_BYTES - headerLeft, part);
      headerLeft -= part;
      if (length > part) this.data.addReadable(address + part, length - part);
    }
  }

  private takeWritable(buffers: ScatterList): void {
    let dataLeft = buffers.writableBytes - STATUS_BYTES;
    for (let i = buffers.readableCount; i < buffers.count; i++) {
      const address = buffers.address(i);
      const length = buffers.length(i);
      const part = Math.min(dataLeft, length);
      if (part > 0) this.data.addWritable(address, part);
      dataLeft -= part;
      // True once: one byte is more than the data, and empty ranges behind it are shorter than that.
      if (length > part) this.statusAddress = address + part;
    }
  }
}

/** Driver: no header, so nothing says what is wanted. */
function headerMissing(readableBytes: number): ProtocolViolation {
  return new ProtocolViolation('BLK_HEADER', 'a request is too short for its header', {
    section: '5.2.6',
    expected: `${BLK_HEADER_BYTES} readable bytes`,
    actual: readableBytes,
  });
}

/** Driver: no byte to put an answer into. */
function statusMissing(): ProtocolViolation {
  return new ProtocolViolation('BLK_STATUS_MISSING', 'a request has no room for its status', {
    section: '5.2.6',
    expected: 'a writable byte',
    actual: 'none',
  });
}
