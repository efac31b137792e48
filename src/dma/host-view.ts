import { ProtocolViolation } from '../errors.js';
import type { BarrierStrength, MemoryPort, WaitResult } from '../memory/port.js';
import { hex } from './dma-trace.js';
import { byteMaskOf } from './keystream.js';
import type { PageStates } from './page-states.js';
import { pageOf } from './pages.js';

/**
 * What a host gets that touches a private page. `garbage`: ciphertext, and its writes turn plain text into garbage
 * (SEV). `zero`: reads give zeros, writes destroy (TDX without the key). `fault`: the access fails (guest_memfd).
 */
export type HostSees = 'garbage' | 'zero' | 'fault';

/** One access of the device to a page that is not shared with it. */
export interface PrivateAccess {
  readonly address: number;
  readonly lengthBytes: number;
  readonly isWrite: boolean;
}

/**
 * Guest memory as the host of an encrypted guest has it. Shared pages are what they are; an access to any other is
 * counted, and goes wrong in the way that was chosen.
 *
 * A view of bytes that are not shared is a copy: what is written into it reaches nobody, and the guest finds garbage.
 */
export class HostView implements MemoryPort {
  readonly sizeBytes: number;
  readonly barriers: BarrierStrength;
  privateReads = 0;
  privateWrites = 0;
  firstPrivate: PrivateAccess | null = null;
  private readonly ram: MemoryPort;
  private readonly states: PageStates;
  private readonly sees: HostSees;

  constructor(ram: MemoryPort, states: PageStates, sees: HostSees) {
    this.sizeBytes = ram.sizeBytes;
    this.barriers = ram.barriers;
    this.ram = ram;
    this.states = states;
    this.sees = sees;
  }

  get privateAccesses(): number {
    return this.privateReads + this.privateWrites;
  }

  load8(address: number): number {
    return this.read(address, 1, this.ram.load8(address));
  }

  load16(address: number): number {
    return this.read(address, 2, this.ram.load16(address));
  }

  load32(address: number): number {
    return this.read(address, 4, this.ram.load32(address));
  }

  store8(address: number, value: number): void {
    this.ram.store8(address, this.written(address, 1, value));
  }

  store16(address: number, value: number): void {
    this.ram.store16(address, this.written(address, 2, value));
  }

  store32(address: number, value: number): void {
    this.ram.store32(address, this.written(address, 4, value));
  }

  load16Relaxed(address: number): number {
    return this.read(address, 2, this.ram.load16Relaxed(address));
  }

  store16Relaxed(address: number, value: number): void {
    this.ram.store16Relaxed(address, this.written(address, 2, value));
  }

  load16Acquire(address: number): number {
    return this.read(address, 2, this.ram.load16Acquire(address));
  }

  store16Release(address: number, value: number): void {
    this.ram.store16Release(address, this.written(address, 2, value));
  }

  load32Acquire(address: number): number {
    return this.read(address, 4, this.ram.load32Acquire(address));
  }

  store32Release(address: number, value: number): void {
    this.ram.store32Release(address, this.written(address, 4, value));
  }

  fence(): void {
    this.ram.fence();
  }

  copyIn(address: number, source: Uint8Array, sourceOffset: number, length: number): void {
    if (this.states.isShared(address, length)) {
      this.ram.copyIn(address, source, sourceOffset, length);
      return;
    }
    this.count(address, length, true);
    const written = source.slice(sourceOffset, sourceOffset + length);
    for (let i = 0; i < written.length; i++) {
      if (!this.states.isShared(address + i, 1))
        written[i] = (written[i] as number) ^ this.byteMask(address + i);
    }
    this.ram.copyIn(address, written, 0, length);
  }

  copyOut(address: number, target: Uint8Array, targetOffset: number, length: number): void {
    if (this.states.isShared(address, length)) this.ram.copyOut(address, target, targetOffset, length);
    else target.set(this.bytes(address, length), targetOffset);
  }

  copyWithin(target: number, source: number, length: number): void {
    this.copyIn(target, this.bytes(source, length), 0, length);
  }

  bytes(address: number, length: number): Uint8Array {
    if (this.states.isShared(address, length)) return this.ram.bytes(address, length);
    this.count(address, length, false);
    const copy = new Uint8Array(length);
    this.ram.copyOut(address, copy, 0, length);
    for (let i = 0; i < length; i++) copy[i] = this.seenByte(address + i, copy[i] as number);
    return copy;
  }

