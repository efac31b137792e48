import type { BarrierStrength, MemoryPort, WaitResult } from '../memory/port.js';
import { Rng } from '../rng.js';
import { EarlyReads } from './early-reads.js';
import { Pauses } from './pauses.js';
import type { PerturbationPlan } from './perturbation.js';
import { StoreBuffer, StoreKind } from './store-buffer.js';

/** Of the early loads, one in eight begins with a new snapshot: it takes as long as many accesses. */
const SNAPSHOT_MASK = 0x7_0000;

/**
 * The port of one thread, on the bad side of what the names of its methods allow: stores reach memory late, reads may
 * be old, and any access may take long. Ring code that is right under the *declared* orders is right over this port.
 *
 * Bulk accesses and views see, and are seen behind, everything that the thread stored before.
 */
export class PerturbingPort implements MemoryPort {
  readonly sizeBytes: number;
  readonly barriers: BarrierStrength = 'smp';
  /** Loads that got their value before an earlier store of the same thread had arrived. */
  earlyLoadCount = 0;
  /** Loads that got something else than what is in memory. */
  staleReadCount = 0;
  private readonly memory: MemoryPort;
  private readonly rng: Rng;
  private readonly plan: PerturbationPlan;
  private readonly pauses: Pauses = new Pauses();
  private readonly stores: StoreBuffer;
  private readonly holds: boolean;
  /** Null where loads are carried out in order. */
  private readonly early: EarlyReads | null;
  /** What chance gave the access at hand, 8 bits each: a pause, how long or which store, a drain, an early load. */
  private bits = 0;

  constructor(memory: MemoryPort, plan: PerturbationPlan) {
    this.sizeBytes = memory.sizeBytes;
    this.memory = memory;
    this.plan = plan;
    this.rng = new Rng(plan.seed);
    this.holds = plan.kind === 'tso' || plan.kind === 'weak';
    this.early = plan.kind === 'weak' ? new EarlyReads(memory) : null;
    this.stores = new StoreBuffer(memory, plan.kind === 'tso');
  }

  /** Stores that arrived before an earlier one of the same thread. */
  get overtakingCount(): number {
    return this.stores.overtakingCount;
  }

  load8(address: number): number {
    return this.load(address, 1, StoreKind.plain);
  }

  load16(address: number): number {
    return this.load(address, 2, StoreKind.plain);
  }

  load32(address: number): number {
    return this.load(address, 4, StoreKind.plain);
  }

  store8(address: number, value: number): void {
    if (this.hold(address, 1, value, StoreKind.plain)) return;
    this.memory.store8(address, value);
  }

  store16(address: number, value: number): void {
    if (this.hold(address, 2, value, StoreKind.plain)) return;
    this.memory.store16(address, value);
  }

  store32(address: number, value: number): void {
    if (this.hold(address, 4, value, StoreKind.plain)) return;
    this.memory.store32(address, value);
  }

  load16Relaxed(address: number): number {
    return this.load(address, 2, StoreKind.relaxed);
  }

  store16Relaxed(address: number, value: number): void {
    if (this.hold(address, 2, value, StoreKind.relaxed)) return;
    this.memory.store16Relaxed(address, value);
  }

  load16Acquire(address: number): number {
    return this.acquire(address, 2);
  }

  store16Release(address: number, value: number): void {
    if (this.hold(address, 2, value, StoreKind.release)) return;
    this.memory.store16Release(address, value);
  }

  load32Acquire(address: number): number {
    return this.acquire(address, 4);
  }

  store32Release(address: number, value: number): void {
    if (this.hold(address, 4, value, StoreKind.release)) return;
    this.memory.store32Release(address, value);
  }

  fence(): void {
    this.full();
    this.memory.fence();
  }

  copyIn(address: number, source: Uint8Array, sourceOffset: number, length: number): void {
    this.full();
    this.memory.copyIn(address, source, sourceOffset, length);
  }

  copyOut(address: number, target: Uint8Array, targetOffset: number, length: number): void {
    this.full();
    this.memory.copyOut(address, target, targetOffset, length);
  }

