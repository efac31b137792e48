import { describe, expect, test } from 'vitest';
import type { Alternative } from '../../../src/explore/alternative.js';
import { Bag } from '../../../src/explore/bag.js';
import type { Subtree } from '../../../src/explore/subtree.js';
import { InvariantError } from '../../../src/errors.js';

/** As far as a bag looks into it: work with alternatives that are told apart by their events. */
function work(...events: readonly number[]): Subtree {
  const alternatives = events.map((event) => ({ event }) as Alternative);
  return { alternatives } as Partial<Subtree> as Subtree;
}

function eventsOf(subtrees: readonly Subtree[]): number[][] {
  return subtrees.map(({ alternatives }) => alternatives.map(({ event }) => event));
}

describe('a bag of work', () => {
  test('gives half of it away at a time, the newest first, and all of it in the end', () => {
    const bag = new Bag();
    bag.add([work(1, 2, 3), work(4), work(5, 6)]);
    expect(eventsOf(bag.takeHalf())).toEqual([[4], [5, 6]]);
    expect(eventsOf(bag.takeHalf())).toEqual([[2, 3]]);
    bag.add([work(7)]);
    expect(eventsOf(bag.takeHalf())).toEqual([[7]]);
    expect(bag.isEmpty).toBe(false);
    expect(eventsOf(bag.takeHalf())).toEqual([[1]]);
    expect(bag.isEmpty).toBe(true);
  });

  test('takes in no work without anything to do: it would never be empty again', () => {
    const bag = new Bag();
    expect(() => bag.add([work(1), work()])).toThrow(InvariantError);
    expect(bag.isEmpty).toBe(true);
  });

  test('has nothing to give when it is empty', () => {
    expect(() => new Bag().takeHalf()).toThrow(InvariantError);
  });
});
