import assert from 'node:assert/strict';

type Plain = number | string | boolean | undefined;

/** `assert.equal` for the millions of comparisons of a long run: the assertion is entered only when it will fail. */
export function same(actual: Plain, expected: Plain, what: string): void {
  if (actual !== expected) assert.equal(actual, expected, `${what}: expected ${expected}, got ${actual}`);
}

export function holds(condition: boolean, what: string): void {
  if (!condition) assert.fail(what);
}
