import type { DmaDirection } from './direction.js';

/** What {@link DmaApi.map} returns when a buffer cannot be mapped; never an address. */
export const DMA_MAPPING_ERROR = -1;

/** Memory that the CPU and the device both use all the time: a ring. */
export interface CoherentMemory {
  /** For the CPU. */
  readonly address: number;
  /** For the device. */
  readonly busAddress: number;
  /** Whole pages. */
  readonly sizeBytes: number;
}

/**
 * How memory becomes something that the device may touch, as a driver sees it (Linux' DMA API). An address is a byte
 * offset from guest-physical 0, a bus address is what the device is told.
 *
 * Between `map` and `unmap` the buffer is the device's: the CPU sees what the device wrote, and the device what the CPU
 * wrote, only after a sync. Nothing here ever blocks: what does not fit now is an error, at once.
 */
export interface DmaApi {
  /** The longest buffer that one `map` takes; Infinity: any. */
  readonly maxMappingBytes: number;
  /** The bus address of the buffer, or {@link DMA_MAPPING_ERROR}. */
  map(address: number, sizeBytes: number, direction: DmaDirection): number;
  /** Ends a mapping, with the values that it was made with. */
  unmap(busAddress: number, sizeBytes: number, direction: DmaDirection): void;
  /** What the device wrote into a part of a mapping, for the CPU; `direction` is that of the mapping. */
  syncForCpu(busAddress: number, sizeBytes: number, direction: DmaDirection): void;
  /** What the CPU wrote into a part of a mapped buffer, for the device. */
  syncForDevice(busAddress: number, sizeBytes: number, direction: DmaDirection): void;
  /** Zeroed pages that both sides may use without a sync; null when there are none to be had. */
  allocCoherent(sizeBytes: number): CoherentMemory | null;
  freeCoherent(memory: CoherentMemory): void;
}
