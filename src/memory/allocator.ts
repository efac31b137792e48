import { assert } from '../assert.js';

/** Nothing is ever placed at address 0, so that a forgotten address is noticed and not silently used. */
export const RESERVED_BYTES = 4096;

/** A free or used range of guest memory. */
interface Range {
  readonly address: number;
  readonly sizeBytes: number;
}

/**
 * Hands out ranges of guest memory: first fit over a free list in address order, neighbours merged on free.
 * For set-up and for tables that are cached by their users; nothing on the path of a buffer allocates here.
 */
export class Allocator {
  private readonly startAddress: number;
  private readonly endAddress: number;
  private readonly holes: Range[];
  private readonly used: Map<number, number> = new Map();

  /** Hands out the addresses from `startAddress` up to `endAddress`; the default is a whole memory of that size. */
  constructor(endAddress: number, startAddress: number = RESERVED_BYTES) {
    assert(startAddress >= RESERVED_BYTES, 'address % is in the reserved page', startAddress);
    assert(endAddress > startAddress, 'the range from % to % is empty', startAddress, endAddress);
    this.startAddress = startAddress;
    this.endAddress = endAddress;
    this.holes = [{ address: startAddress, sizeBytes: endAddress - startAddress }];
  }

  /** The address of `sizeBytes` bytes aligned to `align` (a power of two), or null when no range is large enough. */
  allocate(sizeBytes: number, align = 16): number | null {
    assert(Number.isInteger(sizeBytes) && sizeBytes > 0, 'cannot allocate % bytes', sizeBytes);
    assert(Number.isInteger(Math.log2(align)), 'alignment % is not a power of two', align);
    for (let i = 0; i < this.holes.length; i++) {
      const range = this.holes[i] as Range;
      const address = Math.ceil(range.address / align) * align;
      const padding = address - range.address;
      if (padding + sizeBytes > range.sizeBytes) continue;
      const behind = { address: address + sizeBytes, sizeBytes: range.sizeBytes - padding - sizeBytes };
      const before = { address: range.address, sizeBytes: padding };
      this.holes.splice(i, 1, ...[before, behind].filter((part) => part.sizeBytes > 0));
      this.used.set(address, sizeBytes);
      return address;
    }
    return null;
  }

  /** Gives back what {@link allocate} returned, once. */
  free(address: number): void {
    const sizeBytes = this.used.get(address);
    assert(sizeBytes !== undefined, 'free of address %, which is not allocated', address);
    this.used.delete(address);
    let at = this.holes.findIndex((range) => range.address > address);
    if (at === -1) at = this.holes.length;
    this.holes.splice(at, 0, { address, sizeBytes });
    this.mergeWithNext(at);
    if (at > 0) this.mergeWithNext(at - 1);
  }

  /** Whether the address is of what is handed out here, now or at another time. */
  covers(address: number): boolean {
    return address >= this.startAddress && address < this.endAddress;
  }

  /** Bytes not handed out; they need not be in one piece. */
  get freeBytes(): number {
    return this.holes.reduce((sum, range) => sum + range.sizeBytes, 0);
  }

  private mergeWithNext(at: number): void {
    const range = this.holes[at] as Range;
    const next = this.holes[at + 1];
    if (next === undefined || range.address + range.sizeBytes !== next.address) return;
    this.holes.splice(at, 2, { address: range.address, sizeBytes: range.sizeBytes + next.sizeBytes });
  }
}
