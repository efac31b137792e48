import type { BarrierStrength, MemoryPort, WaitResult } from '../../../src/memory/port.js';
import type { PackedAddresses } from './packed-wire.js';
import type { WireAddresses } from './wire.js';

/** An access as it was declared: the method of the port, and the byte range. `fence` has none. */
export interface Access {
  readonly operation: keyof MemoryPort;
  readonly address: number;
  readonly lengthBytes: number;
}

/** Lets every access through to a memory and keeps, in program order, what was declared. */
export class RecordingPort implements MemoryPort {
  readonly sizeBytes: number;
  readonly barriers: BarrierStrength;
  private readonly memory: MemoryPort;
  private readonly accesses: Access[] = [];

  constructor(memory: MemoryPort) {
    this.memory = memory;
    this.sizeBytes = memory.sizeBytes;
    this.barriers = memory.barriers;
  }

  /** What was recorded since the last call. */
  take(): Access[] {
    return this.accesses.splice(0);
  }

  load8(address: number): number {
    this.record('load8', address, 1);
    return this.memory.load8(address);
  }

  load16(address: number): number {
    this.record('load16', address, 2);
    return this.memory.load16(address);
  }

  load32(address: number): number {
    this.record('load32', address, 4);
    return this.memory.load32(address);
  }

  store8(address: number, value: number): void {
    this.record('store8', address, 1);
    this.memory.store8(address, value);
  }

  store16(address: number, value: number): void {
    this.record('store16', address, 2);
    this.memory.store16(address, value);
  }

  store32(address: number, value: number): void {
    this.record('store32', address, 4);
    this.memory.store32(address, value);
  }

  load16Relaxed(address: number): number {
    this.record('load16Relaxed', address, 2);
    return this.memory.load16Relaxed(address);
  }

  store16Relaxed(address: number, value: number): void {
    this.record('store16Relaxed', address, 2);
    this.memory.store16Relaxed(address, value);
  }

  load16Acquire(address: number): number {
    this.record('load16Acquire', address, 2);
    return this.memory.load16Acquire(address);
  }

  store16Release(address: number, value: number): void {
    this.record('store16Release', address, 2);
    this.memory.store16Release(address, value);
  }

  load32Acquire(address: number): number {
    this.record('load32Acquire', address, 4);
    return this.memory.load32Acquire(address);
  }

  store32Release(address: number, value: number): void {
    this.record('store32Release', address, 4);
    this.memory.store32Release(address, value);
  }

  fence(): void {
    this.record('fence', 0, 0);
    this.memory.fence();
  }

  copyIn(address: number, source: Uint8Array, sourceOffset: number, length: number): void {
    this.record('copyIn', address, length);
    this.memory.copyIn(address, source, sourceOffset, length);
  }

  copyOut(address: number, target: Uint8Array, targetOffset: number, length: number): void {
    this.record('copyOut', address, length);
    this.memory.copyOut(address, target, targetOffset, length);
  }

  copyWithin(target: number, source: number, length: number): void {
    this.record('copyWithin', target, length);
    this.memory.copyWithin(target, source, length);
  }

  target(address: number, length: number): Uint8Array {
    this.record('target', address, length);
    return this.memory.target(address, length);
  }

  bytes(address: number, length: number): Uint8Array {
    this.record('bytes', address, length);
    return this.memory.bytes(address, length);
  }

  words(address: number, length: number): Uint32Array {
    this.record('words', address, length);
    return this.memory.words(address, length);
  }

  add32(address: number, delta: number): number {
    this.record('add32', address, 4);
    return this.memory.add32(address, delta);
  }

  or32(address: number, bits: number): number {
    this.record('or32', address, 4);
    return this.memory.or32(address, bits);
  }

  and32(address: number, bits: number): number {
    this.record('and32', address, 4);
    return this.memory.and32(address, bits);
  }

  wait32(address: number, expected: number, timeoutMs: number): WaitResult {
    this.record('wait32', address, 4);
    return this.memory.wait32(address, expected, timeoutMs);
  }

  notify32(address: number): number {
    this.record('notify32', address, 4);
    return this.memory.notify32(address);
  }

  private record(operation: keyof MemoryPort, address: number, lengthBytes: number): void {
    this.accesses.push({ operation, address, lengthBytes });
  }
}

/** Accesses in words, `store16Release avail.idx`, with names from `nameOf`; equal neighbours are one. */
export function inWords(accesses: readonly Access[], nameOf: (address: number) => string): string[] {
  const words = accesses.map(({ operation, address }) =>
    operation === 'fence' ? 'fence' : `${operation} ${nameOf(address)}`,
  );
  return words.filter((word, i) => word !== words[i - 1]);
}

/**
 * The field of a split ring that a byte belongs to, by VIRTIO 1.4, 2.7; `memory` is everything else, such as indirect
 * tables and payload.
 */
export function fieldAt(address: number, at: WireAddresses, size: number): string {
  const fields: [string, number, number][] = [
    ['desc', at.desc, 16 * size],
    ['avail.flags', at.avail, 2],
    ['avail.idx', at.avail + 2, 2],
    ['avail.ring', at.avail + 4, 2 * size],
    ['used_event', at.avail + 4 + 2 * size, 2],
    ['used.flags', at.used, 2],
    ['used.idx', at.used + 2, 2],
    ['used.ring', at.used + 4, 8 * size],
    ['avail_event', at.used + 4 + 8 * size, 2],
  ];
  const field = fields.find(([, start, length]) => address >= start && address < start + length);
  return field?.[0] ?? 'memory';
}

/** The same of a packed ring, by VIRTIO 1.4, 2.8; fields of a descriptor with its slot, `flags[3]`. */
export function packedFieldAt(address: number, at: PackedAddresses, size: number): string {
  const events: [string, number][] = [
    ['driver.off_wrap', at.driverEvent],
    ['driver.flags', at.driverEvent + 2],
    ['device.off_wrap', at.deviceEvent],
    ['device.flags', at.deviceEvent + 2],
  ];
  const event = events.find(([, start]) => address >= start && address < start + 2);
  if (event !== undefined) return event[0];
  const inRing = address - at.ring;
  if (inRing < 0 || inRing >= 16 * size) return 'memory';
  const offset = inRing % 16;
  const name = offset < 8 ? 'address' : offset < 12 ? 'length' : offset < 14 ? 'id' : 'flags';
  return `${name}[${Math.floor(inRing / 16)}]`;
}
