import { describe, expect, it } from 'vitest';
import { DmaDirection } from '../../../src/dma/direction.js';
import { type CoherentMemory, DMA_MAPPING_ERROR } from '../../../src/dma/dma-api.js';
import { DmaDirect } from '../../../src/dma/dma-direct.js';
import { newDmaStats } from '../../../src/dma/dma-stats.js';
import { PageState } from '../../../src/dma/page-states.js';
import { InvariantError } from '../../../src/errors.js';
import { Allocator } from '../../../src/memory/allocator.js';
import { dmaRig, encryptedGuest, pattern } from '../../support/dma/dma-rig.js';

const { bidirectional, toDevice, fromDevice } = DmaDirection;
const PAGE = 4096;
/** A device that reaches the first 256 KiB of the 1 MiB there is. */
const NARROW = { maskBits: 18, slotCount: 16, forced: 'no' } as const;
const REACH = 2 ** 18;

describe('a buffer that need not be bounced', () => {
  it('is mapped as it is: a sync and the end of the mapping have nothing to do', () => {
    const rig = dmaRig({ slotCount: 0 });
    const address = rig.place(pattern(100));
    expect(rig.dma.map(address, 100, bidirectional)).toBe(address);
    rig.dma.syncForCpu(address, 100, bidirectional);
    rig.dma.syncForDevice(address + 10, 10, bidirectional);
    rig.dma.unmap(address, 100, bidirectional);
    expect(rig.read(address, 100)).toEqual([...pattern(100)]);
    const { maps, unmaps, syncs, bounced, bytesBouncedIn, bytesBouncedOut, mappingErrors } = rig.stats;
    expect([maps, unmaps, syncs, bounced]).toEqual([1, 1, 2, 0]);
    expect([bytesBouncedIn, bytesBouncedOut, mappingErrors]).toEqual([0, 0, 0]);
  });

  it('may be as long as memory', () => {
    expect(dmaRig({ slotCount: 0 }).dma.maxMappingBytes).toBe(Infinity);
    expect(dmaRig({ slotCount: 16, forced: 'no' }).dma.maxMappingBytes).toBe(Infinity);
  });

  it('is also of a device with a pool, as long as it reaches the buffer', () => {
    const rig = dmaRig(NARROW);
    expect(rig.dma.map(REACH - 100, 100, toDevice)).toBe(REACH - 100);
    expect(rig.pool.usedSlots).toBe(0);
  });
});

describe('a buffer that the device does not reach', () => {
  it('is bounced when its last byte is out of reach', () => {
    const rig = dmaRig(NARROW);
    rig.ram.copyIn(REACH - 50, pattern(100), 0, 100);
    const bounce = rig.dma.map(REACH - 50, 100, bidirectional);
    expect(rig.pool.contains(bounce)).toBe(true);
    expect(rig.read(bounce, 100)).toEqual([...pattern(100)]);
    rig.ram.store8(bounce, 99);
    rig.dma.syncForCpu(bounce, 1, bidirectional);
    expect(rig.ram.load8(REACH - 50)).toBe(99);
    rig.ram.store8(REACH - 49, 98);
    rig.dma.syncForDevice(bounce, 2, bidirectional);
    expect(rig.ram.load8(bounce + 1)).toBe(98);
    rig.ram.store8(bounce + 99, 97);
    rig.dma.unmap(bounce, 100, bidirectional);
    expect(rig.ram.load8(REACH + 49)).toBe(97);
    expect([rig.stats.maps, rig.stats.bounced, rig.pool.usedSlots]).toEqual([1, 1, 0]);
  });

  it('is an error without a pool', () => {
    const rig = dmaRig({ ...NARROW, slotCount: 0 });
    expect(rig.dma.map(REACH - 50, 100, toDevice)).toBe(DMA_MAPPING_ERROR);
    expect([rig.stats.maps, rig.stats.mappingErrors]).toEqual([0, 1]);
    expect(rig.dma.map(REACH - 100, 100, toDevice)).toBe(REACH - 100);
    expect(rig.dma.maxMappingBytes, 'what can be mapped has no limit').toBe(Infinity);
  });

  it('is an error when the pool is full, counted once', () => {
    const rig = dmaRig({ ...NARROW, slotCount: 2 });
    expect(rig.dma.map(REACH, 4096, toDevice)).not.toBe(DMA_MAPPING_ERROR);
    expect(rig.dma.map(REACH, 1, toDevice)).toBe(DMA_MAPPING_ERROR);
    expect([rig.stats.maps, rig.stats.mappingErrors]).toEqual([1, 1]);
  });

  it('may be as long as the pool takes', () => {
    expect(dmaRig(NARROW).dma.maxMappingBytes).toBe(256 * 1024);
    expect(dmaRig({ ...NARROW, minAlignMask: 4095 }).dma.maxMappingBytes).toBe(252 * 1024);
    expect(dmaRig({ ...NARROW, maskBits: 20 }).dma.maxMappingBytes, 'all of memory is in reach').toBe(
      Infinity,
    );
  });

  it('cannot be bounced through a pool that is out of reach itself', () => {
    const allocator = new Allocator(1 << 20, REACH);
    const rig = dmaRig({ ...NARROW, allocator });
    expect(() => rig.dma.map(REACH, 1, toDevice)).toThrow(InvariantError);
  });
});

