import type { RingFeatureName } from '../scenario/plan.js';
import type { RingLayout } from '../virtqueue/layouts.js';
import type { QueueOptions } from '../virtqueue/queue.js';
import { Feature, type FeatureSet } from './features.js';

/** Everything of the ring that vring's devices offer, whatever is asked for. */
export const RING_FEATURES: readonly number[] = [
  Feature.version1,
  Feature.indirectDesc,
  Feature.eventIdx,
  Feature.inOrder,
  Feature.ringPacked,
  Feature.notificationData,
  Feature.ringReset,
  Feature.suspend,
];

/** Ring features by the names a scenario knows them by. */
export const RING_FEATURE_BITS: Readonly<Record<RingFeatureName, number>> = {
  INDIRECT_DESC: Feature.indirectDesc,
  EVENT_IDX: Feature.eventIdx,
  IN_ORDER: Feature.inOrder,
  NOTIFICATION_DATA: Feature.notificationData,
  RING_RESET: Feature.ringReset,
  ORDER_PLATFORM: Feature.orderPlatform,
  SUSPEND: Feature.suspend,
  ACCESS_PLATFORM: Feature.accessPlatform,
};

/** Features that the device decides on: a driver takes them wherever it can (6.1, N1460 and N1463). */
const OFFERED_WHEN_ASKED: readonly RingFeatureName[] = ['ORDER_PLATFORM', 'ACCESS_PLATFORM'];

/** What a device offers of the ring in a run that asks for `asked`. */
export function offeredRingFeatures(asked: readonly RingFeatureName[]): readonly number[] {
  const extra = OFFERED_WHEN_ASKED.filter((name) => asked.includes(name));
  return [...RING_FEATURES, ...extra.map((name) => RING_FEATURE_BITS[name])];
}

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
