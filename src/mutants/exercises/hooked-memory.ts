import { LivenessError } from '../../errors.js';
import { SharedMemory } from '../../memory/shared-memory.js';

export type Access = 'load' | 'store' | 'update';

/** Accesses of an exercise: a thousandth of it is much. */
const ACCESSES_MAX = 1_000_000;

/**
 * Memory that says of each access that it was made, so that an exercise can have the other side, or an interrupt, come
 * in between, always at the same place. Who makes no end of accesses is stopped.
 */
export class HookedMemory extends SharedMemory {
  /** Called behind each access; not for those that it makes itself. */
  hook: ((access: Access, address: number) => void) | null = null;
  private accesses = 0;

  constructor(sizeBytes: number) {
    super(SharedMemory.ofSize(sizeBytes).buffer);
  }

  override load8(address: number): number {
    const value = super.load8(address);
    this.made('load', address);
    return value;
  }

  override load16(address: number): number {
    const value = super.load16(address);
    this.made('load', address);
    return value;
  }

  override load32(address: number): number {
    const value = super.load32(address);
    this.made('load', address);
    return value;
  }

  override load16Relaxed(address: number): number {
    const value = super.load16Relaxed(address);
    this.made('load', address);
    return value;
  }

  override load16Acquire(address: number): number {
    const value = super.load16Acquire(address);
    this.made('load', address);
    return value;
  }

  override store16(address: number, value: number): void {
    super.store16(address, value);
    this.made('store', address);
  }

  override store16Release(address: number, value: number): void {
    super.store16Release(address, value);
    this.made('store', address);
  }

  override add32(address: number, delta: number): number {
    const value = super.add32(address, delta);
    this.made('update', address);
    return value;
  }

  private made(access: Access, address: number): void {
    this.accesses += 1;
    if (this.accesses > ACCESSES_MAX) {
      throw new LivenessError('ENDLESS', `${ACCESSES_MAX} accesses, and no end`);
    }
    const { hook } = this;
    if (hook === null) return;
    this.hook = null;
    hook(access, address);
    this.hook ??= hook;
  }
}
