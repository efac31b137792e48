import { fail } from '../assert.js';

const FIRST_CAPACITY = 8;
const MAX_CHAIN_BYTES = 2 ** 32;
const MAX_RANGE_BYTES = 2 ** 32 - 1;

/**
 * One buffer as the driver describes it: ranges of guest memory, those the device reads before those it writes
 * (virtio 1.4, 2.7.4.2). Made once and refilled: nothing is allocated unless it outgrows what it held before.
 */
export class ScatterList {
  /** Ranges in use; entries behind it are left over from before. */
  count = 0;
  /** How many of them, from the first on, are for the device to read. */
  readableCount = 0;
  readableBytes = 0;
  writableBytes = 0;
  private addresses: Float64Array = new Float64Array(FIRST_CAPACITY);
  private lengths: Uint32Array = new Uint32Array(FIRST_CAPACITY);

  /** More than the 2^32 bytes that a chain may have (N0038); one range has at most 2^32 - 1. */
  get isTooLong(): boolean {
    return this.count > 1 && this.readableBytes + this.writableBytes > MAX_CHAIN_BYTES;
  }

  clear(): void {
    this.count = 0;
    this.readableCount = 0;
    this.readableBytes = 0;
    this.writableBytes = 0;
  }

  /** Appends a range that the device reads. All of these come before the first {@link addWritable}. */
  addReadable(address: number, lengthBytes: number): this {
    if (this.readableCount !== this.count) fail('a readable range cannot follow a writable one');
    this.append(address, lengthBytes);
    this.readableCount += 1;
    this.readableBytes += lengthBytes;
    return this;
  }

  /** Appends a range that the device writes. */
  addWritable(address: number, lengthBytes: number): this {
    this.append(address, lengthBytes);
    this.writableBytes += lengthBytes;
    return this;
  }

  address(i: number): number {
    return this.addresses[i] as number;
  }

  /** Bytes of range `i`. */
  length(i: number): number {
    return this.lengths[i] as number;
  }

  isWritable(i: number): boolean {
    return i >= this.readableCount;
  }

  private append(address: number, lengthBytes: number): void {
    const { count } = this;
    // `x | 0` is x for a number of 32 bits: nearly all are, and the engine then compares integers and no doubles.
    if (address !== (address | 0) && !Number.isSafeInteger(address)) fail('% is not an address', address);
    if (address < 0) fail('% is not an address', address);
    if (lengthBytes !== (lengthBytes | 0) && !(lengthBytes <= MAX_RANGE_BYTES)) refuseLength(lengthBytes);
    if (lengthBytes < 0) refuseLength(lengthBytes);
    if (count === this.lengths.length) this.grow();
    this.addresses[count] = address;
    this.lengths[count] = lengthBytes;
    this.count = count + 1;
  }

  private grow(): void {
    const addresses = new Float64Array(this.count * 2);
    const lengths = new Uint32Array(this.count * 2);
    addresses.set(this.addresses);
    lengths.set(this.lengths);
    this.addresses = addresses;
    this.lengths = lengths;
  }
}

function refuseLength(lengthBytes: number): never {
  fail('a range of % bytes is not possible', lengthBytes);
}
