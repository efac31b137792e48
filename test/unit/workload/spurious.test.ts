import { describe, expect, test } from 'vitest';
import { WorkRig } from '../../support/transport/run-work.js';

const TIMES = 3;

/** A workload whose driver is woken for nothing in its first sleeps, by `wake`. */
function disturbed(transport: 'mmio' | 'pci', wake: (rig: WorkRig) => void): WorkRig {
  const rig = new WorkRig({ transport, wait: 'block' });
  let left = TIMES;
  rig.machine.guestMemory.whenAsleep(() => {
    if (left === 0) return rig.machine.hostRuns();
    left -= 1;
    wake(rig);
    return true;
  });
  rig.run();
  expect(left).toBe(0);
  return rig;
}

describe.each(['mmio', 'pci'] as const)('a driver on %s', (transport) => {
  test('counts interrupts that wake it while nothing is used', () => {
    const rig = disturbed(transport, ({ machine }) => machine.hostQueue.interrupter.notify(0));
    expect(rig.count('spuriousInterrupts')).toBe(TIMES);
  });

  test('counts none that brought a buffer', () => {
    const rig = new WorkRig({ transport, wait: 'block' }).run();
    expect(rig.machine.guestMemory.sleeps).toBeGreaterThan(0);
    expect(rig.count('spuriousInterrupts')).toBe(0);
  });

  test('counts none that told of a change of the configuration', () => {
    const rig = disturbed(transport, ({ machine }) => machine.window.raiseConfigInterrupt(1));
    expect(rig.count('spuriousInterrupts')).toBe(0);
  });

  test('counts none when its bell is rung because it is to pause', () => {
    let isDue = false;
    let isAsleep = false;
    const rig = new WorkRig({ transport, wait: 'block', control: { pauseRequested: () => isDue } });
    rig.machine.guestMemory.whenAsleep(() => {
      if (isAsleep) return rig.machine.hostRuns();
      isAsleep = true;
      isDue = true;
      rig.machine.window.interruptBell(0).ring();
      return true;
    });
    expect(rig.runner.run()).toBe('paused');
    expect(rig.count('spuriousInterrupts')).toBe(0);
  });
});
