import { describe, expect, it } from 'vitest';
import { DmaDirection } from '../../../src/dma/direction.js';
import { DMA_MAPPING_ERROR } from '../../../src/dma/dma-api.js';
import { InvariantError } from '../../../src/errors.js';
import { type DmaRig, dmaRig, pattern } from '../../support/dma/dma-rig.js';

const { bidirectional, toDevice, fromDevice } = DmaDirection;
const DIRECTIONS = [
  { name: 'both ways', direction: bidirectional, isIn: true, isOut: true },
  { name: 'to the device', direction: toDevice, isIn: true, isOut: false },
  { name: 'from the device', direction: fromDevice, isIn: false, isOut: true },
] as const;
const KIB = 1024;

function fill(rig: DmaRig, address: number, sizeBytes: number, value: number): void {
  rig.ram.target(address, sizeBytes).fill(value);
}

describe('a bounced mapping', () => {
  it.each(DIRECTIONS)('holds the buffer from the start, mapped $name', ({ direction }) => {
    const rig = dmaRig();
    const bytes = pattern(5000);
    const address = rig.place(bytes);
    fill(rig, rig.pool.shape.startAddress, rig.pool.sizeBytes, 0xee);
    const bounce = rig.swiotlb.map(address, 5000, direction);
    expect(rig.swiotlb.has(bounce)).toBe(true);
    expect(rig.read(bounce, 5000)).toEqual([...bytes]);
    expect(rig.read(bounce + 5000, 100), 'the rest of the last slot is not touched').toEqual(
      Array.from({ length: 100 }, () => 0xee),
    );
  });

  it.each(DIRECTIONS)('mapped $name, copies out at its end only what may have been written', (setting) => {
    const rig = dmaRig();
    const before = pattern(3000);
    const address = rig.place(before);
    const bounce = rig.swiotlb.map(address, 3000, setting.direction);
    fill(rig, bounce, 2100, 9);
    rig.swiotlb.unmap(bounce, 3000, setting.direction);
    const after = [...before].map((value, i) => (setting.isOut && i < 2100 ? 9 : value));
    expect(rig.read(address, 3000)).toEqual(after);
    expect(rig.pool.usedSlots).toBe(0);
  });

  it('copies out as many bytes as were mapped, and not the slot', () => {
    const rig = dmaRig();
    const address = rig.place(pattern(300));
    const bounce = rig.swiotlb.map(address + 100, 100, fromDevice);
    fill(rig, bounce, 2048, 9);
    rig.swiotlb.unmap(bounce, 100, fromDevice);
    const nines = Array.from({ length: 100 }, () => 9);
    const around = [...pattern(300)];
    expect(rig.read(address, 300)).toEqual([...around.slice(0, 100), ...nines, ...around.slice(200)]);
    expect([rig.stats.bytesBouncedIn, rig.stats.bytesBouncedOut, rig.stats.bounced]).toEqual([100, 100, 1]);
  });

  it.each(DIRECTIONS)(
    'mapped $name, a sync in the middle of it copies that part, if the way is right',
    (s) => {
      for (const [from, length] of [
        [3000, 2000],
        [2047, 2],
        [2048, 2048],
        [0, 1],
        [5999, 1],
      ] as const) {
        const rig = dmaRig();
        const before = pattern(6000);
        const address = rig.place(before);
        const bounce = rig.swiotlb.map(address, 6000, s.direction);
        const isPart = (i: number) => i >= from && i < from + length;
        fill(rig, bounce, 6000, 9);
        rig.swiotlb.syncForCpu(bounce + from, length, s.direction);
        const forCpu = [...before].map((value, i) => (s.isOut && isPart(i) ? 9 : value));
        expect(rig.read(address, 6000), `${length} from ${from}, for the CPU`).toEqual(forCpu);
        fill(rig, address, 6000, 5);
        rig.swiotlb.syncForDevice(bounce + from, length, s.direction);
        const forDevice = Array.from({ length: 6000 }, (_, i) => (s.isIn && isPart(i) ? 5 : 9));
        expect(rig.read(bounce, 6000), `${length} from ${from}, for the device`).toEqual(forDevice);
      }
    },
  );

  it('of a page or more starts on a page, one of less on any slot', () => {
    const rig = dmaRig();
    const address = rig.place(pattern(4096));
    const bounces = [1, 4095, 4096, 1].map((sizeBytes) => rig.swiotlb.map(address, sizeBytes, toDevice));
    const start = rig.pool.shape.startAddress;
    expect(bounces.map((bounce) => (bounce - start) / 2048)).toEqual([0, 1, 4, 6]);
  });

  it('never shares a slot with another', () => {
    const rig = dmaRig({ slotCount: 4 });
    const address = rig.place(pattern(16));
    const bounces = [0, 1, 2, 3].map(() => rig.swiotlb.map(address, 1, toDevice));
    expect(new Set(bounces.map((bounce) => rig.pool.indexOf(bounce))).size).toBe(4);
    expect(rig.swiotlb.map(address, 1, toDevice)).toBe(DMA_MAPPING_ERROR);
  });
});

