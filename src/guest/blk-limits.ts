import { BLK_HOST_MANAGED, BlkConfig, BlkFeature } from '../devices/blk.js';
import { FeatureSet } from '../transport/features.js';
import { type DriverTransport, readConfig64, readConfigConsistently } from '../transport/transport.js';

/** Everything the block driver can make use of (virtio 1.4, 5.2.3). */
export const BLK_DRIVER_FEATURES: FeatureSet = FeatureSet.of(
  BlkFeature.sizeMax,
  BlkFeature.segMax,
  BlkFeature.readOnly,
  BlkFeature.blkSize,
  BlkFeature.flush,
  BlkFeature.multiQueue,
  BlkFeature.discard,
  BlkFeature.writeZeroes,
);

/**
 * Bits that the driver can use, and must not take from this device: DISCARD where the zones are the host's to manage
 * (5.2.5.1, N0686). Such a device offers ZONED, which this driver does not take.
 */
export function unwantedBlkFeatures(transport: DriverTransport, offered: FeatureSet): readonly number[] {
  if (!offered.has(BlkFeature.zoned)) return [];
  return transport.readConfig(BlkConfig.zonedModel, 1) === BLK_HOST_MANAGED ? [BlkFeature.discard] : [];
}

/**
 * What the features say of the device's cache, where CONFIG_WCE is not taken (5.2.5.1): with FLUSH, a write is safe
 * once a flush behind it has been answered (N0683); without, once it has been answered itself (N0682).
 */
export type BlkCache = 'write-back' | 'write-through';

/** What the device told about itself; a limit that it did not offer is Infinity. */
export interface BlkLimits {
  readonly capacitySectors: number;
  readonly sizeMaxBytes: number;
  readonly segMax: number;
  readonly queueCount: number;
  readonly readOnly: boolean;
  readonly cache: BlkCache;
  readonly maxDiscardSectors: number;
  readonly maxWriteZeroesSectors: number;
}

/** Reads the configuration after FEATURES_OK; fields whose feature was not negotiated are left alone (5.2.5). */
export function readBlkLimits(transport: DriverTransport, features: FeatureSet): BlkLimits {
  const field32 = (bit: number, offset: number, otherwise: number): number =>
    features.has(bit) ? transport.readConfig(offset, 4) : otherwise;
  return readConfigConsistently(transport, () => ({
    capacitySectors: readConfig64(transport, BlkConfig.capacitySectors),
    sizeMaxBytes: field32(BlkFeature.sizeMax, BlkConfig.sizeMax, Infinity),
    segMax: field32(BlkFeature.segMax, BlkConfig.segMax, Infinity),
    queueCount: features.has(BlkFeature.multiQueue) ? transport.readConfig(BlkConfig.queueCount, 2) : 1,
    readOnly: features.has(BlkFeature.readOnly),
    cache: features.has(BlkFeature.flush) ? 'write-back' : 'write-through',
    maxDiscardSectors: field32(BlkFeature.discard, BlkConfig.maxDiscardSectors, 0),
    maxWriteZeroesSectors: field32(BlkFeature.writeZeroes, BlkConfig.maxWriteZeroesSectors, 0),
  }));
}

/** To be asked again when the device says that its configuration has changed (5.2.6.1, N0708). */
export function readBlkCapacity(transport: DriverTransport): number {
  return readConfigConsistently(transport, () => readConfig64(transport, BlkConfig.capacitySectors));
}
