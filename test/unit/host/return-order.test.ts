import { expect, test } from 'vitest';
import { ReturnOrder } from '../../../src/host/return-order.js';

function takeAll(order: ReturnOrder): number[] {
  const slots: number[] = [];
  for (let slot = order.takeReturnable(); slot !== -1; slot = order.takeReturnable()) slots.push(slot);
  return slots;
}

test('what is done early waits for those in front of it (2.7.9)', () => {
  const order = new ReturnOrder(3);
  for (const slot of [2, 0, 1]) order.add(slot);
  order.markDone(0);
  expect(takeAll(order)).toEqual([]);
  order.markDone(2);
  expect(takeAll(order)).toEqual([2, 0]);
  order.add(0);
  order.add(2);
  order.markDone(0);
  order.markDone(1);
  expect(takeAll(order)).toEqual([1, 0]);
});

test('after a reset nothing is left', () => {
  const order = new ReturnOrder(2);
  order.add(1);
  order.markDone(1);
  order.clear();
  expect(takeAll(order)).toEqual([]);
  order.add(0);
  expect(takeAll(order)).toEqual([]);
});
