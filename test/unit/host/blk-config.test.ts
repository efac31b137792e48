import { describe, expect, test } from 'vitest';
import { BLK_FEATURE_NAMES } from '../../../src/devices/blk.js';
import { ScenarioError } from '../../../src/errors.js';
import {
  blkConfig,
  blkFeatures,
  blkId,
  type BlkOffer,
  blkOffer,
  MAX_RANGE_SECTORS,
  MAX_RANGES,
} from '../../../src/host/blk-config.js';

const plain: BlkOffer = {
  capacitySectors: 100,
  readOnly: false,
  queueCount: 1,
  sizeMaxBytes: null,
  segMax: null,
  serial: 'disk',
};

function names(offer: BlkOffer): string {
  return blkFeatures(offer).names(BLK_FEATURE_NAMES).join(' ');
}

test('an offer is the plan and what the backend turned out to be', () => {
  const plan = { sizeMaxBytes: 65536, segMax: 8, serial: 's' };
  expect(blkOffer(plan, { sizeBytes: 5120, readOnly: true }, 4)).toEqual({
    capacitySectors: 10,
    readOnly: true,
    queueCount: 4,
    sizeMaxBytes: 65536,
    segMax: 8,
    serial: 's',
  });
  expect(() => blkOffer(plan, { sizeBytes: 5121, readOnly: true }, 4)).toThrow(/sectors/);
});

describe('features', () => {
  test('N0691: FLUSH is always offered', () => {
    expect(names(plain)).toBe('BLK_SIZE FLUSH DISCARD WRITE_ZEROES');
    expect(names({ ...plain, readOnly: true })).toBe('RO BLK_SIZE FLUSH');
  });

  test('limits and MQ are offered when there are some', () => {
    const offer = { ...plain, sizeMaxBytes: 4096, segMax: 4, queueCount: 2 };
    expect(names(offer)).toBe('SIZE_MAX SEG_MAX BLK_SIZE FLUSH MQ DISCARD WRITE_ZEROES');
  });
});

describe('the configuration space', () => {
  // Offsets as the spec prints the structure, not as src/devices/blk.ts repeats them.
  test('has every field in its place and zeros between (5.2.4, N0693)', () => {
    const offer = { ...plain, capacitySectors: 2 ** 33 + 5, sizeMaxBytes: 70000, segMax: 9, queueCount: 300 };
    const expected = Buffer.alloc(96);
    expected.writeBigUInt64LE(2n ** 33n + 5n, 0);
    expected.writeUInt32LE(70000, 8);
    expected.writeUInt32LE(9, 12);
    expected.writeUInt32LE(512, 20);
    expected.writeUInt8(1, 32);
    expected.writeUInt16LE(300, 34);
    expected.writeUInt32LE(MAX_RANGE_SECTORS, 36);
    expected.writeUInt32LE(MAX_RANGES, 40);
    expected.writeUInt32LE(1, 44);
    expected.writeUInt32LE(MAX_RANGE_SECTORS, 48);
    expected.writeUInt32LE(MAX_RANGES, 52);
    expect(Buffer.from(blkConfig(offer)).toString('hex')).toBe(expected.toString('hex'));
  });

  test('of a read-only disk knows neither discards nor zeroes', () => {
    const bytes = blkConfig({ ...plain, readOnly: true });
    expect(bytes.subarray(36).every((byte) => byte === 0)).toBe(true);
    expect(bytes.length).toBe(96);
  });
});

describe('the serial', () => {
  test('is padded with zeros and not terminated at 20', () => {
    expect(Buffer.from(blkId('abc')).toString('latin1')).toBe(`abc${'\0'.repeat(17)}`);
    expect(Buffer.from(blkId('12345678901234567890')).toString('latin1')).toBe('12345678901234567890');
  });

  test.each(['123456789012345678901', 'größe', 'a\0b'])('cannot be %j', (serial) => {
    expect(() => blkId(serial)).toThrow(ScenarioError);
  });
});
