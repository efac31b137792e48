import { describe, expect, it } from 'vitest';
import { assert } from '../../src/assert.js';
import { InvariantError } from '../../src/errors.js';

describe('an assertion', () => {
  it('puts its values into the text, in their order', () => {
    expect(() => assert(false, '% wanted, % of % are free', 3, 0, 'all')).toThrow(
      new InvariantError('3 wanted, 0 of all are free'),
    );
  });

  it('leaves a text alone that has more marks than values', () => {
    expect(() => assert(false, 'above 5 %')).toThrow(new InvariantError('above 5 %'));
    expect(() => assert(false, '% of 5 %', 1)).toThrow(new InvariantError('1 of 5 %'));
  });

  it('does not make the text of one that holds', () => {
    const value = { toString: () => expect.unreachable() };
    expect(() => assert(true, '%', value)).not.toThrow();
  });
});