describe('low bits that a device wants preserved', () => {
  it.each([511, 2047, 4095])(
    'with a mask of %d they are those of the buffer, and no others need be',
    (mask) => {
      const rig = dmaRig({ minAlignMask: mask });
      const base = rig.place(pattern(16_384));
      for (let offset = 0; offset < 8192; offset += 511) {
        const bounce = rig.swiotlb.map(base + offset, 3000, bidirectional);
        expect(bounce & mask).toBe((base + offset) & mask);
        expect(rig.read(bounce, 3000)).toEqual(rig.read(base + offset, 3000));
        fill(rig, bounce, 3000, offset % 251);
        rig.swiotlb.unmap(bounce, 3000, bidirectional);
        expect(new Set(rig.read(base + offset, 3000))).toEqual(new Set([offset % 251]));
      }
      expect(rig.pool.usedSlots).toBe(0);
    },
  );

  it('the place in the first slot counts: the same bytes may take one slot more', () => {
    const rig = dmaRig({ minAlignMask: 2047 });
    const base = rig.place(pattern(4096)) + 2048;
    const page = Math.ceil(base / 2048) * 2048;
    rig.swiotlb.map(page, 2048, toDevice);
    expect(rig.pool.usedSlots).toBe(1);
    rig.swiotlb.map(page + 1, 2048, toDevice);
    expect(rig.pool.usedSlots).toBe(3);
  });

  it('each slot knows which part of the buffer it has, from where the slot begins', () => {
    const rig = dmaRig({ minAlignMask: 511 });
    const address = rig.place(pattern(8192)) + 100;
    const bounce = rig.swiotlb.map(address, 5000, toDevice);
    const { slots } = rig.pool;
    const index = rig.pool.indexOf(bounce);
    const offset = address & 511;
    const origs = [0, 1, 2].map((i) => slots.orig(index + i));
    expect(origs).toEqual([0, 2048, 4096].map((at) => address - offset + at));
    expect([0, 1, 2].map((i) => slots.left(index + i))).toEqual(
      [0, 2048, 4096].map((at) => 5000 + offset - at),
    );
  });

  it('a sync behind the first slot still finds its bytes', () => {
    const rig = dmaRig({ minAlignMask: 4095 });
    const address = rig.place(pattern(12_288)) + 1234;
    const bounce = rig.swiotlb.map(address, 10_000, bidirectional);
    fill(rig, bounce + 7000, 10, 0);
    rig.swiotlb.syncForCpu(bounce + 6999, 12, bidirectional);
    const expected = [...pattern(12_288)].map((value, i) => (i >= 8234 && i < 8244 ? 0 : value));
    expect(rig.read(address - 1234, 12_288)).toEqual(expected);
  });

  it.each([2, 510, 1000, 4096])('a mask that is not one of low bits is refused: %d', (minAlignMask) => {
    expect(() => dmaRig({ minAlignMask })).toThrow(InvariantError);
  });
});

