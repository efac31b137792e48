import { describe, expect, test } from 'vitest';
import { BlkStatus } from '../../src/devices/blk.js';
import { type BlkBringUp, bringUpBlk } from '../../src/guest/bring-up.js';
import type { BarrierStrength } from '../../src/memory/port.js';
import type { RingFeatureName } from '../../src/scenario/plan.js';
import { Feature } from '../../src/transport/features.js';
import { setDriverOk } from '../../src/transport/negotiate.js';
import { RecordingPort } from '../support/ring/recording-port.js';
import {
  assertBefore,
  assertFenceBetween,
  makeRecordedPackedRig,
  makeRecordedRig,
} from '../support/ring/recorded-rig.js';
import { buffer } from '../support/ring/traffic.js';
import { BlkMachine } from '../support/transport/blk-machine.js';
import { jobPlan } from '../support/transport/job-plan.js';

/** A port whose barriers reach CPUs and nothing else. */
class SmpPort extends RecordingPort {
  override readonly barriers: BarrierStrength = 'smp';
}

function machineOffering(...features: RingFeatureName[]): BlkMachine {
  return new BlkMachine(jobPlan({ queue: { features } }));
}

/** What is agreed when the driver asks for `wanted` over a port of that strength. */
function bringUp(machine: BlkMachine, barriers: BarrierStrength, wanted: RingFeatureName[]): BlkBringUp {
  const { size, startIndex } = machine.plan.queue;
  const port = barriers === 'smp' ? new SmpPort(machine.ram) : machine.ram;
  expect(port.barriers).toBe(barriers);
  return bringUpBlk(machine.driver, port, wanted, () => [{ addresses: machine.ring, size, startIndex }]);
}

function takes(machine: BlkMachine, barriers: BarrierStrength, wanted: RingFeatureName[]): boolean {
  return bringUp(machine, barriers, wanted).features.has(Feature.orderPlatform);
}

describe('6 ORDER_PLATFORM, driver', () => {
  test('6.1 N1463 the driver accepts it whenever it is offered, asked to or not', () => {
    for (const wanted of [[], ['ORDER_PLATFORM']] satisfies RingFeatureName[][]) {
      expect(takes(machineOffering('ORDER_PLATFORM'), 'platform', wanted)).toBe(true);
      expect(takes(machineOffering(), 'platform', wanted)).toBe(false);
    }
  });

  test('6.1 N1464 the driver does not accept it over a port whose barriers only reach CPUs', () => {
    for (const wanted of [[], ['ORDER_PLATFORM']] satisfies RingFeatureName[][]) {
      expect(takes(machineOffering('ORDER_PLATFORM'), 'smp', wanted)).toBe(false);
    }
  });

  test.each([false, true])(
    '6.1 N1464 every order that a device needs is asked of the port, which then has to reach devices: split, %s',
    (eventIdx) => {
      const rig = makeRecordedRig({ eventIdx });
      expect(rig.driverPort.barriers).toBe('platform');
      const trace = rig.driverTrace(() => {
        rig.driver.stageBuf(buffer(rig, [8], [8]), 1);
        rig.driver.kick();
        rig.driver.enableCallbacks();
      });
      assertBefore(trace, /^store(32 desc|16 avail\.ring)$/, /^store16Release avail\.idx$/);
      assertFenceBetween(trace, /^store16Release avail\.idx$/, /^load16Relaxed (avail_event|used\.flags)$/);
      assertFenceBetween(trace, /^store16\w+ (used_event|avail\.flags)$/, /^load16Acquire used\.idx$/);
    },
  );

  test.each([false, true])('6.1 N1464 the same of a packed ring, %s', (eventIdx) => {
    const rig = makeRecordedPackedRig({ eventIdx });
    expect(rig.driverPort.barriers).toBe('platform');
    const trace = rig.driverTrace(() => {
      rig.driver.stageBuf(buffer(rig, [8], [8]), 1);
      rig.driver.kick();
    });
    assertBefore(trace, /^store(32|16) \w+\[\d\]$/, /^store16Release flags\[0\]$/);
    assertFenceBetween(trace, /^store16Release flags\[0\]$/, /^load16Acquire device\.flags$/);
  });
});

describe('6 ORDER_PLATFORM, device', () => {
  test.each(['platform', 'smp'] as const)(
    '6.2 N1475 N1476 a device may fail without it, or be slower; ours serves both alike: %s',
    (barriers) => {
      const machine = machineOffering('ORDER_PLATFORM');
      const up = bringUp(machine, barriers, []);
      expect(up.features.has(Feature.orderPlatform)).toBe(barriers === 'platform');
      const { blk, queue } = machine.drive(up);
      setDriverOk(machine.driver);
      blk.read(0, 1, 512, 1);
      queue.kick();
      machine.hostRunsDry();
      expect(blk.complete()).toBe(0);
      expect(blk.status(0)).toBe(BlkStatus.ok);
      expect(machine.violations).toEqual([]);
    },
  );
});
