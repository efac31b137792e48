import type { RingLayout } from '../virtqueue/layouts.js';
import type { QueueOptions } from '../virtqueue/queue.js';
import { Feature, type FeatureSet } from './features.js';

/** Everything of the ring that vring's devices offer. */
export const RING_FEATURES: readonly number[] = [
  Feature.version1,
  Feature.indirectDesc,
  Feature.eventIdx,
  Feature.inOrder,
  Feature.ringPacked,
];

export function ringLayout(features: FeatureSet): RingLayout {
  return features.has(Feature.ringPacked) ? 'packed' : 'split';
}

/** What negotiated features mean for a queue. */
export function queueOptions(features: FeatureSet, size: number, startIndex: number): QueueOptions {
  return {
    size,
    startIndex,
    eventIdx: features.has(Feature.eventIdx),
    indirect: features.has(Feature.indirectDesc),
    inOrder: features.has(Feature.inOrder),
  };
}
