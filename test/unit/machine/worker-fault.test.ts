import { describe, expect, test } from 'vitest';
import { ControlBlock } from '../../../src/machine/control-block.js';
import { faultMarks } from '../../../src/machine/fault-marks.js';
import { WorkerFault } from '../../../src/machine/worker-fault.js';
import type { WorkerFaultPlan } from '../../../src/scenario/plan.js';
import { GuestCounter, HostCounter, newCounters } from '../../../src/stats/counters.js';

const AFTER = 10;

function faultPlan(how: WorkerFaultPlan['how']): WorkerFaultPlan {
  return { worker: 'host', queue: 1, how, afterOperations: AFTER, pauseMs: 1 };
}

/** A fault of host 1, and how often it has struck. */
function faulty(how: WorkerFaultPlan['how']): { fault: WorkerFault; strikes: () => number } {
  let count = 0;
  const strike = (): void => {
    count += 1;
  };
  return {
    fault: new WorkerFault(faultPlan(how), 'host', 1, ControlBlock.create(), strike),
    strikes: () => count,
  };
}

describe('a fault of the scenario', () => {
  test.each(['pause', 'needs_reset'] as const)('strikes once, and says when: %s', (how) => {
    const { fault, strikes } = faulty(how);
    expect(fault.check(AFTER - 1)).toBe(false);
    expect(strikes()).toBe(0);
    expect(fault.check(AFTER)).toBe(how === 'needs_reset');
    expect(fault.check(AFTER + 1)).toBe(false);
    expect(strikes()).toBe(1);
  });

  test('has been told of when the thread breaks down', () => {
    const { fault, strikes } = faulty('throw');
    expect(() => fault.check(AFTER)).toThrow('a deliberate exception');
    expect(strikes()).toBe(1);
  });

  test('that loses a notification strikes when there is one, and that one alone', () => {
    const { fault, strikes } = faulty('lose_notification');
    let heard = 0;
    const notifier = fault.lossy({ notify: () => (heard += 1) });
    notifier.notify(0);
    fault.check(AFTER);
    expect([heard, strikes()]).toEqual([1, 0]);
    for (let i = 0; i < 3; i++) notifier.notify(0);
    expect([heard, strikes()]).toEqual([3, 1]);
  });

  test('is none of another thread', () => {
    const strike = (): never => expect.unreachable();
    const control = ControlBlock.create();
    for (const [side, queue] of [
      ['host', 0],
      ['guest', 1],
    ] as const)
      expect(new WorkerFault(faultPlan('throw'), side, queue, control, strike).check(AFTER)).toBe(false);
  });
});

describe('the marks of a fault', () => {
  const START_NS = 5e9;
  const counters = { guest: newCounters(), host: newCounters() };
  const source = {
    sumGuest: (counter: number) => counters.guest.get(counter),
    sumHost: (counter: number) => counters.host.get(counter),
  };

  test('say when, since the start of the job, which thread, and what', () => {
    const pause = { ...faultPlan('pause'), pauseMs: 200 };
    expect(faultMarks({ fault: null }, source, START_NS)).toEqual([]);
    expect(faultMarks({ fault: pause }, source, START_NS)).toEqual([]);
    counters.host.set(HostCounter.faultAtNs, START_NS + 12_345_678);
    expect(faultMarks({ fault: pause }, source, START_NS)).toEqual([
      { at_ms: 12.346, thread: 'host 1', how: 'pause', for_ms: 200 },
    ]);
    counters.guest.set(GuestCounter.faultAtNs, START_NS + 3e6);
    const lost = { ...faultPlan('lose_notification'), worker: 'guest' as const };
    expect(faultMarks({ fault: lost }, source, START_NS)).toEqual([
      { at_ms: 3, thread: 'guest 1', how: 'lose_notification', for_ms: null },
    ]);
  });
});