describe.each(['asked for', 'restricted pool'] as const)('bounces that are asked for: %s', (forced) => {
  it('each buffer is bounced, wherever it is, up to what a pool takes', () => {
    const rig = dmaRig({ forced });
    const address = rig.place(pattern(10));
    expect(rig.pool.contains(rig.dma.map(address, 10, fromDevice))).toBe(true);
    expect(rig.dma.maxMappingBytes).toBe(256 * 1024);
  });

  it('need a pool', () => {
    const guest = encryptedGuest();
    const parts = { ...guest, swiotlb: null, forced, maskBits: 64, trace: null };
    expect(() => new DmaDirect({ ...parts, stats: newDmaStats() })).toThrow(/there is no pool/);
  });

  it('a buffer without bytes is no buffer', () => {
    const rig = dmaRig({ forced });
    expect(() => rig.dma.map(PAGE, 0, toDevice)).toThrow(InvariantError);
  });
});

describe('memory for a ring', () => {
  it('is whole pages, zeroed after they were shared, the same for both sides', () => {
    const rig = dmaRig({ encrypted: true });
    rig.ram.bytes(512 * 1024, 512 * 1024).fill(0xee);
    while ((rig.allocator.allocate(PAGE, PAGE) ?? Infinity) < 512 * 1024);
    const memory = rig.dma.allocCoherent(5000) as CoherentMemory;
    expect([memory.sizeBytes, memory.busAddress]).toEqual([2 * PAGE, memory.address]);
    expect(new Set(rig.read(memory.address, 2 * PAGE))).toEqual(new Set([0]));
    expect(rig.states.isShared(memory.address, 2 * PAGE)).toBe(true);
    expect(rig.stats.coherentBytes).toBe(2 * PAGE);
    rig.ram.bytes(memory.address, 2 * PAGE).fill(1);
    rig.exposure.checkAll();
    expect(rig.host.load8(memory.busAddress)).toBe(1);
  });

  it('that is freed is private again, and can be had again', () => {
    const rig = dmaRig({ encrypted: true });
    const memory = rig.dma.allocCoherent(PAGE) as CoherentMemory;
    rig.ram.bytes(memory.address, PAGE).fill(1);
    rig.dma.freeCoherent(memory);
    expect(rig.states.isShared(memory.address, 1)).toBe(false);
    expect(rig.dma.allocCoherent(PAGE)).toEqual(memory);
    expect(new Set(rig.read(memory.address, PAGE))).toEqual(new Set([0]));
  });

  it('that the host refuses is none, and its pages never come back from the allocator', () => {
    const answers = [true, false];
    const rig = dmaRig({ encrypted: true, host: { grants: () => answers.shift() ?? true } });
    const freeBytes = rig.allocator.freeBytes;
    expect(rig.dma.allocCoherent(2 * PAGE)).toBeNull();
    expect([rig.stats.pagesLeaked, rig.stats.coherentBytes]).toEqual([2, 0]);
    expect(rig.allocator.freeBytes).toBe(freeBytes - 2 * PAGE);
    const lost = Array.from({ length: 256 }, (_, page) => page).filter(
      (page) => rig.states.of(page) === PageState.lost,
    );
    expect(lost).toHaveLength(2);
    for (let memory = rig.dma.allocCoherent(1); memory !== null; memory = rig.dma.allocCoherent(1)) {
      expect(lost).not.toContain(memory.address / PAGE);
    }
    expect(rig.allocator.freeBytes).toBe(0);
  });

  it('is none when there is no memory', () => {
    const rig = dmaRig({ slotCount: 0 });
    expect(rig.dma.allocCoherent(1 << 20)).toBeNull();
    expect(rig.stats.coherentBytes).toBe(0);
  });

  it('is none when the device would not reach it, and nothing is taken or converted for that', () => {
    const allocator = new Allocator(1 << 20, REACH - 2 * PAGE - 16 * 2048);
    const rig = dmaRig({ ...NARROW, encrypted: true, allocator });
    const converted = rig.stats.pagesDecrypted;
    expect(rig.dma.allocCoherent(2 * PAGE)?.address, 'the last within reach').toBe(REACH - 2 * PAGE);
    const freeBytes = allocator.freeBytes;
    expect(rig.dma.allocCoherent(PAGE)).toBeNull();
    expect(allocator.freeBytes).toBe(freeBytes);
    expect(rig.stats.pagesDecrypted).toBe(converted + 2);
  });

  it('comes out of a restricted pool, zeroed, and goes back into it', () => {
    const rig = dmaRig({ forced: 'restricted pool', slotCount: 8, encrypted: true });
    rig.ram.bytes(rig.pool.shape.startAddress, rig.pool.sizeBytes).fill(0xee);
    rig.exposure.show(rig.pool.shape.startAddress, rig.pool.sizeBytes);
    const freeBytes = rig.allocator.freeBytes;
    const memory = rig.dma.allocCoherent(PAGE) as CoherentMemory;
    expect(rig.pool.contains(memory.address)).toBe(true);
    expect(new Set(rig.read(memory.address, PAGE))).toEqual(new Set([0]));
    expect([rig.pool.usedSlots, rig.allocator.freeBytes]).toEqual([2, freeBytes]);
    expect(rig.dma.allocCoherent(4 * PAGE), 'no room for it in the pool').toBeNull();
    expect(rig.allocator.freeBytes, 'and from nowhere else').toBe(freeBytes);
    rig.dma.freeCoherent(memory);
    expect(rig.pool.usedSlots).toBe(0);
  });

  it('comes out of ordinary memory where only bounces are forced', () => {
    const rig = dmaRig({ forced: 'asked for', slotCount: 8 });
    const memory = rig.dma.allocCoherent(PAGE);
    expect(memory).not.toBeNull();
    expect(rig.pool.usedSlots).toBe(0);
  });
});
