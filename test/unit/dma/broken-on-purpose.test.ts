import { describe, expect, it } from 'vitest';
import { DmaDirection } from '../../../src/dma/direction.js';
import { DMA_MAPPING_ERROR, type DmaApi } from '../../../src/dma/dma-api.js';
import { ExposureError } from '../../../src/dma/exposure.js';
import { type BounceCopier, ramCopier } from '../../../src/dma/swiotlb.js';
import { SwiotlbPool } from '../../../src/dma/swiotlb-pool.js';
import { InvariantError, ProtocolViolation } from '../../../src/errors.js';
import { Allocator } from '../../../src/memory/allocator.js';
import type { MemoryPort } from '../../../src/memory/port.js';
import { ScatterList } from '../../../src/virtqueue/scatter-list.js';
import {
  checkedDma,
  type DmaRig,
  dmaRig,
  type DmaRigOptions,
  encryptedGuest,
  pattern,
} from '../../support/dma/dma-rig.js';
import {
  deviceReads,
  deviceReturns,
  PassingDma,
  popChain,
  type QueueRig,
  queueRig,
  type QueueRigOptions,
} from '../../support/dma/queue-rig.js';

const { bidirectional, toDevice, fromDevice } = DmaDirection;

// Each breakage is a faulty part in the place of a right one; the same steps pass with the right one.

type MakeCopier = (ram: MemoryPort) => BounceCopier;

/** Copies like those of an ordinary guest, but for what is given. */
function copierWith(change: (right: BounceCopier) => Partial<BounceCopier>): MakeCopier {
  return (ram) => ({ ...ramCopier(ram), ...change(ramCopier(ram)) });
}

/** The device writes 10 bytes of a buffer of 1000; which bytes in and around it are not what they must be then. */
function shortWrite(rig: DmaRig, dma: DmaApi): number {
  const before = pattern(6000);
  const address = rig.place(before);
  const bounce = dma.map(address + 3000, 1000, fromDevice);
  rig.ram.target(bounce, 10).fill(0);
  dma.unmap(bounce, 1000, fromDevice);
  const wanted = [...before].map((value, i) => (i >= 3000 && i < 3010 ? 0 : value));
  return rig.read(address, 6000).filter((value, i) => value !== wanted[i]).length;
}

/** A pool in which somebody else's bytes are still. */
function usedRig(options: DmaRigOptions = {}): DmaRig {
  const rig = dmaRig(options);
  rig.ram.bytes(rig.pool.shape.startAddress, rig.pool.sizeBytes).fill(0);
  return rig;
}

describe('no copy in of what the device is to write', () => {
  const copier = copierWith(() => ({ copyIn: () => {} }));

  it('gives the driver what somebody else had in the slots', () => {
    const broken = usedRig({ copier });
    expect(shortWrite(broken, broken.dma)).toBe(990);
    const right = usedRig();
    expect(shortWrite(right, right.dma)).toBe(0);
  });

  it('is found when the buffer is mapped', () => {
    const broken = usedRig({ copier });
    expect(() => shortWrite(broken, checkedDma(broken))).toThrow(/was not copied into its bounce/);
    const right = usedRig();
    expect(shortWrite(right, checkedDma(right))).toBe(0);
  });
});

describe('a copy out', () => {
  it.each([
    { fault: 'of one byte too much', extra: 1, to: 0, from: 0 },
    { fault: 'of the whole slot', extra: 1048, to: 0, from: 0 },
    { fault: 'of too little', extra: -995, to: 0, from: 0 },
    { fault: 'to a place in front', extra: 0, to: -8, from: 0 },
    { fault: 'to a place behind', extra: 0, to: 1, from: 0 },
    { fault: 'from another place', extra: 0, to: 0, from: 4 },
  ])('$fault is found when the mapping ends', ({ extra, to, from }) => {
    const copier = copierWith(({ copyOut }) => ({
      copyOut: (orig, bounce, sizeBytes) => copyOut(orig + to, bounce + from, sizeBytes + extra),
    }));
    const silent = usedRig({ copier });
    expect(shortWrite(silent, silent.dma), 'bytes that went wrong').toBeGreaterThan(0);
    const broken = usedRig({ copier });
    expect(() => shortWrite(broken, checkedDma(broken))).toThrow(/not what it must be/);
  });

  it('as it must be passes', () => {
    const right = usedRig();
    expect(shortWrite(right, checkedDma(right))).toBe(0);
  });
});

/** Hands out every other time what it has handed out before, or the slots from the second one of that. */
class TwiceHandingPool extends SwiotlbPool {
  slotsFurther = 0;
  private last = -1;

  override take(vcpu: number, sizeBytes: number, orig: number, alignMask: number, keepMask: number): number {
    if (this.last !== -1) return this.last + this.slotsFurther;
    this.last = super.take(vcpu, sizeBytes, orig, alignMask, keepMask);
    return this.last;
  }
}

