import { describe, expect, it } from 'vitest';
import { CheckedDma } from '../../../src/dma/checked-dma.js';
import { DmaDirection } from '../../../src/dma/direction.js';
import { type CoherentMemory, DMA_MAPPING_ERROR, type DmaApi } from '../../../src/dma/dma-api.js';
import { InvariantError } from '../../../src/errors.js';
import { checkedDma, dmaRig, type DmaRigOptions, pattern } from '../../support/dma/dma-rig.js';

const { bidirectional, toDevice, fromDevice } = DmaDirection;

/** A buffer of 5000 bytes, mapped. */
function mapped(options: DmaRigOptions = {}) {
  const rig = dmaRig(options);
  const dma = checkedDma(rig);
  const address = rig.place(pattern(8192)) + 100;
  return { rig, dma, address, bus: dma.map(address, 5000, bidirectional) };
}

describe.each([
  { how: 'bounced', options: {} },
  { how: 'bounced, with low bits preserved', options: { minAlignMask: 4095 } },
  { how: 'bounced in an encrypted guest', options: { encrypted: true } },
  { how: 'mapped as they are', options: { slotCount: 0 } },
])('CheckedDma over buffers that are $how', ({ options }) => {
  it('has nothing against right use, and changes nothing', () => {
    const { rig, dma, address, bus } = mapped(options);
    rig.ram.target(bus, 5000).fill(7);
    dma.syncForCpu(bus + 2000, 100, bidirectional);
    expect(rig.ram.load8(address + 2050)).toBe(7);
    rig.ram.store8(address + 2050, 8);
    dma.syncForDevice(bus + 2050, 1, bidirectional);
    expect(rig.ram.load8(bus + 2050)).toBe(8);
    expect(dma.liveCount).toBe(1);
    dma.unmap(bus, 5000, bidirectional);
    expect(rig.read(address + 2049, 3)).toEqual([7, 8, 7]);
    expect(dma.liveCount).toBe(0);
    expect(() => dma.checkEnded()).not.toThrow();
    expect([rig.stats.maps, rig.stats.unmaps, rig.stats.syncs]).toEqual([1, 1, 2]);
  });

  it('several mappings at a time are each ended by themselves', () => {
    const { rig, dma, bus } = mapped(options);
    const others = [toDevice, fromDevice, bidirectional].map((direction, i) => {
      const address = rig.place(pattern(700, i));
      return { direction, bus: dma.map(address, 700, direction) };
    });
    dma.unmap(bus, 5000, bidirectional);
    for (const other of others) dma.unmap(other.bus, 700, other.direction);
    expect([dma.liveCount, rig.pool.usedSlots]).toEqual([0, 0]);
  });

  it('a mapping that is not ended is named, with how many there are', () => {
    const { dma, address } = mapped(options);
    expect(() => dma.checkEnded()).toThrow(new RegExp(`^1 mappings were never ended.* ${address} at`));
  });

  it('refuses an end that was there already, or of what was never mapped', () => {
    const { dma, bus } = mapped(options);
    expect(() => dma.unmap(bus + 1, 4999, bidirectional)).toThrow(/is not mapped/);
    dma.unmap(bus, 5000, bidirectional);
    expect(() => dma.unmap(bus, 5000, bidirectional)).toThrow(/is not mapped/);
  });

  it('refuses an end with another length or direction than the start', () => {
    const { dma, bus } = mapped(options);
    expect(() => dma.unmap(bus, 4999, bidirectional)).toThrow(/mapped 5000 bytes, unmapped 4999/);
    expect(() => dma.unmap(bus, 5000, fromDevice)).toThrow(/mapped BIDIRECTIONAL, used FROM_DEVICE/);
    dma.unmap(bus, 5000, bidirectional);
  });

  it('refuses a sync of another direction, outside of all mappings, or after the end', () => {
    const { dma, bus } = mapped(options);
    expect(() => dma.syncForCpu(bus, 1, fromDevice)).toThrow(/used FROM_DEVICE/);
    expect(() => dma.syncForDevice(bus, 1, toDevice)).toThrow(/used TO_DEVICE/);
    for (const [from, length] of [
      [-1, 2],
      [4999, 2],
      [0, 5001],
      [5000, 1],
    ] as const) {
      expect(() => dma.syncForCpu(bus + from, length, bidirectional)).toThrow(/in no mapping/);
      expect(() => dma.syncForDevice(bus + from, length, bidirectional)).toThrow(/in no mapping/);
    }
    dma.unmap(bus, 5000, bidirectional);
    expect(() => dma.syncForCpu(bus, 1, bidirectional)).toThrow(InvariantError);
  });
});

