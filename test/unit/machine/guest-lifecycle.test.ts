import { expect, test } from 'vitest';
import { ControlBlock, StopMode } from '../../../src/machine/control-block.js';
import { guestDevice } from '../../../src/machine/guest-device.js';
import { GuestLifecycle } from '../../../src/machine/guest-lifecycle.js';
import { vcpuMemory } from '../../../src/machine/guest-memory.js';
import { GuestRings } from '../../../src/machine/guest-rings.js';
import { SharedMemory } from '../../../src/memory/shared-memory.js';
import { Rng } from '../../../src/rng.js';
import { newCounters } from '../../../src/stats/counters.js';
import { ExitChannel } from '../../../src/transport/exits.js';
import { FeatureSet } from '../../../src/transport/features.js';
import { driverTransport } from '../../../src/transport/kinds.js';
import { DeviceWindow, WINDOW_BYTES } from '../../../src/transport/window.js';
import { lifecycleSchedule } from '../../../src/workload/lifecycle-schedule.js';
import { jobPlan } from '../../support/transport/job-plan.js';

const PLAN = jobPlan({
  queue: { count: 3 },
  lifecycle: { everyOperations: 1, events: ['suspend', 'ring_reset'], sizes: [], count: null },
});

const OWNER = {
  takeBack: (): void => expect.fail('no ring was reset'),
  goOn: (): void => expect.fail('no ring was reset'),
};

/** A vCPU of a machine without a host. */
function vcpu(index: number): { control: ControlBlock; window: DeviceWindow; lifecycle: GuestLifecycle } {
  const control = ControlBlock.create();
  const window = new DeviceWindow(SharedMemory.ofSize(WINDOW_BYTES));
  const port = SharedMemory.ofSize(PLAN.memoryBytes);
  const transport = driverTransport('mmio', window, new ExitChannel(window, index, () => control.isAborted));
  const rings = new GuestRings(PLAN, port, control);
  rings.prepare(null);
  const parts = { plan: PLAN, index, port, memory: vcpuMemory(PLAN, index), transport, dma: null };
  const lifecycle = new GuestLifecycle(
    { vcpu: parts, device: guestDevice(PLAN), control, window, rings, counters: newCounters() },
    lifecycleSchedule(PLAN, index, new Rng(1)),
  );
  return { control, window, lifecycle };
}

test('the first vCPU rings the bells of those that it gathers, who may be asleep', () => {
  const { control, window, lifecycle } = vcpu(0);
  const heard = (): number[] => [0, 1, 2].map((index) => window.interruptBell(index).sequence());
  const before = heard();
  // Nobody comes: the machine is being stopped.
  control.raiseStop(StopMode.abort);
  lifecycle.pause('needs-reset', FeatureSet.empty, OWNER);
  expect(control.isGathering).toBe(true);
  expect(heard().map((sequence, index) => sequence - (before[index] as number))).toEqual([0, 1, 1]);
});

test('a vCPU pauses when it is gathered, or when its own event is due and nobody wants it to end', () => {
  const { control, lifecycle } = vcpu(1);
  expect(lifecycle.pauseRequested()).toBe(false);
  control.gather();
  expect(lifecycle.pauseRequested()).toBe(true);
  control.resume();
  expect(lifecycle.pauseRequested()).toBe(false);
  lifecycle.completed(1);
  expect(lifecycle.pauseRequested()).toBe(true);
  control.raiseStop(StopMode.drain);
  expect(lifecycle.pauseRequested()).toBe(false);
  control.gather();
  expect(lifecycle.pauseRequested(), 'also on its way to the end').toBe(true);
});

test('the first vCPU does not wait for itself', () => {
  const { control, lifecycle } = vcpu(0);
  control.gather();
  expect(lifecycle.pauseRequested()).toBe(false);
});
