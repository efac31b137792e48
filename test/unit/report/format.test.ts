import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatBytesPerS,
  formatCount,
  formatEta,
  formatMetric,
  formatNs,
  formatRate,
  formatRatio,
  formatSeconds,
  formatShare,
  plural,
} from '../../../src/report/format.js';

describe('numbers for people', () => {
  it.each([
    [formatCount(0), '0'],
    [formatCount(999), '999'],
    [formatCount(999.9), '1k'],
    [formatCount(1_920_000), '1.92M'],
    [formatCount(7e15), '7000T'],
    [formatRate(1_920_000), '1.92M op/s'],
    [formatBytes(512), '512 B'],
    [formatBytes(1023.9), '1 KiB'],
    [formatBytes(7.5 * 2 ** 30), '7.5 GiB'],
    [formatBytesPerS(7.5 * 2 ** 30), '7.5 GiB/s'],
    [formatNs(40), '40 ns'],
    [formatNs(41_200), '41.2 us'],
    [formatNs(999_999), '1 ms'],
    [formatSeconds(2.5), '2.5 s'],
    [formatSeconds(0.15), '150 ms'],
    [formatShare(0), '0 %'],
    [formatShare(0.92), '92 %'],
    [formatShare(0.034), '3.4 %'],
    [formatShare(1e-7), '<0.01 %'],
    [formatRatio(0.0812), '0.081'],
    [formatRatio(2), '2'],
    [formatRatio(1e-7), '<0.0001'],
    [formatEta(23), '0m23s'],
    [formatEta(3661), '1h01m'],
    [plural(1, 'job'), '1 job'],
    [plural(2000, 'job'), '2k jobs'],
  ])('%s', (actual, expected) => {
    expect(actual).toBe(expected);
  });
});

describe('formatMetric', () => {
  it.each([
    ['latency_ns', 41_200, '41.2 us'],
    ['bytes_per_s', 2 ** 20, '1 MiB/s'],
    ['verified_bytes', 2 ** 20, '1 MiB'],
    ['operations_per_s', 2e6, '2M/s'],
    ['duration_s', 2.5, '2.5 s'],
    ['kicks_per_op', 0.08, '0.08'],
    ['mismatches', 3, '3'],
  ])('reads the unit off the name %s', (metric, value, expected) => {
    expect(formatMetric(metric, value)).toBe(expected);
  });
});
