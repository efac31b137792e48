import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { didYouMean, editDistance, nearest } from '../../../src/scenario/suggest.js';

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 });

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['size', 'size', 0],
    ['sze', 'size', 1],
    ['szie', 'size', 1],
    ['queue', '', 5],
    ['kitten', 'sitting', 3],
  ])('from %j to %j is %i', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
  });

  it('is the same both ways, and 0 only for equal words', () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b) === 0).toBe(a === b);
        expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });
});

describe('nearest', () => {
  const keys = ['sequential', 'random', 'size', 'start_index', 'IN_ORDER'];

  it.each([
    ['randm', 'random'],
    ['rnd', 'random'],
    ['rand', 'random'],
    ['seq', 'sequential'],
    ['Size', 'size'],
    ['start-index', 'start_index'],
    ['in_order', 'IN_ORDER'],
  ])('finds what %j was meant to be', (typed, meant) => {
    expect(nearest(typed, keys)).toBe(meant);
  });

  it('finds nothing for a word that is like none', () => {
    expect(nearest('banana', keys)).toBeNull();
    expect(didYouMean('banana', keys)).toBeNull();
    expect(didYouMean('sise', keys)).toBe('did you mean `size`?');
  });
});
