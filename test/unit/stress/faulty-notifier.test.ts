import { expect, test } from 'vitest';
import { Doorbell } from '../../../src/memory/doorbell.js';
import { SharedMemory } from '../../../src/memory/shared-memory.js';
import { FaultyNotifier } from '../../../src/stress/faulty-notifier.js';

function notifier(faults: { spurious: number; late: number }): {
  notifier: FaultyNotifier;
  rings: () => number;
} {
  const bell = new Doorbell(SharedMemory.ofSize(64), 0);
  return { notifier: new FaultyNotifier(bell, faults, 1), rings: () => bell.sequence() };
}

test('without faults every notification arrives at once, and none for nothing', () => {
  const { notifier: one, rings } = notifier({ spurious: 0, late: 0 });
  for (let i = 1; i < 20; i++) {
    one.notify();
    one.turn();
    expect(rings()).toBe(i);
  }
});

test('a late one arrives within some turns, or with the flush before a sleep: never is one lost', () => {
  const { notifier: one, rings } = notifier({ spurious: 0, late: 256 });
  one.notify();
  one.notify();
  expect(rings()).toBe(0);
  for (let i = 0; i < 24; i++) one.turn();
  expect(rings()).toBe(1);
  one.notify();
  one.flush();
  expect(rings()).toBe(2);
  expect(one.lateCount).toBe(3);
});

test('spurious ones come until it is calm', () => {
  const { notifier: one, rings } = notifier({ spurious: 256, late: 256 });
  one.turn();
  expect(rings()).toBe(1);
  one.setCalm(true);
  one.turn();
  expect(rings()).toBe(1);
  one.notify();
  expect(rings()).toBe(2);
});
