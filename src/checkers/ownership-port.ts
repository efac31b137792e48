import type { BarrierStrength, MemoryPort, WaitResult } from '../memory/port.js';
import type { OwnershipMap } from './ownership.js';

/**
 * Memory as one side may use it: an access to a byte of a buffer that is not its own at that moment throws. The driver
 * does everything over such a port; the device has one for payload alone, as what a ring is made of is in no buffer.
 * A view is checked when it is asked for, and not when it is used.
 */
export class OwnershipPort implements MemoryPort {
  readonly sizeBytes: number;
  readonly barriers: BarrierStrength;
  private readonly inner: MemoryPort;
  private readonly map: OwnershipMap;
  private readonly side: 'driver' | 'device';

  constructor(inner: MemoryPort, map: OwnershipMap, side: 'driver' | 'device') {
    this.sizeBytes = inner.sizeBytes;
    this.barriers = inner.barriers;
    this.inner = inner;
    this.map = map;
    this.side = side;
  }

  load8(address: number): number {
    return this.for(address, 1).load8(address);
  }

  load16(address: number): number {
    return this.for(address, 2).load16(address);
  }

  load32(address: number): number {
    return this.for(address, 4).load32(address);
  }

  store8(address: number, value: number): void {
    this.for(address, 1).store8(address, value);
  }

  store16(address: number, value: number): void {
    this.for(address, 2).store16(address, value);
  }

  store32(address: number, value: number): void {
    this.for(address, 4).store32(address, value);
  }

  load16Relaxed(address: number): number {
    return this.for(address, 2).load16Relaxed(address);
  }

  store16Relaxed(address: number, value: number): void {
    this.for(address, 2).store16Relaxed(address, value);
  }

  load16Acquire(address: number): number {
    return this.for(address, 2).load16Acquire(address);
  }

  store16Release(address: number, value: number): void {
    this.for(address, 2).store16Release(address, value);
  }

  load32Acquire(address: number): number {
    return this.for(address, 4).load32Acquire(address);
  }

  store32Release(address: number, value: number): void {
    this.for(address, 4).store32Release(address, value);
  }

  fence(): void {
    this.inner.fence();
  }

  copyIn(address: number, source: Uint8Array, sourceOffset: number, length: number): void {
    this.for(address, length).copyIn(address, source, sourceOffset, length);
  }

  copyOut(address: number, target: Uint8Array, targetOffset: number, length: number): void {
    this.for(address, length).copyOut(address, target, targetOffset, length);
  }

  copyWithin(target: number, source: number, length: number): void {
    this.for(target, length);
    this.for(source, length).copyWithin(target, source, length);
  }

  bytes(address: number, length: number): Uint8Array {
    return this.for(address, length).bytes(address, length);
  }

  target(address: number, length: number): Uint8Array {
    return this.for(address, length).target(address, length);
  }

  words(address: number, length: number): Uint32Array {
    return this.for(address, length).words(address, length);
  }

  add32(address: number, delta: number): number {
    return this.for(address, 4).add32(address, delta);
  }

  or32(address: number, bits: number): number {
    return this.for(address, 4).or32(address, bits);
  }

  and32(address: number, bits: number): number {
    return this.for(address, 4).and32(address, bits);
  }

  wait32(address: number, expected: number, timeoutMs: number): WaitResult {
    return this.for(address, 4).wait32(address, expected, timeoutMs);
  }

  notify32(address: number): number {
    return this.for(address, 4).notify32(address);
  }

  /** The memory, if this side may touch those bytes now. */
  private for(address: number, length: number): MemoryPort {
    const wrong = this.map.check(this.side, address, length);
    if (wrong !== null) throw wrong;
    return this.inner;
  }
}
