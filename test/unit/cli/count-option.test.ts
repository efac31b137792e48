import { InvalidArgumentError } from '@commander-js/extra-typings';
import { describe, expect, test } from 'vitest';
import { parseCount } from '../../../src/cli/explore-options.js';

function complaint(text: string): string {
  try {
    return `taken for ${parseCount(text)}`;
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidArgumentError);
    return (error as InvalidArgumentError).message;
  }
}

describe('a count on the command line', () => {
  test.each([
    ['1', 1],
    ['256', 256],
    ['200k', 200_000],
    ['1.5M', 1_500_000],
  ])('%s is %i, as in a scenario', (text, count) => {
    expect(parseCount(text)).toBe(count);
  });

  test.each(['0', '0k', '-1', '1.5', '', 'many', '1e400', '9007199254740993'])('%j is none', (text) => {
    expect(complaint(text)).toBe('it is not a whole number above 0, such as 1000, 200k or 1M.');
  });

  test('in the wrong case is told apart from nonsense', () => {
    expect(complaint('2m')).toBe('it is not a whole number above 0: did you mean `2M`?');
  });
});