describe('CheckedDma', () => {
  it('passes an error on, and keeps nothing of it', () => {
    const rig = dmaRig({ slotCount: 2 });
    const dma = checkedDma(rig);
    expect(dma.map(rig.place(pattern(5000)), 5000, toDevice)).toBe(DMA_MAPPING_ERROR);
    expect(dma.liveCount).toBe(0);
  });

  it('has the limit of what it checks, and refuses what is longer', () => {
    const rig = dmaRig({ minAlignMask: 511 });
    const dma = checkedDma(rig);
    expect(dma.maxMappingBytes).toBe(254 * 1024);
    expect(() => dma.map(4096, 254 * 1024 + 1, toDevice)).toThrow(/longer than the 260096/);
  });

  it('passes coherent memory through', () => {
    const rig = dmaRig();
    const dma = checkedDma(rig);
    const freeBytes = rig.allocator.freeBytes;
    const memory = dma.allocCoherent(100) as CoherentMemory;
    expect(memory.sizeBytes).toBe(4096);
    dma.freeCoherent(memory);
    expect(rig.allocator.freeBytes).toBe(freeBytes);
    expect(dma.allocCoherent(1 << 21)).toBeNull();
  });

  it.each([
    ['in front of it', 8192, 8191],
    ['behind it', 12_288 - 48, 12_288],
  ])(
    'of what the device writes beside a buffer as it is copied back, it says nothing: %s',
    (_, at, slotByte) => {
      const rig = dmaRig({ slotCount: 2, growthMaxBytes: 1 << 20 });
      // The pool is the page in front of these, and a transient one is made of the next.
      expect([rig.pool.shape.startAddress, rig.place(pattern(4096))]).toEqual([4096, 8192]);
      const device = Object.create(rig.dma) as DmaApi;
      device.unmap = (...mapping) => {
        rig.dma.unmap(...mapping);
        rig.ram.store8(slotByte, rig.ram.load8(slotByte) ^ 0xff);
      };
      const dma = checkedDma(rig, device);
      const buses = [
        dma.map(at, 48, fromDevice),
        dma.map(8192, 2048, fromDevice),
        dma.map(8192, 48, fromDevice),
      ];
      expect(buses.map((bus) => rig.pool.contains(bus))).toEqual([true, true, false]);
      expect([rig.swiotlb.has(slotByte), rig.swiotlb.has(at)]).toEqual([true, false]);
      expect(() => dma.unmap(buses[0] as number, 48, fromDevice)).not.toThrow();
      // The same byte, if it were not the device's.
      const blind = new CheckedDma(device, rig.ram, () => false);
      const bus = blind.map(at, 48, fromDevice);
      expect(() => blind.unmap(bus, 48, fromDevice)).toThrow(
        `the byte at ${slotByte} is not what it must be`,
      );
    },
  );

  it('looks at the edges of memory no further than it goes', () => {
    const rig = dmaRig({ ramBytes: 1 << 19 });
    const dma = checkedDma(rig);
    for (const address of [0, (1 << 19) - 16]) {
      const bus = dma.map(address, 16, fromDevice);
      rig.ram.target(bus, 16).fill(3);
      dma.unmap(bus, 16, fromDevice);
      expect(rig.ram.load8(address + 15)).toBe(3);
    }
  });
});
