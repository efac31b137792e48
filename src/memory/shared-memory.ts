import { assert } from '../assert.js';
import { InvariantError } from '../errors.js';
import { copyBytes } from './copy-bytes.js';
import type { BarrierStrength, MemoryPort, WaitResult } from './port.js';

// Rings are little-endian on the wire and typed arrays are of the machine's own order; one test at start-up is
// cheaper than a swap at every access, and no platform that runs Node today is big-endian but s390x.
assert(new Uint8Array(new Uint16Array([1]).buffer)[0] === 1, 'vring needs a little-endian machine');

/** The largest memory a typed array can span on Node 20; addresses then fit in 32 bits, shifts stay exact. */
export const MAX_MEMORY_BYTES: number = 2 ** 32;

/**
 * The deployed {@link MemoryPort}: a window of a `SharedArrayBuffer`, whose first byte is address 0.
 *
 * Relaxed, acquire and release are all `Atomics` accesses, sequentially consistent. That is why {@link fence} is
 * empty: where it stands, both the store before it and the load after it are `Atomics`, on both sides, and the total
 * order of those is all the store-load barrier is needed for. JavaScript has no fence instruction to offer.
 *
 * Plain accesses index by the quotient: an address outside, or between two words, reads `undefined`. The engine makes
 * one test of the alignment and one of the bounds of it; stores look first, because they would be ignored in silence.
 */
export class SharedMemory implements MemoryPort {
  readonly sizeBytes: number;
  /** The device is a thread on a CPU like the driver: `Atomics` are all that there is to be ordered against. */
  readonly barriers: BarrierStrength = 'platform';
  readonly buffer: SharedArrayBuffer;
  private readonly u8: Uint8Array;
  private readonly u16: Uint16Array;
  private readonly u32: Uint32Array;
  private readonly i32: Int32Array;

  constructor(buffer: SharedArrayBuffer, byteOffset = 0, sizeBytes: number = buffer.byteLength - byteOffset) {
    assert(byteOffset % 8 === 0, 'a memory window must start on 8 bytes, not at %', byteOffset);
    assert(sizeBytes % 8 === 0, 'a memory window must be a multiple of 8 bytes, not %', sizeBytes);
    assert(
      sizeBytes > 0 && sizeBytes <= MAX_MEMORY_BYTES,
      'a memory window of % bytes is out of range',
      sizeBytes,
    );
    this.buffer = buffer;
    this.sizeBytes = sizeBytes;
    this.u8 = new Uint8Array(buffer, byteOffset, sizeBytes);
    this.u16 = new Uint16Array(buffer, byteOffset, sizeBytes / 2);
    this.u32 = new Uint32Array(buffer, byteOffset, sizeBytes / 4);
    this.i32 = new Int32Array(buffer, byteOffset, sizeBytes / 4);
  }

  static ofSize(sizeBytes: number): SharedMemory {
    return new SharedMemory(new SharedArrayBuffer(sizeBytes));
  }

  load8(address: number): number {
    const value = this.u8[address];
    if (value === undefined) throw refused(address, 1);
    return value;
  }

  load16(address: number): number {
    const value = this.u16[address / 2];
    if (value === undefined) throw refused(address, 2);
    return value;
  }

  load32(address: number): number {
    const value = this.u32[address / 4];
    if (value === undefined) throw refused(address, 4);
    return value;
  }

  store8(address: number, value: number): void {
    if (this.u8[address] === undefined) throw refused(address, 1);
    this.u8[address] = value;
  }

  store16(address: number, value: number): void {
    const index = address / 2;
    if (this.u16[index] === undefined) throw refused(address, 2);
    this.u16[index] = value;
  }

  store32(address: number, value: number): void {
    const index = address / 4;
    if (this.u32[index] === undefined) throw refused(address, 4);
    this.u32[index] = value;
  }

  load16Relaxed(address: number): number {
    return Atomics.load(this.u16, slot16(address, this.sizeBytes));
  }

  store16Relaxed(address: number, value: number): void {
    Atomics.store(this.u16, slot16(address, this.sizeBytes), value);
  }

