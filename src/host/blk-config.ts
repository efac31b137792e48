import { assert } from '../assert.js';
import { BLK_CONFIG_BYTES, BLK_ID_BYTES, BlkConfig, BlkFeature, SECTOR_BYTES } from '../devices/blk.js';
import { ScenarioError } from '../errors.js';
import type { BlkPlan } from '../scenario/plan.js';
import { FeatureSet } from '../transport/features.js';
import type { Backend } from './backend.js';
import { writeU16, writeU32, writeU64 } from './little-endian.js';

/** Ranges of one DISCARD or WRITE_ZEROES. */
export const MAX_RANGES = 16;
/** Sectors of one such range: with all the ranges, a request clears 512 MiB at most, and its turn ends. */
export const MAX_RANGE_SECTORS = 65536;

/** What a block device is before a driver has chosen from it: plain data, the same on all threads. */
export interface BlkOffer {
  readonly capacitySectors: number;
  readonly readOnly: boolean;
  readonly queueCount: number;
  /** Null: the limit is not offered. */
  readonly sizeMaxBytes: number | null;
  readonly segMax: number | null;
  readonly serial: string;
}

export function blkOffer(
  plan: BlkPlan,
  backend: Pick<Backend, 'sizeBytes' | 'readOnly'>,
  queueCount: number,
): BlkOffer {
  assert(backend.sizeBytes % SECTOR_BYTES === 0, '% bytes are no whole number of sectors', backend.sizeBytes);
  return {
    capacitySectors: backend.sizeBytes / SECTOR_BYTES,
    readOnly: backend.readOnly,
    queueCount,
    sizeMaxBytes: plan.sizeMaxBytes,
    segMax: plan.segMax,
    serial: plan.serial,
  };
}

/**
 * The device bits that are offered; those of the ring are not this room's.
 *
 * FLUSH always (N0691), which makes the cache one of write-back. CONFIG_WCE never: the threads that serve the
 * queues would have to hear of each write to `writeback`. DISCARD and WRITE_ZEROES are writes, so a read-only
 * disk has none.
 */
export function blkFeatures(offer: BlkOffer): FeatureSet {
  const bits: number[] = [BlkFeature.blkSize, BlkFeature.flush];
  if (offer.sizeMaxBytes !== null) bits.push(BlkFeature.sizeMax);
  if (offer.segMax !== null) bits.push(BlkFeature.segMax);
  if (offer.queueCount > 1) bits.push(BlkFeature.multiQueue);
  if (offer.readOnly) bits.push(BlkFeature.readOnly);
  else bits.push(BlkFeature.discard, BlkFeature.writeZeroes);
  return FeatureSet.of(...bits);
}

/**
 * The configuration space (5.2.4). What belongs to a feature that is not offered is 0, and so is padding
 * (N0693).
 */
export function blkConfig(offer: BlkOffer): Uint8Array {
  const bytes = new Uint8Array(BLK_CONFIG_BYTES);
  writeU64(bytes, BlkConfig.capacitySectors, offer.capacitySectors);
  writeU32(bytes, BlkConfig.sizeMax, offer.sizeMaxBytes ?? 0);
  writeU32(bytes, BlkConfig.segMax, offer.segMax ?? 0);
  writeU32(bytes, BlkConfig.blkSize, SECTOR_BYTES);
  bytes[BlkConfig.writeback] = 1;
  writeU16(bytes, BlkConfig.queueCount, offer.queueCount);
  if (offer.readOnly) return bytes;
  writeU32(bytes, BlkConfig.maxDiscardSectors, MAX_RANGE_SECTORS);
  writeU32(bytes, BlkConfig.maxDiscardSegments, MAX_RANGES);
  writeU32(bytes, BlkConfig.discardAlignmentSectors, 1);
  writeU32(bytes, BlkConfig.maxWriteZeroesSectors, MAX_RANGE_SECTORS);
  writeU32(bytes, BlkConfig.maxWriteZeroesSegments, MAX_RANGES);
  // `writeZeroesMayUnmap` stays 0: no backend gives up space for zeros (N0741).
  return bytes;
}

/** The answer to GET_ID: ASCII, padded with zeros, not terminated when it is 20 long (5.2.6). */
export function blkId(serial: string): Uint8Array {
  if (!/^[\x20-\x7e]*$/.test(serial) || serial.length > BLK_ID_BYTES) {
    throw new ScenarioError(
      'BLK_SERIAL',
      `the serial '${serial}' is not at most ${BLK_ID_BYTES} ASCII characters`,
      {
        serial,
      },
    );
  }
  const bytes = new Uint8Array(BLK_ID_BYTES);
  for (let i = 0; i < serial.length; i++) bytes[i] = serial.charCodeAt(i);
  return bytes;
}
