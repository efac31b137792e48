import { describe, expect, test } from 'vitest';
import { Feature, FEATURE_NAMES } from '../../../src/transport/features.js';
import {
  offeredRingFeatures,
  RING_FEATURE_BITS,
  RING_FEATURES,
} from '../../../src/transport/ring-features.js';

describe('the ring features of a device', () => {
  test('are all on offer, and ORDER_PLATFORM and ACCESS_PLATFORM only where they are asked for', () => {
    expect(RING_FEATURES).not.toContain(Feature.orderPlatform);
    expect(RING_FEATURES).not.toContain(Feature.accessPlatform);
    expect(offeredRingFeatures([])).toEqual(RING_FEATURES);
    expect(offeredRingFeatures(['SUSPEND', 'EVENT_IDX'])).toEqual(RING_FEATURES);
    expect(offeredRingFeatures(['ORDER_PLATFORM'])).toEqual([...RING_FEATURES, Feature.orderPlatform]);
    expect(offeredRingFeatures(['ACCESS_PLATFORM'])).toEqual([...RING_FEATURES, Feature.accessPlatform]);
  });

  test('include everything that a scenario has a name for, and the names are the spec’s', () => {
    const offered = offeredRingFeatures(['ORDER_PLATFORM', 'ACCESS_PLATFORM']);
    for (const [name, bit] of Object.entries(RING_FEATURE_BITS)) {
      expect(offered).toContain(bit);
      expect(FEATURE_NAMES[bit]).toBe(name);
    }
  });
});
