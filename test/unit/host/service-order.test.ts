import { describe, expect, test } from 'vitest';
import { ServiceOrder } from '../../../src/host/service-order.js';
import { Rng } from '../../../src/rng.js';
import type { ServicePlan } from '../../../src/scenario/plan.js';

function drained(order: ServicePlan['order'], seed = 1): number[] {
  const service = new ServiceOrder(order, 8, new Rng(seed));
  for (let slot = 0; slot < 8; slot++) service.add(slot);
  return Array.from({ length: 8 }, () => service.take());
}

describe('requests in service are taken', () => {
  test('in the order of their arrival', () => {
    expect(drained('fifo')).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test('last first', () => {
    expect(drained('lifo')).toEqual([7, 6, 5, 4, 3, 2, 1, 0]);
  });

  test('in any order, the same one for the same seed', () => {
    const orders = Array.from({ length: 50 }, (_, seed) => drained('random', seed));
    for (const [seed, order] of orders.entries()) {
      expect([...order].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
      expect(drained('random', seed)).toEqual(order);
    }
    expect(new Set(orders.map(String)).size).toBeGreaterThan(40);
  });
});

test.each(['lifo', 'random'] as const)('with %s, no request waits for ever under constant load', (order) => {
  const window = 4;
  const service = new ServiceOrder(order, window, new Rng(1));
  const arrivedAt = new Map<number, number>();
  const free = [0, 1, 2, 3];
  let longest = 0;
  for (let now = 0; now < 5000; now++) {
    while (free.length > 0) {
      const slot = free.pop() as number;
      arrivedAt.set(slot, now);
      service.add(slot);
    }
    const slot = service.take();
    longest = Math.max(longest, now - (arrivedAt.get(slot) as number));
    free.push(slot);
  }
  expect(longest).toBeLessThanOrEqual((4 * window + 1) * window);
  expect(longest, 'the order was not fifo in disguise').toBeGreaterThan(window);
});

test('a window holds what it has room for and gives what it has', () => {
  const service = new ServiceOrder('fifo', 1, new Rng(1));
  service.add(0);
  expect(() => service.add(0)).toThrow(/room/);
  service.clear();
  expect(() => service.take()).toThrow(/no request/);
});
