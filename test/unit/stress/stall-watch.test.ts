import { afterEach, expect, test } from 'vitest';
import { Pair } from '../../../src/stress/pair.js';
import { StallWatch } from '../../../src/stress/stall-watch.js';

const ENTRY = new URL('../../../dist/workers/stress.js', import.meta.url);
const CHOICES = { seed: 4, layouts: ['split'], perturbations: ['tso'], wait: null } as const;
const pairs: Pair[] = [];

/** Threads that are never told to race: the test writes on their boards. */
function idlePair(): Pair {
  const pair = new Pair(0, { choices: CHOICES, first: 0, step: 1, count: null }, ENTRY, null);
  pairs.push(pair);
  for (const { board } of [pair.guest, pair.host]) board.beginRound(0, 0);
  return pair;
}

afterEach(async () => {
  await Promise.all(pairs.splice(0).map((pair) => pair.terminate()));
});

/** Looks until there is a stall; how many it took. */
function looksUntilStall(watch: StallWatch): number {
  for (let looks = 1; looks < 1000; looks++) if (watch.check() !== null) return looks;
  return Infinity;
}

test('both asleep: 30 looks in which nothing moves, after the one that saw the last move', () => {
  const pair = idlePair();
  for (const { board } of [pair.guest, pair.host]) board.step = 'asleep';
  expect(looksUntilStall(new StallWatch(pair))).toBe(31);
});

test('a thread that is awake may be waiting for a core: 150 looks', () => {
  const pair = idlePair();
  pair.guest.board.step = 'asleep';
  pair.host.board.step = 'popping';
  expect(looksUntilStall(new StallWatch(pair))).toBe(151);
});

test.each(['guest', 'host'] as const)(
  'only the %s sleeps, and the other waits at the end: 30 looks',
  (side) => {
    const pair = idlePair();
    for (const { board } of [pair.guest, pair.host]) board.step = 'waiting at the start';
    expect(looksUntilStall(new StallWatch(pair))).toBe(151);
    pair[side].board.step = 'asleep';
    expect(looksUntilStall(new StallWatch(pair))).toBe(31);
  },
);

test('whatever moves begins the count anew, and a pair that is done does not stall', () => {
  const pair = idlePair();
  for (const { board } of [pair.guest, pair.host]) board.step = 'asleep';
  const watch = new StallWatch(pair);
  for (let look = 0; look < 25; look++) expect(watch.check()).toBeNull();
  pair.host.board.countFirst(1);
  expect(looksUntilStall(watch)).toBe(31);
  pair.isDone = true;
  expect(looksUntilStall(watch)).toBe(Infinity);
});

test('a device that has gone on to the next ring has finished this one: its driver was not told', () => {
  const { pair, stall } = stalledAcross(0, 1);
  expect(stall).toMatchObject({ code: 'LOST_INTERRUPT', fields: { round: 0, ring: 0 } });
  expect(stall?.message).toContain('the driver has not seen that 2 buffers were finished; it sleeps');
  expect(stall?.message).not.toContain('the device has');
  expect(stall?.message).toMatch(/\n {2}shared of ring 0: avail.*\n {2}shared of ring 1: avail/);
  expect(pair.host.board.ring).toBe(1);
});

test('a device that has not come to a ring yet has seen nothing of it', () => {
  const { stall } = stalledAcross(2, 1);
  expect(stall?.code).toBe('LOST_KICK');
  expect(stall?.message).toContain('the device has not seen 5 of the buffers; it sleeps');
  expect(stall?.message).not.toContain('the driver has not seen');
});

/** The driver has shown five buffers of its ring and got three back; both sleep. */
function stalledAcross(guestRing: number, hostRing: number) {
  const pair = idlePair();
  const { guest, host } = pair;
  guest.board.beginRing(guestRing);
  guest.board.countFirst(5);
  guest.board.countSecond(3);
  host.board.beginRing(hostRing);
  host.board.countFirst(hostRing > guestRing ? 0 : 7);
  host.board.countSecond(hostRing > guestRing ? 0 : 7);
  for (const { board } of [guest, host]) board.step = 'asleep';
  const watch = new StallWatch(pair);
  for (let look = 0; look < 30; look++) watch.check();
  return { pair, stall: watch.check() };
}

test.each([
  [{ posted: 5, popped: 3, used: 3, returned: 3 }, 'LOST_KICK', 'the device has not seen 2 of the buffers'],
  [{ posted: 5, popped: 5, used: 5, returned: 4 }, 'LOST_INTERRUPT', 'has not seen that 1 buffers'],
  [{ posted: 5, popped: 5, used: 3, returned: 3 }, 'STALL', 'has taken 2 buffers'],
])('%j is a %s', ({ posted, popped, used, returned }, code, text) => {
  const pair = idlePair();
  const { guest, host } = pair;
  guest.board.countFirst(posted);
  guest.board.countSecond(returned);
  host.board.countFirst(popped);
  host.board.countSecond(used);
  for (const { board } of [guest, host]) board.step = 'asleep';
  const watch = new StallWatch(pair);
  for (let look = 0; look < 30; look++) watch.check();
  const stall = watch.check();
  expect(stall).toMatchObject({ code, exitCode: 21, fields: { round: 0, ring: 0 } });
  expect(stall?.message).toContain(text);
  expect(stall?.message).toMatch(/avail\.idx=0 .*used\.idx=0/);
});
