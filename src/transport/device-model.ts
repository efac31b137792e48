import type { FeatureDependency, FeatureSet } from './features.js';

/** What a transport needs to know of the device behind it. */
export interface DeviceModel {
  readonly deviceId: number;
  /** Everything the device offers, ring and device bits. */
  readonly features: FeatureSet;
  readonly dependencies: readonly FeatureDependency[];
  readonly queueCount: number;
  readonly queueSizeMax: number;
  /** The configuration space as bytes; replaced as a whole by the transport's `updateConfig`. */
  readonly config: Uint8Array;
}
