import { describe, expect, test } from 'vitest';
import { InvariantError } from '../../../src/errors.js';
import { Rng } from '../../../src/rng.js';
import type { LifecycleEvent, LifecyclePlan } from '../../../src/scenario/plan.js';
import { LifecycleSchedule, lifecycleSchedule } from '../../../src/workload/lifecycle-schedule.js';
import { jobPlan } from '../../support/transport/job-plan.js';

const PLAN: LifecyclePlan = {
  everyOperations: 10,
  events: ['device_reset', 'ring_reset', 'resize', 'suspend'],
  sizes: [8, 16, 64],
  count: null,
};

function drawn(schedule: LifecycleSchedule, count: number): LifecycleEvent[] {
  return Array.from({ length: count }, (_, i) => {
    schedule.completed(10 * (i + 1));
    return schedule.take(8).event;
  });
}

describe('a schedule', () => {
  test('has an event due behind one of each so many operations', () => {
    const schedule = new LifecycleSchedule(PLAN, PLAN.events, 30, new Rng(1));
    expect(() => schedule.take(8)).toThrow(InvariantError);
    const due: number[] = [];
    for (let count = 1; count <= 1000; count++) {
      schedule.completed(count);
      if (!schedule.isDue) continue;
      due.push(count);
      schedule.take(8);
    }
    expect(due.map((count) => Math.floor((count - 1) / 10))).toEqual(Array.from({ length: 30 }, (_, i) => i));
    expect(new Set(due.map((count) => count % 10)).size, 'not always the same one').toBeGreaterThan(5);
  });

  test('draws every kind once in each round, in an order that follows from the seed', () => {
    const events = drawn(new LifecycleSchedule(PLAN, PLAN.events, Infinity, new Rng(3)), 40);
    for (let i = 0; i < 40; i += 4)
      expect(events.slice(i, i + 4).toSorted()).toEqual([...PLAN.events].toSorted());
    expect(
      new Set(Array.from({ length: 10 }, (_, i) => events.slice(4 * i, 4 * i + 4).join())).size,
    ).toBeGreaterThan(3);
    expect(drawn(new LifecycleSchedule(PLAN, PLAN.events, Infinity, new Rng(3)), 40)).toEqual(events);
  });

  test('resizes to another size, as long as there is one', () => {
    const schedule = new LifecycleSchedule(PLAN, ['resize'], Infinity, new Rng(5));
    const seen = new Set<number>();
    for (let i = 1, size = 8; i <= 50; i++) {
      schedule.completed(10 * i);
      const next = schedule.take(size).size;
      expect(next).not.toBe(size);
      seen.add((size = next));
    }
    expect([...seen].toSorted((a, b) => a - b)).toEqual([8, 16, 64]);
    const single = new LifecycleSchedule({ ...PLAN, sizes: [8] }, ['resize'], 1, new Rng(5));
    single.completed(10);
    expect(single.take(8)).toEqual({ event: 'resize', size: 8 });
  });
});

describe('the events of a job', () => {
  /** How many events each of three queues has when operations never run out, and of which kinds. */
  function shares(lifecycle: LifecyclePlan): { count: number; kinds: LifecycleEvent[] }[] {
    const plan = { ...jobPlan({ queue: { count: 3 } }), lifecycle };
    return [0, 1, 2].map((vcpu) => {
      const schedule = lifecycleSchedule(plan, vcpu, new Rng(vcpu));
      const kinds = new Set<LifecycleEvent>();
      let count = 0;
      for (let i = 1; i <= 100; i++) {
        schedule?.completed(10 * i);
        if (schedule?.isDue !== true) break;
        kinds.add(schedule.take(8).event);
        count += 1;
      }
      return { count, kinds: [...kinds].toSorted() };
    });
  }

  test('are shared by the queues; those of the whole device are for the first one', () => {
    const rings: LifecycleEvent[] = ['resize', 'ring_reset'];
    expect(shares({ ...PLAN, count: 50 })).toEqual([
      { count: 17, kinds: [...PLAN.events].toSorted() },
      { count: 17, kinds: rings },
      { count: 16, kinds: rings },
    ]);
    expect(
      shares({ ...PLAN, events: ['suspend', 'device_reset'], count: 50 }).map(({ count }) => count),
    ).toEqual([50, 0, 0]);
    expect(shares(PLAN).map(({ count }) => count)).toEqual([100, 100, 100]);
  });

  test('are none without a plan', () => {
    expect(lifecycleSchedule(jobPlan(), 0, new Rng(0))).toBeNull();
  });
});
