import { areaCountFor, slotCountFor } from '../dma/swiotlb-pool.js';
import { SLOT_BYTES } from '../dma/swiotlb-slots.js';
import { RESERVED_BYTES } from '../memory/allocator.js';
import type { JobContext } from './job-context.js';
import type { DmaPlan, DmaPoolPlan, EncryptionPlan } from './plan.js';
import type { DmaSettings } from './settings.js';
import { showBytes } from './units.js';

const DEFAULT_MASK_BITS = 64;
const DEFAULT_POOL_BYTES: number = 64 * 2 ** 20;

export function resolveEncryption(job: JobContext): EncryptionPlan | null {
  const encryption = job.settings.memory?.encryption ?? null;
  if (encryption === null) return null;
  return {
    hostSees: encryption.host_sees ?? 'garbage',
    refusal: encryption.refuse ?? 0,
    requireAccessPlatform: encryption.require_access_platform ?? true,
  };
}

/** An encrypted guest without a DMA API, or with one that the device does not agree to, is a scenario of its own. */
export function resolveDma(job: JobContext, encryption: EncryptionPlan | null): DmaPlan | null {
  const settings = dmaSettings(job, encryption);
  if (settings === null) return null;
  const mapping = settings.mapping ?? (encryption === null ? 'direct' : 'swiotlb');
  const dma: DmaPlan = {
    mapping,
    maskBits: settings.mask ?? DEFAULT_MASK_BITS,
    minAlignMask: settings.align_mask ?? 0,
    pool: poolOf(job, mapping, settings),
    checked: settings.check ?? true,
  };
  checkPoolInReach(job, dma);
  return dma;
}

/** What nothing can be bounced for must all be in reach. */
export function checkMemoryInReach(job: JobContext, dma: DmaPlan | null, memoryBytes: number): void {
  if (dma === null || dma.mapping !== 'direct' || dma.pool !== null) return;
  const reachBytes = 2 ** dma.maskBits;
  if (reachBytes >= memoryBytes) return;
  job.refuse(
    job.latest('dma.mask', 'dma.pool', 'dma.mapping', 'memory.size'),
    `${dma.maskBits} bits reach ${showBytes(reachBytes)}, and memory is ${showBytes(memoryBytes)}: what is beyond ` +
      'needs a pool to bounce through; set `dma.pool`',
  );
}

function dmaSettings(job: JobContext, encryption: EncryptionPlan | null): DmaSettings | null {
  const { dma, queue } = job.settings;
  const isAgreed = queue?.features?.ACCESS_PLATFORM;
  if (dma !== undefined && dma !== null) {
    if (isAgreed === false && encryption === null) {
      const text =
        'the driver uses its DMA API only with ACCESS_PLATFORM, and queue.features switches that off';
      job.refuse(job.latest('dma', 'queue.features.ACCESS_PLATFORM'), `${text}; leave out one of the two`);
    }
    return dma;
  }
  if (encryption !== null) return dma === undefined ? { mapping: 'swiotlb' } : null;
  // A driver that agrees to ACCESS_PLATFORM has a DMA API, whatever that does.
  return isAgreed === true ? { mapping: 'direct' } : null;
}

function poolOf(job: JobContext, mapping: DmaPlan['mapping'], settings: DmaSettings): DmaPoolPlan | null {
  const askedBytes = poolBytes(job, mapping, settings.pool);
  const growthBytes = settings.dynamic ?? 0;
  if (askedBytes !== null) return { sizeBytes: wholePool(job, askedBytes), growthBytes };
  const isOverruled = job.rank('dma.dynamic') < Math.max(job.rank('dma.pool'), job.rank('dma.mapping'));
  if (growthBytes > 0 && !isOverruled) {
    job.refuse('dma.dynamic', 'there is no pool that could grow; set `dma.pool`');
  }
  return null;
}

function poolBytes(job: JobContext, mapping: DmaPlan['mapping'], asked: DmaSettings['pool']): number | null {
  if (mapping === 'direct') return asked ?? null;
  const isOverruled = job.rank('dma.pool') < job.rank('dma.mapping');
  if (asked === null && !isOverruled) {
    job.refuse('dma.pool', `mapping ${mapping} bounces every buffer, and needs a pool to do so`);
  }
  return asked ?? DEFAULT_POOL_BYTES;
}

/** The same whole number of sets in each area. */
function wholePool(job: JobContext, askedBytes: number): number {
  const queueCount = job.settings.queue?.count ?? 1;
  return slotCountFor(askedBytes, areaCountFor(queueCount, Math.ceil(askedBytes / SLOT_BYTES))) * SLOT_BYTES;
}

function checkPoolInReach(job: JobContext, { maskBits, pool }: DmaPlan): void {
  if (pool === null || RESERVED_BYTES + pool.sizeBytes <= 2 ** maskBits) return;
  const place = `a pool of ${showBytes(pool.sizeBytes)} from byte ${RESERVED_BYTES} on`;
  job.refuse(
    job.latest('dma.mask', 'dma.pool', 'dma.mapping'),
    `${maskBits} bits reach ${showBytes(2 ** maskBits)}, and ${place} ends behind that; use a smaller \`dma.pool\``,
  );
}
