import { assert } from '../assert.js';
import { CheckedDma } from '../dma/checked-dma.js';
import { Conversion, type ConversionHost } from '../dma/conversion.js';
import type { DmaApi } from '../dma/dma-api.js';
import { DmaDirect, type ForcedBounce } from '../dma/dma-direct.js';
import { DmaPages } from '../dma/dma-pages.js';
import { type DmaStats, newDmaStats } from '../dma/dma-stats.js';
import type { DmaTrace } from '../dma/dma-trace.js';
import { ExposureMap } from '../dma/exposure.js';
import { ramCopier, Swiotlb } from '../dma/swiotlb.js';
import { SwiotlbGrowth } from '../dma/swiotlb-growth.js';
import type { Allocator } from '../memory/allocator.js';
import type { MemoryPort } from '../memory/port.js';
import type { SharedNumbers } from '../memory/shared-numbers.js';
import { Rng } from '../rng.js';
import type { DmaPlan, JobPlan } from '../scenario/plan.js';
import { GuestCounter } from '../stats/counters.js';
import type { DmaMemory } from './dma-memory.js';

/** Label of the host's random stream for refusals, apart from the workload's. */
const REFUSALS = 0x700;

const COUNTER: Readonly<Record<keyof DmaStats, number>> = {
  maps: GuestCounter.dmaMaps,
  unmaps: GuestCounter.dmaUnmaps,
  syncs: GuestCounter.dmaSyncs,
  bounced: GuestCounter.dmaBounced,
  bytesBouncedIn: GuestCounter.dmaBytesIn,
  bytesBouncedOut: GuestCounter.dmaBytesOut,
  mappingErrors: GuestCounter.dmaErrors,
  coherentBytes: GuestCounter.dmaCoherentBytes,
  pagesDecrypted: GuestCounter.pagesDecrypted,
  pagesEncrypted: GuestCounter.pagesEncrypted,
  pagesLeaked: GuestCounter.pagesLeaked,
  transientPools: GuestCounter.transientPools,
  grownPools: GuestCounter.grownPools,
};

export interface GuestDmaParts {
  readonly plan: JobPlan;
  readonly vcpu: number;
  readonly ram: MemoryPort;
  readonly allocator: Allocator;
  readonly memory: DmaMemory;
  /** Null: nobody wants to know which way a request goes. */
  readonly trace: DmaTrace | null;
}

/** The DMA side of one vCPU's kernel: what maps its buffers, and what was done so far. */
export class GuestDma {
  readonly api: DmaApi;
  readonly stats: DmaStats = newDmaStats();
  private readonly parts: GuestDmaParts;
  private readonly checked: CheckedDma | null;
  private readonly exposure: ExposureMap | null;
  private readonly growth: SwiotlbGrowth | null;

  constructor(parts: GuestDmaParts, dma: DmaPlan) {
    this.parts = parts;
    const { ram, memory, plan, allocator, trace } = parts;
    this.exposure = memory.shown === null ? null : new ExposureMap(ram, memory.shown, memory.states);
    const rng = new Rng(plan.seed).fork(parts.vcpu).fork(REFUSALS);
    const refusal = plan.encryption?.refusal ?? 0;
    const conversion = this.conversion({ grants: () => !rng.chance(refusal) });
    const pages = new DmaPages(ram, allocator, conversion, trace);
    const growthBytes = dma.pool?.growthBytes ?? 0;
    this.growth = growthBytes === 0 ? null : new SwiotlbGrowth(pages, this.stats, growthBytes);
    const swiotlb = this.swiotlb(dma);
    const direct = new DmaDirect({
      ram,
      pages,
      swiotlb,
      forced: forcedBounce(dma, plan),
      maskBits: dma.maskBits,
      exposure: this.exposure,
      stats: this.stats,
      trace,
    });
    const isOthers = (address: number): boolean =>
      !allocator.covers(address) || swiotlb?.has(address) === true;
    this.checked = dma.checked ? new CheckedDma(direct, ram, isOthers) : null;
    this.api = this.checked ?? direct;
  }

  /** Once, by the first vCPU, before there is any device: the pool is shared with the host and zeroed. */
  boot(): void {
    const { memory, ram } = this.parts;
    const { pool } = memory;
    if (pool === null) return;
    const { startAddress } = pool.shape;
    // What a host refuses at boot is no guest that runs.
    const isShared = this.conversion({ grants: () => true })?.setMemoryDecrypted(
      startAddress,
      pool.sizeBytes,
    );
    assert(isShared !== false, 'the bounce pool is not shared');
    ram.target(startAddress, pool.sizeBytes).fill(0);
    pool.reset();
  }

  /** At the end of a run, when no buffer is out any more. */
  checkEnded(): void {
    this.checked?.checkEnded();
    const { maps, unmaps } = this.stats;
    assert(maps === unmaps, '% buffers were mapped, and % unmapped', maps, unmaps);
    const left = this.growth?.usedSlots ?? 0;
    assert(left === 0, '% slots of added pools were never given back', left);
  }

  report(counters: SharedNumbers): void {
    for (const [name, counter] of Object.entries(COUNTER))
      counters.set(counter, this.stats[name as keyof DmaStats]);
  }

  private conversion(host: ConversionHost): Conversion | null {
    const { plan, ram, memory, trace } = this.parts;
    if (plan.encryption === null) return null;
    return new Conversion({
      ram,
      states: memory.states,
      host,
      content: plan.encryption.hostSees === 'zero' ? 'zero' : 'garbage',
      exposure: this.exposure,
      stats: this.stats,
      trace,
    });
  }

  private swiotlb(dma: DmaPlan): Swiotlb | null {
    const { ram, memory, vcpu, trace } = this.parts;
    if (memory.pool === null) return null;
    return new Swiotlb({
      ram,
      pool: memory.pool,
      copier: ramCopier(ram),
      minAlignMask: dma.minAlignMask,
      vcpu,
      growth: this.growth,
      exposure: this.exposure,
      stats: this.stats,
      trace,
    });
  }
}

function forcedBounce({ mapping }: DmaPlan, plan: JobPlan): ForcedBounce {
  if (mapping === 'direct') return 'no';
  if (mapping === 'restricted') return 'restricted pool';
  return plan.encryption === null ? 'asked for' : 'memory is encrypted';
}
