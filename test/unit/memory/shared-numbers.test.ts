import { describe, expect, it } from 'vitest';
import { SharedNumbers } from '../../../src/memory/shared-numbers.js';

describe('SharedNumbers', () => {
  it('starts at zero, and counts exactly to 2^53', () => {
    const numbers = SharedNumbers.ofLength(3);
    expect([0, 1, 2].map((i) => numbers.get(i))).toEqual([0, 0, 0]);
    numbers.set(1, Number.MAX_SAFE_INTEGER - 1);
    numbers.add(1, 1);
    numbers.add(2, 0.5);
    expect([0, 1, 2].map((i) => numbers.get(i))).toEqual([0, Number.MAX_SAFE_INTEGER, 0.5]);
  });

  it('is seen through every view of its buffer', () => {
    const numbers = SharedNumbers.ofLength(2);
    const other = new SharedNumbers(numbers.buffer);
    expect(other.length).toBe(2);
    other.add(0, 5);
    expect(numbers.get(0)).toBe(5);
  });

  it.each([0, -1, 1.5])('refuses a length of %d', (length) => {
    expect(() => SharedNumbers.ofLength(length)).toThrow(/not a length/);
  });
});