describe('a slot that is handed out twice', () => {
  const twice = (slotsFurther: number) =>
    dmaRig({
      pool: (records, shape) => Object.assign(new TwiceHandingPool(records, 0, shape), { slotsFurther }),
    });

  function twoMappings(rig: DmaRig, dma: DmaApi): void {
    const mappings = [4000, 1500].map((sizeBytes) => {
      const bounce = dma.map(rig.place(pattern(sizeBytes)), sizeBytes, bidirectional);
      return { bounce, sizeBytes };
    });
    for (const { bounce, sizeBytes } of mappings) dma.unmap(bounce, sizeBytes, bidirectional);
  }

  it.each([0, 1])('is found when the second one is mapped, %d slots further', (slotsFurther) => {
    const broken = twice(slotsFurther);
    expect(() => twoMappings(broken, checkedDma(broken))).toThrow(/share bytes/);
    const right = dmaRig();
    expect(() => twoMappings(right, checkedDma(right))).not.toThrow();
  });

  it('is found by the pool itself at the latest when both have ended', () => {
    const broken = twice(0);
    expect(() => twoMappings(broken, broken.dma)).toThrow(InvariantError);
    const right = dmaRig();
    twoMappings(right, right.dma);
    expect(right.pool.usedSlots).toBe(0);
  });
});

describe('a sync in the wrong direction', () => {
  it.each([
    { mapped: fromDevice, synced: toDevice },
    { mapped: toDevice, synced: fromDevice },
    { mapped: bidirectional, synced: toDevice },
  ])('is found: $synced of what was mapped $mapped', ({ mapped, synced }) => {
    for (const direction of [synced, mapped]) {
      const rig = dmaRig();
      const dma = checkedDma(rig);
      const bounce = dma.map(rig.place(pattern(100)), 100, mapped);
      const sync = () => {
        dma.syncForCpu(bounce, 50, direction);
        dma.syncForDevice(bounce, 50, direction);
        dma.unmap(bounce, 100, mapped);
      };
      if (direction === synced) expect(sync).toThrow(/mapped .*, used /);
      else expect(sync).not.toThrow();
    }
  });
});

/** Has forgotten that its first range is in use. */
class ForgetfulAllocator extends Allocator {
  private first: number | null = null;

  override allocate(sizeBytes: number, align?: number): number | null {
    this.first ??= super.allocate(sizeBytes, align);
    return this.first;
  }
}

describe('a page that is used again after its conversion failed', () => {
  const guestWith = (allocator: Allocator) => {
    const answers = [false];
    return encryptedGuest({ allocator, host: { grants: () => answers.shift() ?? true } });
  };

  it('is found when it is converted', () => {
    const broken = guestWith(new ForgetfulAllocator(1 << 20));
    expect(broken.pages.alloc(4096)).toBeNull();
    expect(() => broken.pages.alloc(4096)).toThrow(/was lost in a conversion, and is used again/);
    const right = guestWith(new Allocator(1 << 20));
    expect([right.pages.alloc(4096), right.pages.alloc(4096)]).toEqual([null, 8192]);
  });

  it('is found when the device is sent there', () => {
    const allocator = new ForgetfulAllocator(1 << 20);
    const broken = guestWith(allocator);
    broken.pages.alloc(4096);
    broken.host.load8(allocator.allocate(4096, 4096) ?? 0);
    expect(broken.host.privateReads).toBe(1);
    const right = guestWith(new Allocator(1 << 20));
    right.pages.alloc(4096);
    right.host.load8(right.pages.alloc(4096) ?? 0);
    expect(right.host.privateReads).toBe(0);
  });
});

/** Sends a list of two ranges round. */
function roundTrip(rig: QueueRig): void {
  const list = new ScatterList().addReadable(rig.place(pattern(128)), 64);
  rig.driver.addBuf(list.addWritable(rig.place(pattern(64)), 64), 1);
  const chain = popChain(rig);
  expect(deviceReads(rig, chain)).toEqual([...pattern(64)]);
  deviceReturns(rig, chain, pattern(64));
  expect(rig.driver.getBuf()).toBe(1);
}

