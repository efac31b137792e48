import { assert } from '../../assert.js';
import { Conversion } from '../../dma/conversion.js';
import { DmaDirection } from '../../dma/direction.js';
import { DmaPages } from '../../dma/dma-pages.js';
import { newDmaStats } from '../../dma/dma-stats.js';
import { PageStates } from '../../dma/page-states.js';
import { PAGE_BYTES } from '../../dma/pages.js';
import { ramCopier, Swiotlb } from '../../dma/swiotlb.js';
import { SwiotlbPool } from '../../dma/swiotlb-pool.js';
import { SET_SLOTS, SLOT_BYTES } from '../../dma/swiotlb-slots.js';
import { RNG_DEVICE_ID } from '../../devices/rng.js';
import { InvariantError } from '../../errors.js';
import { bringUpRng } from '../../guest/bring-up.js';
import { Allocator } from '../../memory/allocator.js';
import { Feature, FeatureSet } from '../../transport/features.js';
import { NegotiationError } from '../../transport/negotiate.js';
import { Doorbell } from '../../memory/doorbell.js';
import type { DriverTransport } from '../../transport/transport.js';
import { HookedMemory } from './hooked-memory.js';

const MEMORY_BYTES = 1 << 20;

/** The host refuses to share a page. It may have done it all the same: nobody may have the page again. */
export function refusedPage(): void {
  const ram = new HookedMemory(MEMORY_BYTES);
  const states = new PageStates(new HookedMemory(PageStates.sizeBytes(MEMORY_BYTES)), 0);
  const allocator = new Allocator(MEMORY_BYTES);
  const host = { grants: () => false };
  const stats = newDmaStats();
  const conversion = new Conversion({
    ram,
    states,
    host,
    content: 'garbage',
    exposure: null,
    stats,
    trace: null,
  });
  assert(
    new DmaPages(ram, allocator, conversion, null).alloc(PAGE_BYTES) === null,
    'refused pages were handed out',
  );
  const next = allocator.allocate(PAGE_BYTES, PAGE_BYTES) as number;
  assert(!states.isShared(next, PAGE_BYTES), 'page % is shared', next);
  // The page that was refused is the first one.
  assert(next !== PAGE_BYTES, 'the lost page % is private memory again', next);
}

/** Pages for a ring come out of the same pool as bounces: no byte may have two owners. */
export function ringBesideBounce(): void {
  const ram = new HookedMemory(MEMORY_BYTES);
  const shape = { startAddress: 16 * PAGE_BYTES, slotCount: SET_SLOTS, areaCount: 1 };
  const pool = new SwiotlbPool(new HookedMemory(SwiotlbPool.recordBytes(shape) + 64), 0, shape);
  pool.reset();
  const swiotlb = new Swiotlb({
    ram,
    pool,
    copier: ramCopier(ram),
    minAlignMask: 0,
    vcpu: 0,
    growth: null,
    exposure: null,
    stats: newDmaStats(),
    trace: null,
  });
  const bounce = swiotlb.map(PAGE_BYTES, SLOT_BYTES, DmaDirection.toDevice);
  const ring = swiotlb.allocPages(PAGE_BYTES) as number;
  const areApart = bounce + SLOT_BYTES <= ring || ring + PAGE_BYTES <= bounce;
  assert(areApart, 'a ring at % and a bounce at % share bytes', ring, bounce);
}

/** A device without ACCESS_PLATFORM would be given addresses of pages that it cannot read. */
export function withoutAccessPlatform(): void {
  const port = new HookedMemory(MEMORY_BYTES);
  try {
    bringUpRng(plainDevice(port), port, [], () => [], 'restricted');
  } catch (error) {
    if (error instanceof NegotiationError && error.code === 'NO_ACCESS_PLATFORM') return;
    if (!(error instanceof InvariantError)) throw error;
  }
  throw new InvariantError('the guest of encrypted memory has taken a device without ACCESS_PLATFORM');
}

/** A device that agrees to everything, and offers hardly anything. */
function plainDevice(port: HookedMemory): DriverTransport {
  let status = 0;
  return {
    probe: () => RNG_DEVICE_ID,
    readStatus: () => status,
    writeStatus: (value) => {
      status = value;
    },
    readDeviceFeatures: () => FeatureSet.of(Feature.version1),
    writeDriverFeatures: () => undefined,
    queueSizeMax: () => 8,
    enableQueue: () => undefined,
    resetQueue: () => undefined,
    kicker: () => ({ notify: () => undefined }),
    interrupts: () => ({ bell: new Doorbell(port, 0), pending: () => 0, acknowledge: () => undefined }),
    configGeneration: () => 0,
    readConfig: () => 0,
    writeConfig: () => undefined,
  };
}
