import { assert } from '../assert.js';
import { InvariantError } from '../errors.js';
import type { BarrierStrength, MemoryPort, WaitResult } from './port.js';

// Rings are little-endian on the wire and typed arrays are of the machine's own order; one test at start-up is
// cheaper than a swap at every access, and no platform that runs Node today is big-endian but s390x.
assert(new Uint8Array(new Uint16Array([1]).buffer)[0] === 1, 'vring needs a little-endian machine');

/** Up to here a byte loop beats making a view of the range. */
const SMALL_COPY_BYTES = 64;

/** The largest memory a typed array can span on Node 20; addresses then fit in 32 bits, shifts stay exact. */
export const MAX_MEMORY_BYTES: number = 2 ** 32;

/**
 * The deployed {@link MemoryPort}: a window of a `SharedArrayBuffer`, whose first byte is address 0.
 *
 * Relaxed, acquire and release are all `Atomics` accesses, sequentially consistent. That is why {@link fence} is
 * empty: where it stands, both the store before it and the load after it are `Atomics`, on both sides, and the total
 * order of those is all the store-load barrier is needed for. JavaScript has no fence instruction to offer.
 */
export class SharedMemory implements MemoryPort {
  readonly sizeBytes: number;
  /** The device is a thread on a CPU like the driver: `Atomics` are all that there is to be ordered against. */
  readonly barriers: BarrierStrength = 'platform';
  readonly buffer: SharedArrayBuffer;
  readonly #u8: Uint8Array;
  readonly #u16: Uint16Array;
  readonly #u32: Uint32Array;
  readonly #i32: Int32Array;

  constructor(buffer: SharedArrayBuffer, byteOffset = 0, sizeBytes: number = buffer.byteLength - byteOffset) {
    assert(byteOffset % 8 === 0, `a memory window must start on 8 bytes, not at ${byteOffset}`);
    assert(sizeBytes % 8 === 0, `a memory window must be a multiple of 8 bytes, not ${sizeBytes}`);
    assert(
      sizeBytes > 0 && sizeBytes <= MAX_MEMORY_BYTES,
      `a memory window of ${sizeBytes} bytes is out of range`,
    );
    this.buffer = buffer;
    this.sizeBytes = sizeBytes;
    this.#u8 = new Uint8Array(buffer, byteOffset, sizeBytes);
    this.#u16 = new Uint16Array(buffer, byteOffset, sizeBytes / 2);
    this.#u32 = new Uint32Array(buffer, byteOffset, sizeBytes / 4);
    this.#i32 = new Int32Array(buffer, byteOffset, sizeBytes / 4);
  }

  static ofSize(sizeBytes: number): SharedMemory {
    return new SharedMemory(new SharedArrayBuffer(sizeBytes));
  }

  load8(address: number): number {
    return inside(this.#u8[address], address);
  }

  load16(address: number): number {
    return inside(this.#u16[slot16(address)], address);
  }

  load32(address: number): number {
    return inside(this.#u32[slot32(address)], address);
  }

  store8(address: number, value: number): void {
    if (!(address >= 0 && address < this.sizeBytes)) throw outside(address);
    this.#u8[address] = value;
  }

  store16(address: number, value: number): void {
    if (!(address >= 0 && address < this.sizeBytes)) throw outside(address);
    this.#u16[slot16(address)] = value;
  }

  store32(address: number, value: number): void {
    if (!(address >= 0 && address < this.sizeBytes)) throw outside(address);
    this.#u32[slot32(address)] = value;
  }

  load16Relaxed(address: number): number {
    return Atomics.load(this.#u16, slot16(address));
  }

  store16Relaxed(address: number, value: number): void {
    Atomics.store(this.#u16, slot16(address), value);
  }

  load16Acquire(address: number): number {
    return Atomics.load(this.#u16, slot16(address));
  }

  store16Release(address: number, value: number): void {
    Atomics.store(this.#u16, slot16(address), value);
  }

  load32Acquire(address: number): number {
    return Atomics.load(this.#u32, slot32(address));
  }

  store32Release(address: number, value: number): void {
    Atomics.store(this.#u32, slot32(address), value);
  }

  fence(): void {
    // Empty on purpose: see the class comment.
  }

  copyIn(address: number, source: Uint8Array, sourceOffset: number, length: number): void {
    this.#assertRange(address, length);
    assertPart(source, sourceOffset, length);
    if (length > SMALL_COPY_BYTES) {
      this.#u8.set(source.subarray(sourceOffset, sourceOffset + length), address);
      return;
    }
    for (let i = 0; i < length; i++) this.#u8[address + i] = source[sourceOffset + i] as number;
  }

  copyOut(address: number, target: Uint8Array, targetOffset: number, length: number): void {
    this.#assertRange(address, length);
    assertPart(target, targetOffset, length);
    if (length > SMALL_COPY_BYTES) {
      target.set(this.#u8.subarray(address, address + length), targetOffset);
      return;
    }
    for (let i = 0; i < length; i++) target[targetOffset + i] = this.#u8[address + i] as number;
  }

  bytes(address: number, length: number): Uint8Array {
    this.#assertRange(address, length);
    return this.#u8.subarray(address, address + length);
  }

  words(address: number, length: number): Uint32Array {
    this.#assertRange(address, length);
    return this.#u32.subarray(slot32(address), slot32(address) + slot32(length));
  }

  add32(address: number, delta: number): number {
    return Atomics.add(this.#u32, slot32(address), delta);
  }

  or32(address: number, bits: number): number {
    return Atomics.or(this.#u32, slot32(address), bits);
  }

  and32(address: number, bits: number): number {
    return Atomics.and(this.#u32, slot32(address), bits);
  }

  wait32(address: number, expected: number, timeoutMs: number): WaitResult {
    return Atomics.wait(this.#i32, slot32(address), expected | 0, timeoutMs);
  }

  notify32(address: number): number {
    return Atomics.notify(this.#i32, slot32(address));
  }

  #assertRange(address: number, length: number): void {
    if (!(address >= 0 && length >= 0 && address + length <= this.sizeBytes)) throw outside(address, length);
  }
}

/** An index past the end reads `undefined`; the engine folds this test into its own bounds check. */
function inside(value: number | undefined, address: number): number {
  if (value === undefined) throw outside(address);
  return value;
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

// `>>>` keeps the low 32 bits: an address past them would wrap round to another word, so it is refused first.
function slot16(address: number): number {
  if ((address & 1) !== 0 || address >= MAX_MEMORY_BYTES) throw misplaced(address, 2);
  return address >>> 1;
}

function slot32(address: number): number {
  if ((address & 3) !== 0 || address >= MAX_MEMORY_BYTES) throw misplaced(address, 4);
  return address >>> 2;
}

function misplaced(address: number, width: number): InvariantError {
  return new InvariantError(`address ${address} is not a ${width}-byte aligned address within 4 GiB`);
}
