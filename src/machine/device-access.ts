import type { DmaApi } from '../dma/dma-api.js';
import type { MemoryAccess } from '../guest/bring-up.js';
import type { JobPlan } from '../scenario/plan.js';
import { Feature, type FeatureSet } from '../transport/features.js';
import type { GuestDma } from './guest-dma.js';

/** The DMA API, where it was agreed to use it (6.1, N1460); null: the device is given guest-physical addresses. */
export function dmaInUse(dma: GuestDma | null, features: FeatureSet): DmaApi | null {
  return features.has(Feature.accessPlatform) ? (dma?.api ?? null) : null;
}

/** What the guest demands of a device before it trusts its memory to it. */
export function memoryAccess({ encryption }: JobPlan): MemoryAccess {
  return encryption?.requireAccessPlatform === true ? 'restricted' : 'any';
}
