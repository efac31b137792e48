import type { MemoryPort } from '../memory/port.js';

/** The order that a store was declared with. */
export const StoreKind = { plain: 0, relaxed: 1, release: 2 } as const;
export type StoreKind = (typeof StoreKind)[keyof typeof StoreKind];

const CAPACITY = 16;
/** A store is held for at most so many accesses of its thread: who only polls gets rid of it too. */
const AGE_MAX = 64;

/**
 * Stores of one thread that memory has not got yet, oldest first. `fifo` is what x86 does: stores arrive in program
 * order, only late. Without it they arrive in any order that was declared: a release store behind all earlier ones,
 * stores to the same bytes in program order, anything else as it comes.
 */
export class StoreBuffer {
  count = 0;
  /** Stores that arrived before an earlier one. */
  overtakingCount = 0;
  private readonly memory: MemoryPort;
  private readonly isFifo: boolean;
  private readonly addresses: Float64Array = new Float64Array(CAPACITY);
  private readonly widths: Uint8Array = new Uint8Array(CAPACITY);
  private readonly values: Uint32Array = new Uint32Array(CAPACITY);
  private readonly kinds: Uint8Array = new Uint8Array(CAPACITY);
  /** The number of the access that made it, modulo 2^32. */
  private readonly births: Uint32Array = new Uint32Array(CAPACITY);
  private accessCount = 0;

  constructor(memory: MemoryPort, isFifo: boolean) {
    this.memory = memory;
    this.isFifo = isFifo;
  }

  push(address: number, width: number, value: number, kind: StoreKind): void {
    if (this.count === CAPACITY) this.drainAt(0);
    const at = this.count;
    this.addresses[at] = address;
    this.widths[at] = width;
    this.values[at] = width === 4 ? value : value & (width === 2 ? 0xffff : 0xff);
    this.kinds[at] = kind;
    this.births[at] = this.accessCount;
    this.count = at + 1;
  }

  /** The newest held store that touches one of these bytes; -1: none does. */
  newest(address: number, width: number): number {
    for (let i = this.count - 1; i >= 0; i--) if (this.touches(i, address, width)) return i;
    return -1;
  }

  /** Whether store `i` wrote exactly these bytes. */
  isExactly(i: number, address: number, width: number): boolean {
    return this.addresses[i] === address && this.widths[i] === width;
  }

  address(i: number): number {
    return this.addresses[i] as number;
  }

  value(i: number): number {
    return this.values[i] as number;
  }

  /** An access of the thread passes: what has been held for too long goes. */
  tick(): void {
    this.accessCount = (this.accessCount + 1) >>> 0;
    if (this.count === 0) return;
    if ((this.accessCount - (this.births[0] as number)) >>> 0 > AGE_MAX) this.drainAt(0);
  }

  /** One store reaches memory; `bits` choose which. */
  drainOne(bits: number): void {
    if (this.count === 0) return;
    const wanted = this.isFifo ? 0 : bits % this.count;
    this.drainAt(this.mayArrive(wanted) ? wanted : 0);
  }

  drainAll(): void {
    for (let i = 0; i < this.count; i++) this.write(i);
    this.count = 0;
  }

  private mayArrive(at: number): boolean {
    if (at === 0) return true;
    if (this.kinds[at] === StoreKind.release) return false;
    const address = this.addresses[at] as number;
    const width = this.widths[at] as number;
    for (let i = 0; i < at; i++) if (this.touches(i, address, width)) return false;
    return true;
  }

  private touches(i: number, address: number, width: number): boolean {
    const first = this.addresses[i] as number;
    return first < address + width && address < first + (this.widths[i] as number);
  }

  private drainAt(at: number): void {
    this.write(at);
    if (at > 0) this.overtakingCount += 1;
    const next = at + 1;
    this.addresses.copyWithin(at, next, this.count);
    this.widths.copyWithin(at, next, this.count);
    this.values.copyWithin(at, next, this.count);
    this.kinds.copyWithin(at, next, this.count);
    this.births.copyWithin(at, next, this.count);
    this.count -= 1;
  }

  private write(i: number): void {
    const address = this.addresses[i] as number;
    const value = this.values[i] as number;
    const width = this.widths[i] as number;
    if (this.kinds[i] === StoreKind.plain) {
      if (width === 4) this.memory.store32(address, value);
      else if (width === 2) this.memory.store16(address, value);
      else this.memory.store8(address, value);
    } else if (width === 4) this.memory.store32Release(address, value);
    else if (this.kinds[i] === StoreKind.release) this.memory.store16Release(address, value);
    else this.memory.store16Relaxed(address, value);
  }
}
