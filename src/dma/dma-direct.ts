import { assert } from '../assert.js';
import type { MemoryPort } from '../memory/port.js';
import { type DmaDirection, directionName } from './direction.js';
import { type CoherentMemory, DMA_MAPPING_ERROR, type DmaApi } from './dma-api.js';
import type { DmaPages } from './dma-pages.js';
import type { DmaStats } from './dma-stats.js';
import { type DmaTrace, hex } from './dma-trace.js';
import type { ExposureMap } from './exposure.js';
import { pageAligned } from './pages.js';
import type { Swiotlb } from './swiotlb.js';

/** Why each buffer is bounced, where it is; `restricted pool`: the device reaches nothing else, not even for a ring. */
export type ForcedBounce = 'no' | 'asked for' | 'memory is encrypted' | 'restricted pool';

export interface DmaDirectParts {
  readonly ram: MemoryPort;
  readonly pages: DmaPages;
  readonly swiotlb: Swiotlb | null;
  readonly forced: ForcedBounce;
  /** Addresses that the device can form: below 2^maskBits. */
  readonly maskBits: number;
  readonly exposure: ExposureMap | null;
  readonly stats: DmaStats;
  readonly trace: DmaTrace | null;
}

/**
 * A bus without translation (Linux' dma-direct): a buffer is mapped as it is, or bounced where it must be. The forks:
 *
 *     dma_map_page
 *       force_bounce?              swiotlb_map
 *       not within the mask?       swiotlb_map, or an error without a pool
 *       otherwise                  the address itself
 */
export class DmaDirect implements DmaApi {
  private readonly parts: DmaDirectParts;

  constructor(parts: DmaDirectParts) {
    assert(parts.forced === 'no' || parts.swiotlb !== null, 'bounces are forced, and there is no pool');
    this.parts = parts;
  }

  /** Of a bus that may have to bounce: what a pool can take. */
  get maxMappingBytes(): number {
    const { swiotlb, forced, maskBits, ram } = this.parts;
    const mayBounce = swiotlb !== null && (forced !== 'no' || 2 ** maskBits < ram.sizeBytes);
    return mayBounce ? swiotlb.maxMappingBytes : Infinity;
  }

  map(address: number, sizeBytes: number, direction: DmaDirection): number {
    assert(sizeBytes > 0, 'a mapping of % bytes', sizeBytes);
    const { stats, trace } = this.parts;
    trace?.enter(`dma_map_page(${hex(address)}, ${sizeBytes}, ${directionName(direction)})`);
    trace?.enter('dma_direct_map_page');
    const busAddress = this.mapOnce(address, sizeBytes, direction);
    trace?.note(busAddress === DMA_MAPPING_ERROR ? '= DMA_MAPPING_ERROR' : `= ${hex(busAddress)}`);
    trace?.leave();
    trace?.leave();
    if (busAddress !== DMA_MAPPING_ERROR) stats.maps += 1;
    return busAddress;
  }

  unmap(busAddress: number, sizeBytes: number, direction: DmaDirection): void {
    const { stats, trace, swiotlb } = this.parts;
    trace?.enter(`dma_unmap_page(${hex(busAddress)}, ${sizeBytes}, ${directionName(direction)})`);
    if (swiotlb?.has(busAddress) === true) swiotlb.unmap(busAddress, sizeBytes, direction);
    else trace?.note('dma_direct_unmap_page: mapped as it is, nothing to do');
    trace?.leave();
    stats.unmaps += 1;
  }

  syncForCpu(busAddress: number, sizeBytes: number, direction: DmaDirection): void {
    this.parts.stats.syncs += 1;
    const { swiotlb } = this.parts;
    if (swiotlb?.has(busAddress) === true) swiotlb.syncForCpu(busAddress, sizeBytes, direction);
  }

  syncForDevice(busAddress: number, sizeBytes: number, direction: DmaDirection): void {
    this.parts.stats.syncs += 1;
    const { swiotlb } = this.parts;
    if (swiotlb?.has(busAddress) === true) swiotlb.syncForDevice(busAddress, sizeBytes, direction);
  }

  allocCoherent(sizeBytes: number): CoherentMemory | null {
    const { stats, trace, exposure } = this.parts;
    const bytes = pageAligned(sizeBytes);
    trace?.enter(`dma_alloc_coherent(${bytes})`);
    trace?.enter('dma_direct_alloc');
    const address = this.takePages(bytes);
    trace?.note(address === null ? '= NULL' : `= cpu ${hex(address)}, dma ${hex(address)}`);
    trace?.leave();
    trace?.leave();
    if (address === null) return null;
    exposure?.show(address, bytes);
    stats.coherentBytes += bytes;
    return { address, busAddress: address, sizeBytes: bytes };
  }

  freeCoherent({ address, sizeBytes }: CoherentMemory): void {
    const { swiotlb, pages } = this.parts;
    if (swiotlb?.has(address) === true) swiotlb.freePages(address, sizeBytes);
    else pages.free(address, sizeBytes);
  }

  private mapOnce(address: number, sizeBytes: number, direction: DmaDirection): number {
    const { forced, swiotlb, stats, trace } = this.parts;
    trace?.note(`force_bounce: ${forced === 'no' ? 'no' : `yes (${forced})`}`);
    if (forced !== 'no') return this.bounce(address, sizeBytes, direction);
    const isReachable = this.isReachable(address, sizeBytes);
    trace?.note(`dma_capable: ${isReachable ? 'yes' : 'no'}, mask of ${this.parts.maskBits} bits`);
    if (isReachable) return address;
    if (swiotlb !== null) return this.bounce(address, sizeBytes, direction);
    stats.mappingErrors += 1;
    trace?.note('is_swiotlb_active: no');
    return DMA_MAPPING_ERROR;
  }

  private bounce(address: number, sizeBytes: number, direction: DmaDirection): number {
    const { swiotlb } = this.parts;
    assert(swiotlb !== null, 'there is no pool to bounce through');
    const busAddress = swiotlb.map(address, sizeBytes, direction);
    if (busAddress !== DMA_MAPPING_ERROR) {
      assert(this.isReachable(busAddress, sizeBytes), 'the pool itself is out of the mask, at %', busAddress);
    }
    return busAddress;
  }

  private takePages(bytes: number): number | null {
    const { forced, swiotlb, pages, ram, maskBits, trace } = this.parts;
    if (forced !== 'restricted pool' || swiotlb === null) return pages.alloc(bytes, 2 ** maskBits);
    trace?.note('is_swiotlb_for_alloc: yes, the device reaches nothing but its pool');
    const address = swiotlb.allocPages(bytes);
    if (address !== null) ram.target(address, bytes).fill(0);
    return address;
  }

  private isReachable(address: number, sizeBytes: number): boolean {
    return address + sizeBytes <= 2 ** this.parts.maskBits;
  }
}
