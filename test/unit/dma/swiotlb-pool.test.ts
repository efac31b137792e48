import { describe, expect, it } from 'vitest';
import { areaCountFor, type PoolShape, slotCountFor, SwiotlbPool } from '../../../src/dma/swiotlb-pool.js';
import { InvariantError } from '../../../src/errors.js';
import { SharedMemory } from '../../../src/memory/shared-memory.js';

const START = 0x1_0000;

function makePool(wanted: Partial<PoolShape> = {}, at = 0): SwiotlbPool {
  const shape = { startAddress: START, slotCount: 256, areaCount: 1, ...wanted };
  const pool = new SwiotlbPool(SharedMemory.ofSize(at + SwiotlbPool.recordBytes(shape)), at, shape);
  pool.reset();
  return pool;
}

/** Takes slots by their number, wherever they are. */
function take(pool: SwiotlbPool, slots: number, vcpu = 0): number {
  return pool.take(vcpu, slots * 2048, 0, 0, 0);
}

/** Free slots from each slot to the end of its run. */
function runs(pool: SwiotlbPool): number[] {
  return Array.from({ length: pool.shape.slotCount }, (_, i) => pool.slots.free(i));
}

describe('SwiotlbPool', () => {
  it('begins with every slot free, in sets of 128', () => {
    const pool = makePool({ slotCount: 130 });
    expect(runs(pool)).toEqual([...Array.from({ length: 128 }, (_, i) => 128 - i), 2, 1]);
    expect([pool.usedSlots, pool.highWaterSlots, pool.sizeBytes]).toEqual([0, 0, 130 * 2048]);
  });

  it('has slots of 2 KiB: one byte more takes one more', () => {
    const pool = makePool();
    const used = [1, 2047, 2048, 2049, 4096, 4097].map((sizeBytes) => {
      const before = pool.usedSlots;
      pool.take(0, sizeBytes, 0, 0, 0);
      return pool.usedSlots - before;
    });
    expect(used).toEqual([1, 1, 1, 2, 2, 3]);
  });

  it('knows its addresses: the first and the last byte are inside, their neighbours are not', () => {
    const pool = makePool({ slotCount: 4 });
    expect([START - 1, START, START + 8191, START + 8192].map((at) => pool.contains(at))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(pool.addressOf(3)).toBe(START + 6144);
    expect([START, START + 2047, START + 2048].map((at) => pool.indexOf(at))).toEqual([0, 0, 1]);
  });

  it('says of each slot how many bytes of the allocation it and those behind it have', () => {
    const pool = makePool();
    const index = pool.take(0, 5000, 0, 0, 0);
    expect([0, 1, 2, 3].map((i) => pool.slots.left(index + i))).toEqual([5000, 2952, 904, 0]);
    pool.release(index, 5000);
    expect(pool.slots.left(index)).toBe(0);
  });

  it('no run crosses a set, however much is free on both sides of its end', () => {
    const pool = makePool();
    expect(take(pool, 100)).toBe(0);
    expect(take(pool, 29), 'the 28 behind it are too few, with 128 more behind those').toBe(128);
    expect(take(pool, 28), 'the search goes on behind the last one').toBe(157);
    expect(take(pool, 71)).toBe(185);
    expect(take(pool, 28)).toBe(100);
    expect(take(pool, 1)).toBe(-1);
  });

  it('takes 128 slots at most', () => {
    const pool = makePool();
    expect(take(pool, 129)).toBe(-1);
    expect([take(pool, 128), take(pool, 128), take(pool, 128)]).toEqual([0, 128, -1]);
    expect(pool.usedSlots).toBe(256);
  });

  it('merges a freed run with its neighbours on both sides, inside its set', () => {
    const pool = makePool();
    const indices = [take(pool, 126), take(pool, 2), take(pool, 2), take(pool, 126)];
    expect(indices).toEqual([0, 126, 128, 130]);
    pool.release(126, 4096);
    pool.release(128, 4096);
    expect([126, 127, 128, 129].map((i) => pool.slots.free(i))).toEqual([2, 1, 2, 1]);
    expect(take(pool, 3), 'four in a row are free, in two sets').toBe(-1);
    pool.release(0, 126 * 2048);
    pool.release(130, 126 * 2048);
    expect(runs(pool)).toEqual(Array.from({ length: 256 }, (_, i) => 128 - (i % 128)));
    expect([take(pool, 128), take(pool, 128)].toSorted((a, b) => a - b)).toEqual([0, 128]);
  });

  it('has free slots and no run: that is no room', () => {
    const pool = makePool({ slotCount: 128 });
    for (let i = 0; i < 128; i++) take(pool, 1);
    for (let i = 0; i < 128; i += 2) pool.release(i, 1);
    expect(pool.usedSlots).toBe(64);
    expect(take(pool, 2)).toBe(-1);
    pool.release(63, 1);
    expect(take(pool, 3)).toBe(62);
  });

  it('goes on where the last search ended, and round', () => {
    const pool = makePool({ slotCount: 4 });
    expect([take(pool, 1), take(pool, 1)]).toEqual([0, 1]);
    pool.release(0, 1);
    expect([take(pool, 1), take(pool, 1), take(pool, 1)]).toEqual([2, 3, 0]);
  });

  it('starts where the alignment says, on the address and not on the slot`s number', () => {
    const pool = makePool({ startAddress: START + 4096 });
    expect(take(pool, 1)).toBe(0);
    expect(pool.take(0, 4096, 0, 4095, 0)).toBe(2);
    expect(pool.take(0, 1, 0, 16_383, 0)).toBe(6);
    expect(pool.addressOf(6) % 16_384).toBe(0);
  });

  it('starts at an address that has bits in common with the buffer`s', () => {
    const pool = makePool();
    expect(pool.take(0, 1, 0x1834, 0, 4095)).toBe(1);
    expect(pool.take(0, 1, 0x1834, 0, 8191), 'slots 3, 7, 11').toBe(3);
    expect(pool.take(0, 1, 0x2000, 0, 8191)).toBe(4);
  });

  it.each([
    { name: 'a page-odd slot', startAddress: START, address: 2048, keepMask: 4095, alignMask: 0, only: 1 },
    {
      name: 'an aligned slot',
      startAddress: START + 4096,
      address: 0,
      keepMask: 0,
      alignMask: 8191,
      only: 2,
    },
  ])('finds $name in front of where the search began, as the only one', (setting) => {
    const { startAddress, address, keepMask, alignMask, only } = setting;
    for (let first = 0; first < 128; first++) {
      const pool = makePool({ startAddress, slotCount: 128 });
      for (let i = 0; i < 128; i++) take(pool, 1);
      // The next search begins behind the slot that was taken last.
      const last = (first + 127) % 128;
      pool.release(last, 1);
      expect(take(pool, 1)).toBe(last);
      pool.release(only, 1);
      expect(pool.take(0, 1, address, alignMask, keepMask), `a search from ${first}`).toBe(only);
    }
  });

  it('keeps the most slots that were ever in use', () => {
    const pool = makePool();
    const [a, b] = [take(pool, 5), take(pool, 7)];
    pool.release(a, 5 * 2048);
    expect([pool.usedSlots, pool.highWaterSlots]).toEqual([7, 12]);
    take(pool, 3);
    expect([pool.usedSlots, pool.highWaterSlots]).toEqual([10, 12]);
    take(pool, 3);
    pool.release(b, 7 * 2048);
    expect([pool.usedSlots, pool.highWaterSlots]).toEqual([6, 13]);
  });

  it('refuses to free a slot twice, or one that is in no area', () => {
    const pool = makePool();
    const index = take(pool, 2);
    pool.release(index, 4096);
    expect(() => pool.release(index, 4096)).toThrow(InvariantError);
    const other = makePool();
    expect(() => other.release(256, 1)).toThrow(/in no area/);
  });

  it('stays in its records: what is around them is left alone', () => {
    const shape = { startAddress: START, slotCount: 256, areaCount: 2 };
    const bytes = SwiotlbPool.recordBytes(shape);
    const memory = SharedMemory.ofSize(bytes + 128);
    memory.bytes(0, bytes + 128).fill(0xee);
    const pool = new SwiotlbPool(memory, 64, shape);
    pool.reset();
    expect([pool.usedSlots, pool.highWaterSlots, take(pool, 128), take(pool, 128, 1)]).toEqual([
      0, 0, 0, 128,
    ]);
    const around = [...memory.bytes(0, 64), ...memory.bytes(64 + bytes, 64)];
    expect(new Set(around)).toEqual(new Set([0xee]));
  });

  it.each([
    { why: 'it does not start on a page', shape: { startAddress: START + 2048 } },
    { why: 'its sets do not fill the areas', shape: { slotCount: 128, areaCount: 2 } },
    { why: 'the areas would end within a set', shape: { slotCount: 192, areaCount: 2 } },
    { why: 'it has no slots', shape: { slotCount: 0 } },
  ])('is refused when $why', ({ shape }) => {
    expect(() => makePool(shape)).toThrow(InvariantError);
  });
});

describe('the areas of a pool', () => {
  it('each vCPU begins in its own; more vCPUs than areas share them', () => {
    const pool = makePool({ slotCount: 512, areaCount: 4 });
    expect([0, 1, 2, 3, 4, 7].map((vcpu) => take(pool, 1, vcpu))).toEqual([0, 128, 256, 384, 1, 385]);
  });

  it('a full one falls over to those behind it, and round to those before it', () => {
    const pool = makePool({ slotCount: 512, areaCount: 4 });
    expect([take(pool, 128, 2), take(pool, 128, 2), take(pool, 128, 2), take(pool, 128, 2)]).toEqual([
      256, 384, 0, 128,
    ]);
    expect(take(pool, 1, 2)).toBe(-1);
    pool.release(128, 128 * 2048);
    expect(take(pool, 1, 2)).toBe(128);
  });

  it('a fragmented one falls over too', () => {
    const pool = makePool({ slotCount: 256, areaCount: 2 });
    for (let i = 0; i < 128; i++) take(pool, 1, 1);
    for (let i = 128; i < 256; i += 2) pool.release(i, 1);
    expect(take(pool, 2, 1)).toBe(0);
    expect(take(pool, 1, 1)).toBe(128);
  });

  it('count together: slots in use, and the most of them', () => {
    const pool = makePool({ slotCount: 256, areaCount: 2 });
    take(pool, 3, 0);
    const index = take(pool, 4, 1);
    pool.release(index, 4 * 2048);
    expect([pool.usedSlots, pool.highWaterSlots]).toEqual([3, 7]);
  });

  it('are as many as vCPUs, a power of two, as long as each has a set', () => {
    const counts = [1, 2, 3, 4, 5].map((vcpus) => areaCountFor(vcpus, 1024));
    expect(counts).toEqual([1, 2, 4, 4, 8]);
    expect([areaCountFor(5, 512), areaCountFor(5, 511), areaCountFor(8, 100)]).toEqual([4, 2, 1]);
  });

  it('all have the same number of whole sets, with room for what was asked for', () => {
    expect(slotCountFor(1, 1)).toBe(128);
    expect(slotCountFor(2 ** 18, 1)).toBe(128);
    expect(slotCountFor(2 ** 18 + 1, 1)).toBe(256);
    expect(slotCountFor(2 ** 18 + 1, 4)).toBe(512);
  });
});