describe('the longest mapping', () => {
  it.each([
    { mask: 0, lostBytes: 0 },
    { mask: 511, lostBytes: 2048 },
    { mask: 2047, lostBytes: 2048 },
    { mask: 4095, lostBytes: 4096 },
  ])(
    'is 256 KiB less $lostBytes bytes with a mask of $mask, and fits an empty pool',
    ({ mask, lostBytes }) => {
      const rig = dmaRig({ minAlignMask: mask, ramBytes: 1 << 21 });
      const { maxMappingBytes } = rig.swiotlb;
      expect(maxMappingBytes).toBe(256 * KIB - lostBytes);
      const base = rig.place(pattern(270 * KIB));
      const starts =
        mask === 0 ? [base, base + 1] : [base, base + 1, base + mask - (base & mask), base + 2049];
      for (const address of starts) {
        const bounce = rig.swiotlb.map(address, maxMappingBytes, bidirectional);
        expect(bounce, `a buffer at ${address - base}`).not.toBe(DMA_MAPPING_ERROR);
        rig.swiotlb.unmap(bounce, maxMappingBytes, bidirectional);
      }
      expect(Buffer.compare(rig.ram.bytes(base, 270 * KIB), pattern(270 * KIB))).toBe(0);
    },
  );

  it('one byte more is an error, however empty the pool is', () => {
    const rig = dmaRig({ slotCount: 256, ramBytes: 1 << 21 });
    const address = rig.place(pattern(260 * KIB));
    expect(rig.swiotlb.map(address, 256 * KIB + 1, toDevice)).toBe(DMA_MAPPING_ERROR);
    expect([rig.pool.usedSlots, rig.stats.mappingErrors, rig.stats.bounced]).toEqual([0, 1, 0]);
  });
});

describe('a pool without room', () => {
  it('is an error at once, counted, and leaves nothing behind; a mapping that ends makes room', () => {
    const rig = dmaRig({ slotCount: 4 });
    const address = rig.place(pattern(8192));
    const bounce = rig.swiotlb.map(address, 8192, toDevice);
    expect(rig.swiotlb.map(address, 1, toDevice)).toBe(DMA_MAPPING_ERROR);
    expect([rig.stats.mappingErrors, rig.pool.usedSlots]).toEqual([1, 4]);
    rig.swiotlb.unmap(bounce, 8192, toDevice);
    expect(rig.swiotlb.map(address, 8192, toDevice)).toBe(bounce);
  });

  it('may have many free slots and no run of them', () => {
    const rig = dmaRig({ slotCount: 128 });
    const address = rig.place(pattern(4096));
    const bounces = Array.from({ length: 128 }, () => rig.swiotlb.map(address, 1, toDevice));
    for (let i = 0; i < 128; i += 2) rig.swiotlb.unmap(bounces[i] as number, 1, toDevice);
    expect(rig.pool.usedSlots).toBe(64);
    expect(rig.swiotlb.map(address, 2049, toDevice)).toBe(DMA_MAPPING_ERROR);
    expect(rig.swiotlb.map(address, 2048, toDevice)).not.toBe(DMA_MAPPING_ERROR);
  });
});

