import { describe, expect, test } from 'vitest';
import { RngQueue } from '../../../src/guest/rng-queue.js';
import { RngHostDevice } from '../../../src/host/rng-host-device.js';
import { Rng } from '../../../src/rng.js';
import type { WorkloadPlan } from '../../../src/scenario/plan.js';
import { GuestCounter, newCounters } from '../../../src/stats/counters.js';
import { Histogram } from '../../../src/stats/histogram.js';
import { FeatureSet } from '../../../src/transport/features.js';
import { Waiter } from '../../../src/transport/waiter.js';
import { Ledger } from '../../../src/workload/ledger.js';
import { RngWork } from '../../../src/workload/rng-work.js';
import { Runner } from '../../../src/workload/runner.js';
import { makeRig } from '../../support/ring/rig.js';
import { DriverRig } from '../../support/transport/driver-rig.js';
import { jobPlan } from '../../support/transport/job-plan.js';
import { QueueTap } from '../../support/transport/queue-tap.js';

interface Spoiler {
  /** Before the driver looks at the answer in this slot. */
  readonly onReturn?: (slot: number, queue: RngQueue) => void;
  readonly workload?: Partial<WorkloadPlan>;
}

/** Runs an entropy workload against the real device's service; what the report would count, and the samples. */
function run({ onReturn = () => undefined, workload = {} }: Spoiler = {}): {
  count: (name: keyof typeof GuestCounter) => number;
  samples: readonly string[];
} {
  const blocks = [512, 2048].map((sizeBytes) => ({ sizeBytes, weight: 1 }));
  const plan = jobPlan({
    service: { window: 4, order: 'random' },
    workload: { blocks, segments: { min: 1, max: 3 }, ...workload },
  });
  const ring = makeRig({ size: 32 });
  const service = new RngHostDevice(plan, ring.memory, new Rng(5)).serve(ring.device, FeatureSet.empty, {});
  const tap = new QueueTap(ring.driver, ring.memory);
  const queue = new RngQueue(ring.memory, tap, ring.allocator, { slotCount: 8, bufferBytes: 2048 });
  tap.onReturn = (slot) => onReturn(slot, queue);
  const work = new RngWork(plan, 0, queue);
  const ledger = new Ledger(newCounters(), Histogram.ofMaxNs());
  const interrupts = new DriverRig().driver.interrupts(0);
  const control = {
    stopRequested: () => false,
    interrupted: () => false,
    pauseRequested: () => false,
    afterCompletion: () => undefined,
    // The driver polls, so the device has its turn whenever the driver asks whether to go on.
    aborted: () => {
      service.poll();
      return false;
    },
  };
  const waiter = new Waiter(interrupts.bell, { policy: 'poll', spinNs: 0 });
  new Runner({ queue: tap, interrupts, waiter, ledger, control, ...work.start() }, 8).run();
  work.report(ledger.counters);
  work.close();
  return { count: (name) => ledger.counters.get(GuestCounter[name]), samples: work.mismatchSamples };
}

describe('reading entropy', () => {
  test('every answer is the next one, of whatever length', () => {
    const { count, samples } = run();
    expect([count('completed'), count('measured'), count('errors')]).toEqual([100, 100, 0]);
    expect([count('mismatches'), samples]).toEqual([0, []]);
    expect(count('verifiedBytes')).toBe(count('bytes'));
    expect(count('bytes')).toBeGreaterThan(100 * 16);
    expect(count('bytes')).toBeLessThan(100 * 2048);
  });

  test('one wrong bit of an answer is found', () => {
    let returned = 0;
    const { count, samples } = run({
      onReturn: (slot, queue) => {
        const bytes = queue.bytes(slot);
        if (returned++ === 41) bytes[9] = (bytes[9] as number) ^ 4;
      },
    });
    expect(count('mismatches')).toBe(1);
    expect(samples).toHaveLength(1);
    expect(samples[0]).toMatch(/^answer 41: byte 9 of \d+ is \d+$/);
  });

  test('an answer that is an older one is found, and counted once', () => {
    let older: Uint8Array | null = null;
    let returned = 0;
    const { count } = run({
      onReturn: (slot, queue) => {
        returned += 1;
        if (returned === 10) older = Uint8Array.from(queue.bytes(slot));
        if (returned === 20 && older !== null) queue.bytes(slot).set(older);
      },
    });
    expect(count('mismatches')).toBe(1);
  });

  test('all that is wrong is counted, and the first eight are spelled out', () => {
    const { count, samples } = run({ onReturn: (slot, queue) => queue.bytes(slot).fill(0xee) });
    expect(count('mismatches')).toBe(100);
    expect(samples).toHaveLength(8);
  });

  test('nothing is looked at when nobody asked for it', () => {
    const { count } = run({
      workload: { verify: false },
      onReturn: (slot, queue) => queue.bytes(slot).fill(0),
    });
    expect([count('verifiedBytes'), count('mismatches')]).toEqual([0, 0]);
    expect(count('bytes')).toBeGreaterThan(0);
  });
});
