import { CheckedDma } from '../../../src/dma/checked-dma.js';
import {
  ALWAYS_GRANTS,
  Conversion,
  type ConversionHost,
  type ConvertedContent,
} from '../../../src/dma/conversion.js';
import type { DmaApi } from '../../../src/dma/dma-api.js';
import { DmaDirect, type ForcedBounce } from '../../../src/dma/dma-direct.js';
import { DmaPages } from '../../../src/dma/dma-pages.js';
import { type DmaStats, newDmaStats } from '../../../src/dma/dma-stats.js';
import { ExposureMap } from '../../../src/dma/exposure.js';
import { HostView, type HostSees } from '../../../src/dma/host-view.js';
import { PageStates } from '../../../src/dma/page-states.js';
import { type BounceCopier, ramCopier, Swiotlb } from '../../../src/dma/swiotlb.js';
import { SwiotlbGrowth } from '../../../src/dma/swiotlb-growth.js';
import { type PoolShape, SwiotlbPool } from '../../../src/dma/swiotlb-pool.js';
import { Allocator } from '../../../src/memory/allocator.js';
import type { MemoryPort } from '../../../src/memory/port.js';
import { SharedMemory } from '../../../src/memory/shared-memory.js';

export interface GuestOptions {
  readonly ramBytes?: number;
  readonly host?: ConversionHost;
  readonly content?: ConvertedContent;
  readonly sees?: HostSees;
  readonly allocator?: Allocator;
}

/** An encrypted guest: its memory, who may see what of it, and what has come of that. */
export interface EncryptedGuest {
  readonly ram: SharedMemory;
  readonly states: PageStates;
  readonly exposure: ExposureMap;
  readonly conversion: Conversion;
  readonly allocator: Allocator;
  readonly pages: DmaPages;
  /** The same memory as the host has it. */
  readonly host: HostView;
  readonly stats: DmaStats;
}

/** Nothing is shared yet. */
export function encryptedGuest(options: GuestOptions = {}): EncryptedGuest {
  const { ramBytes = 1 << 20, host = ALWAYS_GRANTS, content = 'garbage', sees = 'garbage' } = options;
  const ram = SharedMemory.ofSize(ramBytes);
  const states = new PageStates(SharedMemory.ofSize(PageStates.sizeBytes(ramBytes) + 8), 8);
  const exposure = new ExposureMap(ram, SharedMemory.ofSize(ramBytes), states);
  const stats = newDmaStats();
  const conversion = new Conversion({ ram, states, host, content, exposure, stats, trace: null });
  const allocator = options.allocator ?? new Allocator(ramBytes);
  const pages = new DmaPages(ram, allocator, conversion, null);
  return {
    ram,
    states,
    exposure,
    conversion,
    allocator,
    pages,
    host: new HostView(ram, states, sees),
    stats,
  };
}

export interface DmaRigOptions extends GuestOptions {
  /** Memory is encrypted, with everything that belongs to that. */
  readonly encrypted?: boolean;
  /** 0: no pool. */
  readonly slotCount?: number;
  readonly areaCount?: number;
  readonly minAlignMask?: number;
  readonly forced?: ForcedBounce;
  readonly maskBits?: number;
  /** What may be added to the pool, or null: the pool is all there is. */
  readonly growthMaxBytes?: number | null;
  /** Parts that a test replaces by worse ones. */
  readonly copier?: (ram: MemoryPort) => BounceCopier;
  readonly pool?: (records: MemoryPort, shape: PoolShape) => SwiotlbPool;
}

export interface DmaRig extends EncryptedGuest {
  readonly dma: DmaDirect;
  readonly pool: SwiotlbPool;
  readonly swiotlb: Swiotlb;
  readonly growth: SwiotlbGrowth | null;
  /** Ordinary memory with these bytes in it. */
  place(bytes: Uint8Array): number;
  /** What is in memory, copied. */
  read(address: number, sizeBytes: number): number[];
}

/** The whole DMA path of one vCPU; everything is bounced unless told otherwise. */
export function dmaRig(options: DmaRigOptions = {}): DmaRig {
  const guest = encryptedGuest(options);
  const { ram, allocator, stats } = guest;
  const isEncrypted = options.encrypted ?? false;
  const pages = isEncrypted ? guest.pages : new DmaPages(ram, allocator, null, null);
  const exposure = isEncrypted ? guest.exposure : null;
  const { slotCount = 128, areaCount = 1, growthMaxBytes = null } = options;
  const startAddress = pages.alloc(Math.max(slotCount, 2) * 2048);
  if (startAddress === null) throw new Error('no room for the pool: give the rig more memory');
  const shape: PoolShape = { startAddress, slotCount: Math.max(slotCount, 2), areaCount };
  const records = SharedMemory.ofSize(SwiotlbPool.recordBytes(shape));
  const pool = options.pool?.(records, shape) ?? new SwiotlbPool(records, 0, shape);
  pool.reset();
  const growth = growthMaxBytes === null ? null : new SwiotlbGrowth(pages, stats, growthMaxBytes);
  const copier = options.copier?.(ram) ?? ramCopier(ram);
  const { minAlignMask = 0, forced = 'asked for', maskBits = 64 } = options;
  const swiotlb = new Swiotlb({
    ram,
    pool,
    copier,
    minAlignMask,
    vcpu: 0,
    growth,
    exposure,
    stats,
    trace: null,
  });
  const dma = new DmaDirect({
    ram,
    pages,
    swiotlb: slotCount === 0 ? null : swiotlb,
    forced: slotCount === 0 ? 'no' : forced,
    maskBits,
    exposure,
    stats,
    trace: null,
  });
  const place = (bytes: Uint8Array) => {
    const address = allocator.allocate(bytes.length, 64);
    if (address === null) throw new Error(`no room for ${bytes.length} bytes: give the rig more memory`);
    ram.copyIn(address, bytes, 0, bytes.length);
    return address;
  };
  const read = (address: number, sizeBytes: number) => [...ram.bytes(address, sizeBytes)];
  return { ...guest, pages, dma, pool, swiotlb, growth, place, read };
}

/** Checks the rig's DMA API, or what is around it. */
export function checkedDma(rig: DmaRig, api: DmaApi = rig.dma): CheckedDma {
  return new CheckedDma(api, rig.ram, (address) => rig.swiotlb.has(address));
}

/** Bytes that tell where they are: none is 0, and neighbours differ. */
export function pattern(sizeBytes: number, first = 1): Uint8Array {
  return Uint8Array.from({ length: sizeBytes }, (_, i) => 1 + ((first + i * 7) % 255));
}
