import { describe, expect, test } from 'vitest';
import { checkShape } from '../../../src/checkers/buffer-shape.js';
import { CompletionOrder } from '../../../src/checkers/completion-order.js';
import { Conservation } from '../../../src/checkers/conservation.js';
import { diagnose } from '../../../src/checkers/lost-notification.js';
import { checkDeviceBalance, checkDriverBalance } from '../../../src/checkers/ring-balance.js';
import { Stamp, StampSide } from '../../../src/checkers/stamp.js';
import { checkUsedLength } from '../../../src/checkers/used-length.js';
import { Wakeups } from '../../../src/checkers/wakeups.js';
import { SharedMemory } from '../../../src/memory/shared-memory.js';
import type { DeviceQueue, DriverQueue } from '../../../src/virtqueue/queue.js';

describe('conservation', () => {
  test('each buffer comes back once', () => {
    const one = new Conservation(2);
    one.posted(0);
    one.posted(1);
    expect([one.returned(1), one.returned(0), one.ended()]).toEqual([null, null, null]);
  });

  test('finds one that comes back twice, one that was never posted, and one that is missing', () => {
    const one = new Conservation(3);
    one.posted(0);
    one.posted(2);
    expect(one.returned(0)).toBeNull();
    expect(one.returned(0)?.code).toBe('TOKEN_NOT_POSTED');
    expect(one.returned(1)?.code).toBe('TOKEN_NOT_POSTED');
    expect(one.returned(9)?.code).toBe('TOKEN_NOT_POSTED');
    expect(one.ended()).toMatchObject({ code: 'TOKEN_LOST', detail: { actual: 1 } });
  });
});

describe('payload', () => {
  function stamped(): SharedMemory {
    const memory = SharedMemory.ofSize(128);
    const stamp = new Stamp(memory, StampSide.fromDriver);
    stamp.begin(1, 5);
    stamp.fill(16, 8);
    stamp.fill(64, 4);
    return memory;
  }

  function check(memory: SharedMemory, side: number, salt: number, number: number): string | null {
    const stamp = new Stamp(memory, side);
    stamp.begin(salt, number);
    return (stamp.check(16, 8) ?? stamp.check(64, 4))?.message ?? null;
  }

  test('is what the other side wrote', () => {
    expect(check(stamped(), StampSide.fromDriver, 1, 5)).toBeNull();
  });

  test('of another buffer, ring or direction is found, and so is a changed bit', () => {
    expect(check(stamped(), StampSide.fromDriver, 1, 4)).toContain('word 0 of what the driver wrote');
    expect(check(stamped(), StampSide.fromDriver, 2, 5)).toContain('word 0');
    expect(check(stamped(), StampSide.fromDevice, 1, 5)).toContain('what the device wrote');
    const memory = stamped();
    memory.store8(66, memory.load8(66) ^ 1);
    expect(check(memory, StampSide.fromDriver, 1, 5)).toContain('word 2');
  });
});

test('another used length than was written is found, a longer and a shorter one', () => {
  expect(checkUsedLength(8, 8)).toBeNull();
  for (const told of [4, 12]) expect(checkUsedLength(8, told)?.code).toBe('USED_LENGTH');
});

test('a buffer of another shape is found', () => {
  expect(checkShape(4, 4, 8, 8)).toBeNull();
  expect(checkShape(4, 8, 8, 8)?.code).toBe('SHAPE');
  expect(checkShape(4, 4, 8, 0)?.code).toBe('SHAPE');
});

describe('order', () => {
  test('is free without IN_ORDER: what is out of order is counted', () => {
    const order = new CompletionOrder(false);
    expect([order.returned(1), order.returned(0), order.returned(2)]).toEqual([null, null, null]);
    expect(order.outOfOrderCount).toBe(2);
  });

  test('is kept with IN_ORDER', () => {
    const order = new CompletionOrder(true);
    expect(order.returned(0)).toBeNull();
    expect(order.returned(2)).toMatchObject({ code: 'ORDER', detail: { expected: 1, actual: 2 } });
  });
});

describe('the balance of a ring that has ended', () => {
  const driver = { size: 4, freeCount: 4, outstandingCount: 0, poll: () => false } as DriverQueue<number>;
  const device = { inFlightCount: 0, poll: () => false } as DeviceQueue;

  test('is even when all came back', () => {
    expect([checkDriverBalance(driver), checkDeviceBalance(device)]).toEqual([null, null]);
  });

  test('shows descriptors that leaked, buffers that stayed and entries from nowhere', () => {
    expect(checkDriverBalance({ ...driver, freeCount: 3 })?.code).toBe('INVARIANT');
    expect(checkDriverBalance({ ...driver, outstandingCount: 1 })?.code).toBe('INVARIANT');
    expect(checkDriverBalance({ ...driver, poll: () => true })?.code).toBe('USED_EXTRA');
    expect(checkDeviceBalance({ ...device, inFlightCount: 1 })?.code).toBe('INVARIANT');
    expect(checkDeviceBalance({ ...device, poll: () => true })?.code).toBe('AVAIL_EXTRA');
  });
});

test('who sleeps although there is work was not told, or did not hear', () => {
  const even = { posted: 5, popped: 5, used: 5, returned: 5, isDriverAsleep: true, isDeviceAsleep: true };
  expect(diagnose(even)).toBe('stall');
  expect(diagnose({ ...even, posted: 6 })).toBe('lost kick');
  expect(diagnose({ ...even, posted: 6, isDeviceAsleep: false })).toBe('stall');
  expect(diagnose({ ...even, returned: 4 })).toBe('lost interrupt');
  expect(diagnose({ ...even, returned: 4, isDriverAsleep: false })).toBe('stall');
});

test('a wakeup is spurious when the turn behind it finds nothing', () => {
  const wakeups = new Wakeups();
  wakeups.turned(false);
  wakeups.woke();
  wakeups.turned(true);
  wakeups.turned(false);
  expect(wakeups.spuriousCount).toBe(0);
  wakeups.woke();
  wakeups.turned(false);
  expect(wakeups.spuriousCount).toBe(1);
});
