// What virtio 1.4, 5.2 says of a block device: what its driver and the device must agree on, and nothing else.

export const BLK_DEVICE_ID = 2;

/** Requests count sectors of 512 bytes, whatever `blk_size` says (5.2.6). */
export const SECTOR_BYTES = 512;

/** Device feature bits (5.2.3). */
export const BlkFeature = {
  sizeMax: 1,
  segMax: 2,
  readOnly: 5,
  blkSize: 6,
  flush: 9,
  configWce: 11,
  multiQueue: 12,
  discard: 13,
  writeZeroes: 14,
  zoned: 17,
} as const;

/** The spec's names of the bits above, for reports and scenarios. */
export const BLK_FEATURE_NAMES: Readonly<Record<number, string>> = {
  [BlkFeature.sizeMax]: 'SIZE_MAX',
  [BlkFeature.segMax]: 'SEG_MAX',
  [BlkFeature.readOnly]: 'RO',
  [BlkFeature.blkSize]: 'BLK_SIZE',
  [BlkFeature.flush]: 'FLUSH',
  [BlkFeature.configWce]: 'CONFIG_WCE',
  [BlkFeature.multiQueue]: 'MQ',
  [BlkFeature.discard]: 'DISCARD',
  [BlkFeature.writeZeroes]: 'WRITE_ZEROES',
  [BlkFeature.zoned]: 'ZONED',
};

/** Bits that are worth nothing without others (5.2.3.1); in the form of the transport's FeatureDependency. */
export const BLK_DEPENDENCIES: readonly { readonly bit: number; readonly needs: readonly number[] }[] = [
  { bit: BlkFeature.configWce, needs: [BlkFeature.flush] },
];

/** Request types (5.2.6). */
export const BlkRequest = { in: 0, out: 1, flush: 4, getId: 8, discard: 11, writeZeroes: 13 } as const;

/** The status byte, last of the writable part (5.2.6). */
export const BlkStatus = { ok: 0, ioErr: 1, unsupported: 2 } as const;

/** Header of every request, readable: type le32, reserved le32, sector le64. */
export const BLK_HEADER_BYTES = 16;

/** Length of the answer to GET_ID; shorter serial numbers are padded with zeros, not terminated (5.2.6.1). */
export const BLK_ID_BYTES = 20;

/** A range of DISCARD and WRITE_ZEROES: sector le64, num_sectors le32, flags le32. */
export const BLK_RANGE_BYTES = 16;

/** `flags` of a range: the device may free the sectors; WRITE_ZEROES only. */
export const BLK_RANGE_UNMAP = 1;

/** Offsets in the device's configuration space (5.2.4). */
export const BlkConfig = {
  capacitySectors: 0,
  sizeMax: 8,
  segMax: 12,
  blkSize: 20,
  writeback: 32,
  queueCount: 34,
  maxDiscardSectors: 36,
  maxDiscardSegments: 40,
  discardAlignmentSectors: 44,
  maxWriteZeroesSectors: 48,
  maxWriteZeroesSegments: 52,
  writeZeroesMayUnmap: 56,
  zonedModel: 92,
} as const;

export const BLK_CONFIG_BYTES = 96;

/** `model` of a device that offers ZONED (5.2.4): its zones must be written in order, by commands of their own. */
export const BLK_HOST_MANAGED = 1;