describe.each(['split', 'packed'] as const)('on a %s ring', (layout) => {
  describe('an indirect table that is not mapped', () => {
    it.each(['fault', 'garbage', 'zero'] as const)('sends the device to a private page: %s', (sees) => {
      const broken = queueRig({ layout, indirect: true, isTableMapped: false, sees });
      expect(() => roundTrip(broken)).toThrow(sees === 'fault' ? ProtocolViolation : Error);
      expect(broken.host.privateReads).toBeGreaterThan(0);
      const table = broken.host.firstPrivate?.address ?? 0;
      expect(broken.states.isShared(table, 16)).toBe(false);
      const right = queueRig({ layout, indirect: true, sees });
      roundTrip(right);
      expect(right.host.privateAccesses).toBe(0);
    });
  });

  describe('a mapping that is leaked on the error path', () => {
    /** After a mapping error nothing is undone until something is mapped again. */
    class ForgetsToUndo extends PassingDma {
      private hasFailed = false;

      override map(address: number, sizeBytes: number, direction: DmaDirection): number {
        const busAddress = super.map(address, sizeBytes, direction);
        this.hasFailed = busAddress === DMA_MAPPING_ERROR;
        return busAddress;
      }

      override unmap(busAddress: number, sizeBytes: number, direction: DmaDirection): void {
        if (!this.hasFailed) super.unmap(busAddress, sizeBytes, direction);
      }
    }

    function refusedList(options: Partial<QueueRigOptions>): QueueRig {
      const rig = queueRig({ layout, slotCount: 2, ...options });
      const list = new ScatterList();
      for (let i = 0; i < 3; i++) list.addWritable(rig.place(pattern(64)), 64);
      expect(rig.driver.addBuf(list, 1)).toBe(false);
      return rig;
    }

    it('is found at the end, in what is mapped and in the slots in use', () => {
      const broken = refusedList({ wrapDma: (api) => new ForgetsToUndo(api) });
      expect(() => broken.checked.checkEnded()).toThrow(/2 mappings were never ended/);
      expect(broken.pool.usedSlots).toBe(2);
      const right = refusedList({});
      expect(() => right.checked.checkEnded()).not.toThrow();
      expect(right.pool.usedSlots).toBe(0);
    });

    it('leaves a queue that takes nothing any more', () => {
      const one = (rig: QueueRig) => rig.driver.addBuf(new ScatterList().addWritable(64, 64), 2);
      expect(one(refusedList({ wrapDma: (api) => new ForgetsToUndo(api) }))).toBe(false);
      expect(one(refusedList({}))).toBe(true);
    });
  });
});

describe('a segment of more than a pool takes', () => {
  const SIZE = 300 * 1024;

  /** Maps a large buffer, piece by piece, and ends that; how many pieces could be mapped. */
  function mapInPieces(dma: DmaApi, pieceBytes: number): number {
    let mapped = 0;
    for (let at = 0; at < SIZE; at += pieceBytes) {
      const sizeBytes = Math.min(pieceBytes, SIZE - at);
      const bounce = dma.map((1 << 20) + at, sizeBytes, toDevice);
      if (bounce === DMA_MAPPING_ERROR) continue;
      mapped += 1;
      dma.unmap(bounce, sizeBytes, toDevice);
    }
    return mapped;
  }

  it.each([0, 511, 4095])('never succeeds, and is found, with a mask of %d', (minAlignMask) => {
    const rig = dmaRig({ ramBytes: 1 << 21, minAlignMask });
    expect(mapInPieces(rig.dma, SIZE), 'in an empty pool').toBe(0);
    expect(() => mapInPieces(checkedDma(rig), SIZE)).toThrow(/is longer than the/);
    expect(() => mapInPieces(checkedDma(rig), rig.dma.maxMappingBytes + 1)).toThrow(/is longer than the/);
    expect(mapInPieces(checkedDma(rig), rig.dma.maxMappingBytes)).toBe(2);
  });
});

describe('a copy in of too much', () => {
  it.each([1, 64])('makes private bytes readable, and is found: %d bytes', (extra) => {
    const copier = copierWith(({ copyIn }) => ({
      copyIn: (bounce, orig, sizeBytes) => copyIn(bounce, orig, sizeBytes + extra),
    }));
    const steps = (options: DmaRigOptions) => {
      const rig = dmaRig({ encrypted: true, ...options });
      const dma = checkedDma(rig);
      const bounce = dma.map(rig.place(pattern(2000)), 1000, toDevice);
      rig.exposure.checkAll();
      dma.unmap(bounce, 1000, toDevice);
      return rig;
    };
    expect(() => steps({ copier })).toThrow(ExposureError);
    expect(() => steps({}).exposure.checkAll()).not.toThrow();
  });

  it('is found on its way through a queue too', () => {
    const copier = copierWith(({ copyIn }) => ({
      copyIn: (bounce, orig, sizeBytes) => copyIn(bounce, orig, sizeBytes + 16),
    }));
    const broken = queueRig({ layout: 'split', copier });
    roundTrip(broken);
    expect(() => broken.exposure.checkAll()).toThrow(ExposureError);
    const right = queueRig({ layout: 'split' });
    roundTrip(right);
    expect(() => right.exposure.checkAll()).not.toThrow();
  });
});
