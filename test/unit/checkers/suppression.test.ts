import { describe, expect, test } from 'vitest';
import { Suppression } from '../../../src/checkers/suppression.js';

const MS = 1e6;

function kicks(eventIdx: boolean): Suppression {
  return new Suppression({ what: 'kick', section: '2.7.10.1', eventIdx, clockErrorNs: 0 });
}

/** The other side asks for entry 5 from 1 ms to `untilNs`; a decision from 2 ms to 3 ms tells it nothing. */
function decided(eventIdx: boolean, from: number, count: number, untilNs = 10 * MS): Suppression {
  const one = kicks(eventIdx);
  one.peerWished(MS, 5);
  one.suppressed({ fromNs: 2 * MS, toNs: 3 * MS, from, count });
  one.peerWished(untilNs, null, untilNs);
  return one;
}

describe('a notification that was left out', () => {
  test('without EVENT_IDX is wrong while the other side wants them', () => {
    expect(decided(false, 7, 9).judge()).toMatchObject({
      code: 'KICK_SUPPRESSED',
      detail: { section: '2.7.10.1', expected: 'one kick' },
    });
  });

  test.each([
    [5, 6, true],
    [3, 6, true],
    [5, 9, true],
    [3, 5, false],
    [6, 9, false],
  ])('with EVENT_IDX, of entries %d up to %d, is wrong: %s', (from, count, isWrong) => {
    const one = decided(true, from, count);
    expect(one.judge()?.code).toBe(isWrong ? 'KICK_SUPPRESSED' : undefined);
    expect(one.judgedCount).toBe(1);
  });

  test('is not judged before it is known what the other side did meanwhile', () => {
    const one = kicks(false);
    one.peerWished(MS, 5);
    one.suppressed({ fromNs: 2 * MS, toNs: 3 * MS, from: 0, count: 1 });
    expect(one.judge()).toBeNull();
    one.peerActed(2.5 * MS);
    expect(one.judge()).toBeNull();
    one.peerActed(4 * MS);
    expect(one.judge()?.code).toBe('KICK_SUPPRESSED');
  });

  test('is judged at the end, when the other side did nothing more', () => {
    const one = kicks(false);
    one.peerWished(MS, 5);
    one.suppressed({ fromNs: 2 * MS, toNs: 3 * MS, from: 0, count: 1 });
    expect(one.judge(true)?.code).toBe('KICK_SUPPRESSED');
  });

  test.each([
    ['asked during the decision', MS, 2.5 * MS, 10 * MS],
    ['asked just before', MS, 2 * MS - 1000, 10 * MS],
    ['asked after', MS, 4 * MS, 10 * MS],
    ['stopped asking during the decision', MS, MS, 2.5 * MS],
    ['stopped asking just after', MS, MS, 3 * MS + 1000],
  ])('is nobody’s fault when the other side %s', (_, actedNs, wishedNs, untilNs) => {
    const one = kicks(false);
    one.peerActed(actedNs);
    one.peerWished(wishedNs, 0);
    one.suppressed({ fromNs: 2 * MS, toNs: 3 * MS, from: 0, count: 1 });
    one.peerWished(Math.max(wishedNs, untilNs), null, untilNs);
    one.peerActed(20 * MS);
    expect([one.judge(), one.judgedCount]).toEqual([null, 0]);
  });

  test('is held against the wish of its own time, of many', () => {
    const one = kicks(true);
    for (let i = 0; i < 100; i++) {
      one.peerWished(i * MS, i);
      one.suppressed({ fromNs: (i + 0.3) * MS, toNs: (i + 0.6) * MS, from: i + 1, count: i + 2 });
      one.peerWished((i + 0.9) * MS, null, (i + 0.9) * MS);
      one.acted((i + 0.95) * MS);
    }
    one.suppressed({ fromNs: 100 * MS, toNs: 100.1 * MS, from: 99, count: 100 });
    one.peerActed(200 * MS);
    expect([one.judge(), one.judgedCount]).toEqual([null, 100]);
  });

  test('is forgiven within what the clocks may differ', () => {
    const one = new Suppression({ what: 'kick', section: '2.7.10.1', eventIdx: false, clockErrorNs: 2 * MS });
    one.peerWished(MS, 5);
    one.suppressed({ fromNs: 2 * MS, toNs: 3 * MS, from: 0, count: 1 });
    expect([one.judge(true), one.judgedCount]).toEqual([null, 0]);
  });
});