  target(address: number, length: number): Uint8Array {
    if (this.states.isShared(address, length)) return this.ram.target(address, length);
    this.count(address, length, true);
    const bytes = this.ram.target(address, length);
    for (let i = 0; i < length; i++)
      if (!this.states.isShared(address + i, 1)) bytes[i] = this.byteMask(address + i);
    return new Uint8Array(length);
  }

  words(address: number, length: number): Uint32Array {
    if (this.states.isShared(address, length)) return this.ram.words(address, length);
    return new Uint32Array(this.bytes(address, length).buffer);
  }

  add32(address: number, delta: number): number {
    if (this.states.isShared(address, 4)) return this.ram.add32(address, delta);
    return this.update(address, (seen) => seen + delta);
  }

  or32(address: number, bits: number): number {
    if (this.states.isShared(address, 4)) return this.ram.or32(address, bits);
    return this.update(address, (seen) => seen | bits);
  }

  and32(address: number, bits: number): number {
    if (this.states.isShared(address, 4)) return this.ram.and32(address, bits);
    return this.update(address, (seen) => seen & bits);
  }

  wait32(address: number, expected: number, timeoutMs: number): WaitResult {
    if (this.states.isShared(address, 4)) return this.ram.wait32(address, expected, timeoutMs);
    const value = this.ram.load32Acquire(address);
    return this.read(address, 4, value) === expected
      ? this.ram.wait32(address, value, timeoutMs)
      : 'not-equal';
  }

  notify32(address: number): number {
    return this.ram.notify32(address);
  }

  /** What the host gets of a value that the guest reads as `value`. */
  private read(address: number, width: 1 | 2 | 4, value: number): number {
    if (this.states.isShared(address, width)) return value;
    this.count(address, width, false);
    return this.seen(address, width, value);
  }

  private seen(address: number, width: 1 | 2 | 4, value: number): number {
    return this.sees === 'zero' ? 0 : (value ^ this.maskOf(address, width)) >>> 0;
  }

  /** A read-modify-write of what the host sees; in a private page there is nothing that would need it to be atomic. */
  private update(address: number, change: (seen: number) => number): number {
    const value = this.ram.load32Acquire(address);
    this.count(address, 4, true);
    const seen = this.seen(address, 4, value);
    this.ram.store32Release(address, (change(seen) ^ this.maskOf(address, 4)) >>> 0);
    return seen;
  }

  /** What the guest will read once the host has written `value`. */
  private written(address: number, width: 1 | 2 | 4, value: number): number {
    if (this.states.isShared(address, width)) return value;
    this.count(address, width, true);
    return (value ^ this.maskOf(address, width)) >>> 0;
  }

  private seenByte(address: number, value: number): number {
    if (this.states.isShared(address, 1)) return value;
    return this.sees === 'zero' ? 0 : value ^ this.byteMask(address);
  }

  private maskOf(address: number, width: number): number {
    let mask = 0;
    for (let i = width - 1; i >= 0; i--) mask = mask * 256 + this.byteMask(address + i);
    return mask;
  }

  private byteMask(address: number): number {
    return byteMaskOf(address, this.states.epoch(pageOf(address)));
  }

  private count(address: number, lengthBytes: number, isWrite: boolean): void {
    if (isWrite) this.privateWrites += 1;
    else this.privateReads += 1;
    this.firstPrivate ??= { address, lengthBytes, isWrite };
    if (this.sees === 'fault') throw privatePage({ address, lengthBytes, isWrite });
  }
}

/** The driver's fault: it gave the device an address that it had not shared. */
export function privatePage(access: PrivateAccess, why = ''): ProtocolViolation {
  const { address, lengthBytes, isWrite } = access;
  const what = `${isWrite ? 'a write' : 'a read'} of ${lengthBytes} bytes at ${hex(address)}`;
  return new ProtocolViolation(
    'PRIVATE_PAGE',
    `the device was sent to memory that is not shared with it${why}`,
    {
      section: '6.1',
      expected: 'a page shared with the host',
      actual: `${what}, in a private one`,
    },
  );
}