describe('wrong use of a mapping is refused', () => {
  const mapped = (minAlignMask = 0) => {
    const rig = dmaRig({ minAlignMask });
    const address = rig.place(pattern(8192)) + 100;
    return { rig, address, bounce: rig.swiotlb.map(address, 5000, bidirectional) };
  };

  it('an end that was there before', () => {
    const { rig, bounce } = mapped();
    rig.swiotlb.unmap(bounce, 5000, bidirectional);
    expect(() => rig.swiotlb.unmap(bounce, 5000, bidirectional)).toThrow(InvariantError);
    expect(() => rig.swiotlb.unmap(bounce, 5000, toDevice)).toThrow(InvariantError);
  });

  it('a sync after the end, and one of a slot that was never taken', () => {
    const { rig, bounce } = mapped();
    expect(() => rig.swiotlb.syncForCpu(bounce + 6144, 1, bidirectional)).toThrow(/in no mapping/);
    rig.swiotlb.unmap(bounce, 5000, bidirectional);
    expect(() => rig.swiotlb.syncForCpu(bounce, 1, bidirectional)).toThrow(/in no mapping/);
    expect(() => rig.swiotlb.syncForDevice(bounce, 1, bidirectional)).toThrow(/in no mapping/);
  });

  it('bytes behind the buffer', () => {
    const { rig, bounce } = mapped();
    expect(() => rig.swiotlb.syncForCpu(bounce, 5001, bidirectional)).toThrow(/not all mapped/);
    expect(() => rig.swiotlb.syncForDevice(bounce + 4999, 2, bidirectional)).toThrow(/not all mapped/);
    expect(() => rig.swiotlb.unmap(bounce, 5001, fromDevice)).toThrow(/not all mapped/);
    rig.swiotlb.syncForCpu(bounce + 4999, 1, bidirectional);
  });

  it('bytes in front of the buffer, where it does not begin with its slot', () => {
    const { rig, address, bounce } = mapped(511);
    const before = rig.read(address - 100, 100);
    fill(rig, bounce - 10, 10, 0xee);
    expect(() => rig.swiotlb.syncForCpu(bounce - 10, 20, bidirectional)).toThrow(/in no mapping/);
    expect(() => rig.swiotlb.syncForDevice(bounce - 1, 1, bidirectional)).toThrow(/in no mapping/);
    expect(rig.read(address - 100, 100)).toEqual(before);
  });

  it('an end at any other place than the start: slots would be left behind', () => {
    const { rig, bounce } = mapped();
    expect(() => rig.swiotlb.unmap(bounce + 2048, 1000, bidirectional)).toThrow(/start/);
    expect(() => rig.swiotlb.unmap(bounce + 1, 1000, bidirectional)).toThrow(/start/);
    expect(rig.pool.usedSlots).toBe(3);
    rig.swiotlb.unmap(bounce, 5000, bidirectional);
    expect(rig.pool.usedSlots).toBe(0);
  });

  it('an address that is in no pool', () => {
    const { rig, address, bounce } = mapped();
    expect(rig.swiotlb.has(address)).toBe(false);
    expect(() => rig.swiotlb.syncForCpu(address, 1, bidirectional)).toThrow(/no bounce pool/);
    expect(() => rig.swiotlb.unmap(address, 5000, toDevice)).toThrow(/no bounce pool/);
    rig.swiotlb.unmap(bounce, 5000, bidirectional);
  });
});

describe('pages out of the pool', () => {
  it.each([
    { sizeBytes: 4096, align: 4096 },
    { sizeBytes: 8192, align: 8192 },
    { sizeBytes: 12_288, align: 16_384 },
  ])('$sizeBytes bytes are aligned to $align, and can be taken again once given back', (setting) => {
    const { sizeBytes, align } = setting;
    const rig = dmaRig();
    rig.swiotlb.map(rig.place(pattern(1)), 1, toDevice);
    const address = rig.swiotlb.allocPages(sizeBytes) as number;
    expect(address % align).toBe(0);
    expect(rig.pool.usedSlots).toBe(1 + sizeBytes / 2048);
    expect(() => rig.swiotlb.syncForCpu(address, 1, bidirectional), 'no mapping').toThrow(InvariantError);
    rig.swiotlb.freePages(address, sizeBytes);
    expect(rig.pool.usedSlots).toBe(1);
  });

  it('are none when there is no run for them', () => {
    const rig = dmaRig({ slotCount: 4 });
    rig.swiotlb.map(rig.place(pattern(1)), 1, toDevice);
    expect(rig.swiotlb.allocPages(8192)).toBeNull();
    expect(rig.swiotlb.allocPages(4096)).not.toBeNull();
    expect(dmaRig({ slotCount: 256 }).swiotlb.allocPages(256 * KIB + 1)).toBeNull();
  });
});