  load16Acquire(address: number): number {
    return Atomics.load(this.u16, slot16(address, this.sizeBytes));
  }

  store16Release(address: number, value: number): void {
    Atomics.store(this.u16, slot16(address, this.sizeBytes), value);
  }

  load32Acquire(address: number): number {
    return Atomics.load(this.u32, slot32(address, this.sizeBytes));
  }

  store32Release(address: number, value: number): void {
    Atomics.store(this.u32, slot32(address, this.sizeBytes), value);
  }

  fence(): void {
    // Empty on purpose: see the class comment.
  }

  copyIn(address: number, source: Uint8Array, sourceOffset: number, length: number): void {
    this.assertRange(address, length);
    assertPart(source, sourceOffset, length);
    copyBytes(this.u8, address, source, sourceOffset, length);
  }

  copyOut(address: number, target: Uint8Array, targetOffset: number, length: number): void {
    this.assertRange(address, length);
    assertPart(target, targetOffset, length);
    copyBytes(target, targetOffset, this.u8, address, length);
  }

  copyWithin(target: number, source: number, length: number): void {
    this.assertRange(target, length);
    this.assertRange(source, length);
    assert(
      target + length <= source || source + length <= target,
      'a copy of % bytes overlaps itself',
      length,
    );
    copyBytes(this.u8, target, this.u8, source, length);
  }

  bytes(address: number, length: number): Uint8Array {
    this.assertRange(address, length);
    return this.u8.subarray(address, address + length);
  }

  target(address: number, length: number): Uint8Array {
    return this.bytes(address, length);
  }

  words(address: number, length: number): Uint32Array {
    this.assertRange(address, length);
    assert(length % 4 === 0, '% bytes are no whole number of words', length);
    // An empty range may be at the very end.
    const first = length === 0 ? 0 : slot32(address, this.sizeBytes);
    return this.u32.subarray(first, first + length / 4);
  }

  add32(address: number, delta: number): number {
    return Atomics.add(this.u32, slot32(address, this.sizeBytes), delta);
  }

  or32(address: number, bits: number): number {
    return Atomics.or(this.u32, slot32(address, this.sizeBytes), bits);
  }

  and32(address: number, bits: number): number {
    return Atomics.and(this.u32, slot32(address, this.sizeBytes), bits);
  }

  wait32(address: number, expected: number, timeoutMs: number): WaitResult {
    return Atomics.wait(this.i32, slot32(address, this.sizeBytes), expected | 0, timeoutMs);
  }

  notify32(address: number): number {
    return Atomics.notify(this.i32, slot32(address, this.sizeBytes));
  }

  private assertRange(address: number, length: number): void {
    if (!(address >= 0 && length >= 0 && address + length <= this.sizeBytes)) throw outside(address, length);
  }
}

function outside(address: number, length = 1): InvariantError {
  return new InvariantError(`access to [${address}, ${address + length}) is outside the memory`);
}

/** A short array would be copied short, or padded with zeros, without a word. */
function assertPart(array: Uint8Array, offset: number, length: number): void {
  if (!(offset >= 0 && offset + length <= array.length)) {
    throw new InvariantError(`bytes [${offset}, ${offset + length}) are not in an array of ${array.length}`);
  }
}

// `>>>` keeps the low 32 bits and drops a fraction, so whatever is not inside is refused first. The memory's size is a
// multiple of 8: an aligned address inside has its whole word inside.
function slot16(address: number, sizeBytes: number): number {
  if ((address & 1) !== 0 || !(address >= 0 && address < sizeBytes)) throw refused(address, 2);
  return address >>> 1;
}

function slot32(address: number, sizeBytes: number): number {
  if ((address & 3) !== 0 || !(address >= 0 && address < sizeBytes)) throw refused(address, 4);
  return address >>> 2;
}

function refused(address: number, width: number): InvariantError {
  if (address % width === 0) return outside(address, width);
  return new InvariantError(`address ${address} is not aligned to ${width} bytes`);
}