  copyWithin(target: number, source: number, length: number): void {
    this.full();
    this.memory.copyWithin(target, source, length);
  }

  bytes(address: number, length: number): Uint8Array {
    this.full();
    return this.memory.bytes(address, length);
  }

  target(address: number, length: number): Uint8Array {
    this.full();
    return this.memory.target(address, length);
  }

  words(address: number, length: number): Uint32Array {
    this.full();
    return this.memory.words(address, length);
  }

  add32(address: number, delta: number): number {
    this.full();
    return this.memory.add32(address, delta);
  }

  or32(address: number, bits: number): number {
    this.full();
    return this.memory.or32(address, bits);
  }

  and32(address: number, bits: number): number {
    this.full();
    return this.memory.and32(address, bits);
  }

  wait32(address: number, expected: number, timeoutMs: number): WaitResult {
    this.full();
    return this.memory.wait32(address, expected, timeoutMs);
  }

  notify32(address: number): number {
    this.full();
    return this.memory.notify32(address);
  }

  /** An access begins: time passes, and perhaps a store arrives. */
  private begin(): void {
    const bits = this.rng.next32();
    this.bits = bits;
    if ((bits & 0xff) < this.plan.pause) this.pauses.pause((bits >>> 8) & 0xff);
    if (!this.holds) return;
    this.stores.tick();
    if (((bits >>> 16) & 0xff) < this.plan.drain) this.stores.drainOne((bits >>> 8) & 0xff);
  }

  /** All stores arrive, and nothing seen before is seen again. */
  private full(): void {
    this.begin();
    this.stores.drainAll();
    this.early?.drop();
  }

  /** True: the store is on its way. An address that memory would refuse is left to memory. */
  private hold(address: number, width: number, value: number, kind: StoreKind): boolean {
    this.begin();
    if (!this.holds || address % width !== 0 || !(address >= 0 && address < this.sizeBytes)) return false;
    this.early?.outdate(address);
    this.stores.push(address, width, value, kind);
    return true;
  }

  private load(address: number, width: number, kind: StoreKind): number {
    this.begin();
    const own = this.ownStore(address, width);
    if (own !== -1) return own;
    const early = this.early === null ? -1 : this.readEarly(this.early, address, width);
    const now = this.read(address, width, kind);
    if (early === -1) return now;
    if (early !== now) this.staleReadCount += 1;
    return early;
  }

  /** What an early load of these bytes got; -1: it was not early, and nothing older may be read there any more. */
  private readEarly(early: EarlyReads, address: number, width: number): number {
    const isLucky = this.bits >>> 24 < this.plan.stale;
    if (early.isActive && isLucky) {
      const value = early.find(address, width);
      if (value !== -1) return value;
    } else if (!early.isActive && isLucky && (this.bits & SNAPSHOT_MASK) === 0) {
      early.take();
      // What is on its way is the thread's own, and newer.
      for (let i = 0; i < this.stores.count; i++) early.outdate(this.stores.address(i));
    }
    early.outdate(address);
    return -1;
  }

  private acquire(address: number, width: number): number {
    this.begin();
    const own = this.ownStore(address, width);
    this.early?.drop();
    return own === -1 ? this.read(address, width, StoreKind.release) : own;
  }

  /** What this thread has stored there and memory has not got; -1: nothing. */
  private ownStore(address: number, width: number): number {
    if (this.stores.count === 0) return -1;
    const at = this.stores.newest(address, width);
    if (at === -1) {
      this.earlyLoadCount += 1;
      return -1;
    }
    if (this.stores.isExactly(at, address, width)) return this.stores.value(at);
    this.stores.drainAll();
    return -1;
  }

  private read(address: number, width: number, kind: StoreKind): number {
    if (width === 1) return this.memory.load8(address);
    if (kind === StoreKind.plain)
      return width === 2 ? this.memory.load16(address) : this.memory.load32(address);
    if (width === 4) return this.memory.load32Acquire(address);
    return kind === StoreKind.relaxed
      ? this.memory.load16Relaxed(address)
      : this.memory.load16Acquire(address);
  }
}
