import { describe, expect, test } from 'vitest';
import type { InterruptLine } from '../../src/transport/transport.js';
import { WorkRig } from '../support/transport/run-work.js';

describe('4.2.3.4 notifications from the device', () => {
  /** Runs a workload and writes down what it does about interrupts. */
  function story(spoil: (rig: WorkRig) => void = () => undefined): string[] {
    const lines: string[] = [];
    const rig = new WorkRig({
      workload: { operations: 30 },
      service: { window: 4, order: 'lifo' },
      parts: ({ interrupts }) => ({ interrupts: watched(interrupts, lines) }),
      control: {
        interrupted: (causes) => {
          lines.push(`handled ${causes}`);
          return false;
        },
      },
    });
    rig.queue.onReturn = () => lines.push('buffer');
    spoil(rig);
    rig.run();
    expect(rig.count('completed')).toBe(30);
    expect(rig.machine.window.interruptStatus).toBe(0);
    return lines;
  }

  test('4.2.3.4.1 N0384 N0392 N0394 InterruptStatus is read, the rings are looked at, then it is acknowledged', () => {
    const lines = story();
    const acknowledged = lines.flatMap((line, i) => (line === 'acknowledge 1' ? [i] : []));
    expect(acknowledged.length).toBeGreaterThan(3);
    for (const at of acknowledged) {
      const before = lines.slice(0, at);
      expect(before.slice(before.lastIndexOf('read 1') + 1), 'what was there is handled first').toContain(
        'buffer',
      );
      expect(lines[at + 1]).toBe('handled 1');
    }
  });

  test('4.2.3.4.1 N0393 a used buffer notification may come without a used buffer, and for any queue', () => {
    const lines = story((rig) => {
      let count = 0;
      rig.queue.onPost = () => {
        if (++count % 5 === 0) rig.machine.window.raiseUsedInterrupt(rig.machine.window.interruptBell(0));
      };
    });
    expect(lines.filter((line) => line === 'buffer').length).toBeLessThanOrEqual(30);
  });

  test('4.2.3.4.1 N0393 both causes in one interrupt are handled together', () => {
    let once = true;
    const lines = story((rig) => {
      rig.queue.onReturn = () => {
        if (once) rig.machine.window.raiseConfigInterrupt(1);
        once = false;
      };
    });
    expect(lines.filter((line) => /^handled [23]$/.test(line)).length).toBeGreaterThan(0);
  });
});

function watched(line: InterruptLine, lines: string[]): InterruptLine {
  return {
    bell: line.bell,
    pending: () => {
      const causes = line.pending();
      if (causes !== 0) lines.push(`read ${causes}`);
      return causes;
    },
    acknowledge: (causes) => {
      lines.push(`acknowledge ${causes}`);
      line.acknowledge(causes);
    },
  };
}
