import type { FeatureDependency, FeatureSet } from './features.js';

/** What a transport needs to know of the device behind it. */
export interface DeviceModel {
  readonly deviceId: number;
  /** Everything the device offers, ring and device bits. */
  readonly features: FeatureSet;
  readonly dependencies: readonly FeatureDependency[];
  readonly queueCount: number;
  readonly queueSizeMax: number;
  /** MSI-X vectors on a bus that has them, 0 for none; one per queue and one for the configuration if left out. */
  readonly vectorCount?: number;
  /** The configuration space as bytes; replaced as a whole by the transport's `updateConfig`. */
  readonly config: Uint8Array;
}
