import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  readCount,
  readDurationMs,
  readDurationNs,
  readRange,
  readRatePerS,
  readShare,
  readSizeBytes,
  showBytes,
} from '../../../src/scenario/units.js';

describe('sizes', () => {
  it.each([
    [0, 0],
    [512, 512],
    ['512', 512],
    ['1B', 1],
    ['4KiB', 4096],
    ['4 KiB', 4096],
    ['1.5MiB', 1_572_864],
    ['1GiB', 2 ** 30],
    ['4kB', 4000],
    ['2MB', 2_000_000],
    ['1.1GB', 1_100_000_000],
  ])('%j is %i bytes', (given, bytes) => {
    expect(readSizeBytes(given)).toEqual({ value: bytes });
  });

  it.each([
    ['4k', '4KiB', '4kB'],
    ['64K', '64KiB', '64kB'],
    ['1M', '1MiB', '1MB'],
    ['1m', '1MiB', '1MB'],
    ['2g', '2GiB', '2GB'],
    ['4KB', '4KiB', '4kB'],
    ['4kib', '4KiB', '4kB'],
  ])('%j is ambiguous', (given, binary, decimal) => {
    expect(readSizeBytes(given)).toMatchObject({ hint: `did you mean \`${binary}\` or \`${decimal}\`?` });
  });

  it.each([-1, 0.5, '0.3B', '', 'KiB', '4 TiB', '-4KiB', '1e3', Number.POSITIVE_INFINITY])(
    'refuses %j',
    (given) => {
      expect(readSizeBytes(given)).toEqual({ expected: 'a size such as 512, 4KiB or 1MiB' });
    },
  );

  it('are shown as they can be read again', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (bytes) => {
        const shown = showBytes(bytes).replace(' bytes', '');
        expect(readSizeBytes(shown)).toEqual({ value: bytes });
      }),
    );
  });
});

describe('durations', () => {
  it.each([
    ['1ns', 1],
    ['50us', 50_000],
    ['1.5ms', 1_500_000],
    ['2s', 2e9],
    ['1m', 60e9],
    ['1h', 3600e9],
    ['0s', 0],
  ])('%j is %d ns', (given, ns) => {
    expect(readDurationNs(given)).toEqual({ value: ns });
    expect(readDurationMs(given)).toEqual({ value: ns / 1e6 });
  });

  it.each([
    [10, '10s'],
    ['10', '10s'],
    ['50µs', '50us'],
    ['3sec', '3s'],
    ['2 minutes', '2m'],
    ['1hour', '1h'],
  ])('%j lacks a unit that is known', (given, meant) => {
    expect(readDurationNs(given)).toMatchObject({ hint: `did you mean \`${meant}\`?` });
  });

  it.each(['', 's', '-1s', '1d', '9999999h'])('refuses %j', (given) => {
    expect(readDurationNs(given)).toEqual({ expected: 'a duration such as 50us, 200ms or 10s' });
    expect(readDurationMs(given)).toEqual({ expected: 'a duration such as 50us, 200ms or 10s' });
  });
});

describe('counts', () => {
  it.each([
    [1000, 1000],
    ['1000', 1000],
    ['200k', 200_000],
    ['1.5M', 1_500_000],
  ])('%j is %i', (given, count) => {
    expect(readCount(given)).toEqual({ value: count });
  });

  it.each([
    ['200K', '200k'],
    ['1m', '1M'],
  ])('%j has the wrong case', (given, meant) => {
    expect(readCount(given)).toMatchObject({ hint: `did you mean \`${meant}\`?` });
  });

  it.each([-1, 0.5, '0.0001k', '1G', ''])('refuses %j', (given) => {
    expect(readCount(given)).toEqual({ expected: 'a whole number such as 1000, 200k or 1M' });
  });
});

describe('rates', () => {
  it.each([
    ['500/s', 500],
    ['50k/s', 50_000],
    ['0.5/s', 0.5],
    ['1M/s', 1e6],
  ])('%j is %d a second', (given, rate) => {
    expect(readRatePerS(given)).toEqual({ value: rate });
  });

  it.each([
    [500, '500/s'],
    ['500', '500/s'],
    ['50k', '50k/s'],
  ])('%j could be a period', (given, meant) => {
    expect(readRatePerS(given)).toMatchObject({ hint: `did you mean \`${meant}\`?` });
  });

  it.each(['0/s', '1k/m', 0, ''])('refuses %j', (given) => {
    expect(readRatePerS(given)).toEqual({ expected: 'a rate such as 500/s or 50k/s' });
  });
});

describe('shares and ranges', () => {
  it.each([
    [0, 0],
    [1, 1],
    ['0.5', 0.5],
    ['5%', 0.05],
    ['100%', 1],
  ])('%j is the share %d', (given, share) => {
    expect(readShare(given)).toEqual({ value: share });
  });

  it.each([-0.1, 1.1, '101%', '', 'half'])('%j is no share', (given) => {
    expect(readShare(given)).toHaveProperty('expected');
  });

  it.each([
    [4, { min: 4, max: 4 }],
    ['4', { min: 4, max: 4 }],
    ['1..4', { min: 1, max: 4 }],
  ])('%j is a range', (given, range) => {
    expect(readRange(given)).toEqual({ value: range });
  });

  it('refuses ranges that are empty or begin before 1', () => {
    expect(readRange('4..1')).toMatchObject({ hint: 'did you mean `1..4`?' });
    for (const given of [0, '0..4', '1-4', '', 1.5]) expect(readRange(given)).toHaveProperty('expected');
  });
});
