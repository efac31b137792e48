import type { DmaPlan } from '../scenario/plan.js';
import { SET_SLOTS, SLOT_BYTES } from './swiotlb-slots.js';

/** The longest buffer that can be mapped in one piece: what a bounce can take, and Infinity where nothing bounces. */
export function maxMappingBytes(dma: DmaPlan | null, memoryBytes: number): number {
  if (dma === null || dma.pool === null) return Infinity;
  if (dma.mapping === 'direct' && 2 ** dma.maskBits >= memoryBytes) return Infinity;
  // The place in its slots that a buffer must keep may cost it these.
  return SET_SLOTS * SLOT_BYTES - Math.ceil(dma.minAlignMask / SLOT_BYTES) * SLOT_BYTES;
}
