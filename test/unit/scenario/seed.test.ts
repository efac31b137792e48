import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSeed } from '../../../src/scenario/seed.js';
import { errorOf } from './scenario-text.js';

describe('parseSeed', () => {
  it('takes 32 bits as they are, however they are written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), (seed) => {
        expect(parseSeed(String(seed))).toBe(seed);
        expect(parseSeed(`0x${seed.toString(16)}`)).toBe(seed);
        expect(parseSeed(`0x${seed.toString(16).toUpperCase().padStart(40, '0')}`)).toBe(seed);
      }),
    );
  });

  it('folds what is longer into 32 bits, and every digit counts', () => {
    const hash = '3f786850e387550fdab836ed7e6dc881de23001b';
    const seed = parseSeed(hash);
    expect(seed).toBeGreaterThanOrEqual(0);
    expect(seed).toBeLessThanOrEqual(0xffffffff);
    expect(parseSeed(`0x${hash}`)).toBe(seed);
    for (let i = 0; i < hash.length; i++) {
      const other = hash.slice(0, i) + (hash[i] === '0' ? '1' : '0') + hash.slice(i + 1);
      expect(parseSeed(other)).not.toBe(seed);
    }
  });

  it('folds a decimal number and the same in hex to the same seed', () => {
    expect(parseSeed('18446744073709551615')).toBe(parseSeed('0xffffffffffffffff'));
  });

  it.each(['', '-1', '1.5', 'seed', '0x', `0x${'f'.repeat(41)}`, '9'.repeat(49)])('refuses %j', (text) => {
    const error = errorOf(() => parseSeed(text));
    expect(error.code).toBe('SCENARIO_VALUE');
    expect(error.message).toBe(
      `expected a seed: a decimal number, 0x and hex digits, or a git hash (up to 40 hex digits), got \`${text}\``,
    );
  });
});
