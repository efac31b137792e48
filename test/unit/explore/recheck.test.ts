import { describe, expect, test } from 'vitest';
import { Explorer } from '../../../dist/src/explore/explorer.js';
import type { FailureKind } from '../../../dist/src/explore/failure.js';
import { memoryModel } from '../../../dist/src/explore/models/profiles.js';
import type { Program } from '../../../dist/src/explore/program.js';
import { type RingProgramOptions, ringProgram } from '../../../dist/src/explore/programs/ring.js';
import type { Armable } from '../../../dist/src/transport/waiter.js';

/** Arms, and goes to sleep whatever is in the ring by now. */
function careless(ring: Armable): Armable {
  return {
    arm: () => {
      ring.arm();
      return true;
    },
    disarm: () => ring.disarm(),
  };
}

function careful(ring: Armable): Armable {
  return ring;
}

describe.each(['split', 'packed'] as const)(
  'a %s ring without a second look after notifications are enabled',
  (layout) => {
    const options = (eventIdx: boolean): RingProgramOptions => ({
      layout,
      buffers: 1,
      size: 4,
      eventIdx,
      indirect: false,
      inOrder: false,
      batch: 1,
      startIndex: 0,
    });

    test.each([
      ['event index', true],
      ['flags', false],
    ])('loses a wakeup without any weak memory: %s', (_, eventIdx) => {
      const failures = (driver: typeof careful, device: typeof careful): FailureKind[] =>
        failuresUnderSc(ringProgram(options(eventIdx), driver, device));
      expect(failures(careful, careful)).toEqual([]);
      expect(failures(careless, careful)).toEqual(['lost-wakeup']);
      expect(failures(careful, careless)).toEqual(['lost-wakeup']);
    });
  },
);

/** Kinds of failure, each once. */
function failuresUnderSc(program: Program): FailureKind[] {
  const failures = new Set<FailureKind>();
  const explorer = new Explorer(program, memoryModel('sc', 2), {
    onFinding: ({ kind }) => {
      failures.add(kind);
      return false;
    },
  });
  expect(explorer.run(10_000)).toBe(true);
  return [...failures];
}
