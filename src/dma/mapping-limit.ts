import type { DmaPlan } from '../scenario/plan.js';
import { SET_SLOTS, SLOT_BYTES } from './swiotlb-slots.js';

/** The longest buffer that can be mapped in one piece: what a bounce can take, and Infinity where nothing bounces. */
export function maxMappingBytes(dma: DmaPlan | null, memoryBytes: number): number {
  if (dma === null || dma.pool === null) return Infinity;
  if (dma.mapping === 'direct' && 2 ** dma.maskBits >= memoryBytes) return Infinity;
  return bounceMaxBytes(dma.minAlignMask);
}

/** A set of slots, less what the place that a buffer must keep in them may cost. */
export function bounceMaxBytes(minAlignMask: number): number {
  return SET_SLOTS * SLOT_BYTES - Math.ceil(minAlignMask / SLOT_BYTES) * SLOT_BYTES;
}
