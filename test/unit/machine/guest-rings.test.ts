import { describe, expect, test } from 'vitest';
import { ProtocolViolation } from '../../../src/errors.js';
import { ControlBlock } from '../../../src/machine/control-block.js';
import { vcpuMemory } from '../../../src/machine/guest-memory.js';
import { GuestRings } from '../../../src/machine/guest-rings.js';
import { SharedMemory } from '../../../src/memory/shared-memory.js';
import { splitLayout } from '../../../src/virtqueue/split-layout.js';
import { jobPlan } from '../../support/transport/job-plan.js';

const SIZES = { everyOperations: 1, events: ['resize'] as const, sizes: [8, 256], count: null };
const PLAN = jobPlan({ queue: { count: 2 }, lifecycle: SIZES });

/** The rings of one machine, as two of its vCPUs see them. */
function machine(): { port: SharedMemory; first: GuestRings; second: GuestRings } {
  const port = SharedMemory.ofSize(PLAN.memoryBytes);
  const control = ControlBlock.create();
  const first = new GuestRings(PLAN, port, control);
  first.prepare(null);
  return { port, first, second: new GuestRings(PLAN, port, new ControlBlock(control.memory.buffer)) };
}

describe('the rings of a guest', () => {
  test('start in their first areas, and are in the other one after each move, for every vCPU', () => {
    const { first, second } = machine();
    const [one, other] = vcpuMemory(PLAN, 1).rings;
    expect(second.at(1)).toEqual({ addresses: one, size: 32, startIndex: 0 });
    second.move(1, 256, 'ring_reset');
    expect(first.at(1)).toEqual({ addresses: other, size: 256, startIndex: 0 });
    first.move(1, 256, 'device_reset');
    expect(second.at(1)).toEqual({ addresses: one, size: 256, startIndex: 0 });
    expect(first.all()[0]).toEqual({ addresses: vcpuMemory(PLAN, 0).rings[0], size: 32, startIndex: 0 });
  });

  test('have room for the largest size that the plan names, and share no byte', () => {
    const areas = [0, 1].flatMap((vcpu) => vcpuMemory(PLAN, vcpu).rings);
    const starts = areas
      .flatMap(({ desc, driver, device }) => [desc, driver, device])
      .toSorted((a, b) => a - b);
    expect(new Set(starts).size).toBe(12);
    for (const { desc, driver } of areas) expect(driver - desc).toBeGreaterThanOrEqual(256 * 16);
  });

  test('tell when somebody writes where one was, before it is used again, and at the end', () => {
    const { port, first } = machine();
    const layout = splitLayout(32, first.at(0).addresses);
    first.move(0, 32, 'ring_reset');
    first.check(0);
    port.store16Release(layout.usedIdx, 9);
    let found: unknown;
    try {
      first.move(0, 32, 'device_reset');
    } catch (error) {
      found = error;
    }
    // The clause is that of the reset behind which it was written, and not of the one at hand.
    expect(found).toBeInstanceOf(ProtocolViolation);
    expect((found as ProtocolViolation).detail.section).toBe('2.6.1.1.1');
    first.move(0, 32, 'device_reset');
    port.store16Release(splitLayout(32, vcpuMemory(PLAN, 0).rings[1]).usedIdx, 9);
    expect(() => first.check(0)).toThrow('after its reset');
  });
});
