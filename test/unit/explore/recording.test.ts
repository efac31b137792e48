import { expect, test } from 'vitest';
import { compareSimplicity, type Recording } from '../../../src/explore/recording.js';
import { failing, failingRing, NO_KICK_FENCE } from '../../support/explore/failing.js';
import * as small from '../../support/explore/small-programs.js';

test('the best of many failures has the fewest stale reads, then switches, then events', async () => {
  const { all, best } = await failingRing('armv8', 'split', [
    { site: 'SplitDriver.publish', kind: 'store', order: 'relaxed' },
  ]);
  const simplest = all.map(({ simplicity }) => simplicity).toSorted(compareSimplicity)[0];
  expect(best.best?.simplicity).toEqual(simplest);
  // Not all are equally simple, so it was a choice.
  expect(new Set(all.map(({ simplicity }) => JSON.stringify(simplicity))).size).toBeGreaterThan(10);
});

test('failures are counted by what is wrong', async () => {
  const { best, all } = await failingRing('tso', 'split', [NO_KICK_FENCE], { buffers: 2, eventIdx: true });
  expect(best.counts).toEqual({ assertion: 0, 'lost-wakeup': 39, race: 0 });
  expect(best.total).toBe(all.length);
  expect(failing(small.UNPUBLISHED, 'rc11').best.counts).toEqual({ assertion: 0, 'lost-wakeup': 0, race: 2 });
});

test('nothing is best where nothing fails', async () => {
  const { best } = await failingRing('tso', 'split', []);
  expect([best.best, best.total]).toEqual([null, 0]);
});

test('a recording goes to another thread as it is', async () => {
  const { best } = await failingRing('tso', 'split', [NO_KICK_FENCE]);
  expect(structuredClone(best.best)).toEqual(best.best);
});

test('only what a failing thread depends on is recorded', () => {
  const busy = { name: 'busy', run: small.STORE_BUFFERING.threads[0]?.run as never };
  const program = { ...small.THROWS_AT_ONCE, threads: [busy, ...small.THROWS_AT_ONCE.threads] };
  const recording = failing(program, 'sc').best.best as Recording;
  expect(recording.events).toEqual([]);
  expect(recording.threads.map(({ end }) => end)).toEqual(['open', 'open', 'threw']);
});
