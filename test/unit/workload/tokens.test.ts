import { describe, expect, test } from 'vitest';
import type { DriverQueue } from '../../../src/virtqueue/queue.js';
import { takeBackAll, TokenViolation } from '../../../src/workload/tokens.js';

/** A ring that a reset has stopped, with these tokens in it. */
function stopped(...tokens: readonly number[]): DriverQueue<number> {
  const left = [...tokens];
  return { detachUnused: () => left.shift() } as unknown as DriverQueue<number>;
}

function violationOf(run: () => void): TokenViolation {
  try {
    run();
  } catch (error) {
    if (error instanceof TokenViolation) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('taking everything back', () => {
  test('is content with each token once, in any order', () => {
    const heard: number[] = [];
    takeBackAll(stopped(5, 1, 3), new Set([1, 3, 5]), (token) => heard.push(token));
    expect(heard).toEqual([5, 1, 3]);
    takeBackAll(stopped(), new Set(), () => undefined);
  });

  test('reports a token that did not come, with both lists', () => {
    const heard: number[] = [];
    const { code, fields, exitCode, message } = violationOf(() =>
      takeBackAll(stopped(5, 3), new Set([1, 3, 5]), (token) => heard.push(token)),
    );
    expect([code, exitCode]).toEqual(['TOKEN_LOST', 20]);
    expect(fields).toEqual({ expected: '1 3 5', actual: '5 3' });
    expect(message).toContain('1 of 3 tokens were lost in a reset (1)');
    expect(heard, 'the others are back').toEqual([5, 3]);
  });

  test('reports a token that came twice, and one that was never out', () => {
    const twice = violationOf(() => takeBackAll(stopped(1, 3, 1), new Set([1, 3]), () => undefined));
    expect([twice.code, twice.fields['actual']]).toEqual(['TOKEN_TWICE', '1 3 1']);
    const unknown = violationOf(() => takeBackAll(stopped(1, 9), new Set([1]), () => undefined));
    expect([unknown.code, unknown.fields['actual']]).toEqual(['TOKEN_NOT_OUTSTANDING', '9']);
  });

  test('does not drown the reader in tokens', () => {
    const many = Array.from({ length: 100 }, (_, i) => i);
    const { message } = violationOf(() => takeBackAll(stopped(), new Set(many), () => undefined));
    expect(message).toContain('and 92 more');
    expect(message).toContain('got none');
  });
});
