import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Allocator } from '../../../src/memory/allocator.js';
import { seeded } from '../../support/ring/seeded.js';

const END = 16384;
const RESERVED = 4096;

/** One byte, one mark: who owns each address. Slow, and too simple to be wrong. */
class NaiveMemory {
  readonly owners: (number | null)[] = Array.from({ length: END }, () => null);

  take(address: number, sizeBytes: number, owner: number): void {
    for (let at = address; at < address + sizeBytes; at++) {
      if (at < RESERVED || at >= END) throw new Error(`address ${at} is not to be had`);
      if (this.owners[at] !== null) throw new Error(`address ${at} is ${this.owners[at]}'s already`);
      this.owners[at] = owner;
    }
  }

  free(owner: number): void {
    for (const [at, who] of this.owners.entries()) if (who === owner) this.owners[at] = null;
  }

  get freeBytes(): number {
    return this.owners.filter((owner, at) => owner === null && at >= RESERVED).length;
  }

  /** Lowest address at which so many bytes are free: what first fit has to answer. */
  firstFit(sizeBytes: number, align: number): number | null {
    let run = 0;
    for (let at = END - 1, best: number | null = null; ; at--) {
      if (at < RESERVED) return best;
      run = this.owners[at] === null ? run + 1 : 0;
      if (run >= sizeBytes && at % align === 0) best = at;
    }
  }
}

const operation = fc.oneof(
  fc.record({
    kind: fc.constant('allocate' as const),
    sizeBytes: fc.integer({ min: 1, max: 3000 }),
    exponent: fc.nat(11),
  }),
  fc.record({ kind: fc.constant('free' as const), which: fc.nat(1000) }),
);

describe('Allocator', () => {
  it('agrees with a memory in which every byte is marked: aligned, apart, first fit, and every byte comes back', () => {
    const property = fc.property(fc.array(operation, { maxLength: 60, size: 'max' }), (operations) => {
      const allocator = new Allocator(END);
      const naive = new NaiveMemory();
      const taken: { address: number; owner: number }[] = [];
      for (const [owner, step] of operations.entries()) {
        if (step.kind === 'allocate') {
          const align = 2 ** step.exponent;
          const address = allocator.allocate(step.sizeBytes, align);
          expect(address).toBe(naive.firstFit(step.sizeBytes, align));
          if (address === null) continue;
          naive.take(address, step.sizeBytes, owner);
          taken.push({ address, owner });
        } else {
          const [gone] = taken.splice(step.which % Math.max(taken.length, 1), 1);
          if (gone === undefined) continue;
          allocator.free(gone.address);
          naive.free(gone.owner);
        }
        expect(allocator.freeBytes).toBe(naive.freeBytes);
      }
      for (const { address } of taken) allocator.free(address);
      expect(allocator.freeBytes).toBe(END - RESERVED);
      expect(allocator.allocate(END - RESERVED, 1), 'one range again').toBe(RESERVED);
    });
    fc.assert(property, seeded(60));
  });

  it('never hands out the first page, and nothing behind the end', () => {
    const allocator = new Allocator(RESERVED + 32);
    expect(allocator.allocate(33, 1)).toBeNull();
    expect(allocator.allocate(32, 1)).toBe(RESERVED);
    expect(allocator.allocate(1, 1)).toBeNull();
    expect(allocator.freeBytes).toBe(0);
  });

  it('serves a part of a memory, from a start of its own', () => {
    const allocator = new Allocator(20_000, 10_000);
    expect(allocator.freeBytes).toBe(10_000);
    expect(allocator.allocate(10_000, 16)).toBe(10_000);
    expect([9999, 10_000, 19_999, 20_000].map((at) => allocator.covers(at))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(() => new Allocator(10_000, 10_000)).toThrow(/empty/);
    expect(() => new Allocator(10_000, 4095)).toThrow(/reserved/);
    expect(() => new Allocator(4096)).toThrow(/empty/);
  });

  it('aligns to 16 bytes when not told', () => {
    const allocator = new Allocator(END);
    allocator.allocate(1);
    expect(allocator.allocate(1)).toBe(RESERVED + 16);
  });

  it('uses what an alignment skipped for something smaller', () => {
    const allocator = new Allocator(END);
    const low = allocator.allocate(1, 1) as number;
    const high = allocator.allocate(100, 4096) as number;
    expect([low, high]).toEqual([4096, 8192]);
    expect(allocator.allocate(4095, 1)).toBe(4097);
  });

  it('works up to 4 GiB: no address is cut to 32 bits', () => {
    const allocator = new Allocator(2 ** 32);
    const big = allocator.allocate(2 ** 32 - 8192, 4096) as number;
    const last = allocator.allocate(4096, 4096) as number;
    expect([big, last]).toEqual([4096, 2 ** 32 - 4096]);
    allocator.free(big);
    allocator.free(last);
    expect(allocator.freeBytes).toBe(2 ** 32 - 4096);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses a size of %d', (sizeBytes) => {
    expect(() => new Allocator(END).allocate(sizeBytes)).toThrow(/cannot allocate/);
  });

  it.each([0, 3, 24, -16])('refuses an alignment of %d', (align) => {
    expect(() => new Allocator(END).allocate(16, align)).toThrow(/not a power of two/);
  });

  it('frees only what is allocated, and once', () => {
    const allocator = new Allocator(END);
    const address = allocator.allocate(64) as number;
    expect(() => allocator.free(address + 16)).toThrow(/not allocated/);
    allocator.free(address);
    expect(() => allocator.free(address)).toThrow(/not allocated/);
    expect(allocator.freeBytes).toBe(END - RESERVED);
  });
});
