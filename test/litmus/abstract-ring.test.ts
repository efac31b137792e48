import { describe, expect, it } from 'vitest';
import { Explorer } from '../../src/explore/explorer.js';
import { ThreadState } from '../../src/explore/graph.js';
import type { ProfileName } from '../../src/explore/models/model.js';
import { memoryModel } from '../../src/explore/models/profiles.js';
import { abstractRing, type AbstractRingDefect } from '../../src/explore/programs/abstract-ring.js';

interface Counts {
  readonly complete: number;
  readonly blocked: number;
  /** Of the blocked ones, those that nothing ends. */
  readonly lost: number;
}

function explore(buffers: number, profile: ProfileName, defect: AbstractRingDefect | null = null): Counts {
  let lost = 0;
  const program = abstractRing(buffers, defect);
  const explorer = new Explorer(program, memoryModel(profile, program.threads.length), {
    onFinding: ({ kind, message }, graph) => {
      expect(kind, message).toBe('lost-wakeup');
      expect(graph.state).toContain(ThreadState.blocked);
      lost += 1;
      return false;
    },
  });
  explorer.run();
  return { complete: explorer.counts.complete, blocked: explorer.counts.blocked, lost };
}

describe('the abstract ring has the executions that GenMC 0.10.3 counts in it', () => {
  // By number of buffers. The blocked ones are not GenMC's, which leaves some of them out.
  it.each([
    ['sc', [16, 681, 22_984], [5, 148, 4568]],
    ['tso', [16, 681, 22_984], [5, 148, 4568]],
    ['rc11', [16, 689, 23_432], [5, 162, 4704]],
  ] as const)('%s', (profile, complete, blocked) => {
    for (const [i, count] of complete.entries())
      expect(explore(i + 1, profile)).toEqual({ complete: count, blocked: blocked[i], lost: 0 });
  });
});

describe('without one of its parts, and with two buffers, wakeups are lost', () => {
  // Found before by an exploration of the same ring that shares no code with this one.
  it.each([
    ['no-fence-before-avail-event', 12],
    ['no-fence-after-avail-event', 5],
    ['no-fence-after-used-event', 105],
    ['no-fence-before-used-event', 94],
  ] as const)('%s: on x86-TSO, and not under sequential consistency', (defect, lost) => {
    expect(explore(2, 'sc', defect).lost).toBe(0);
    expect(explore(2, 'tso', defect).lost).toBe(lost);
    expect(explore(2, 'rc11', defect).lost).toBeGreaterThanOrEqual(lost);
    expect(explore(2, 'armv8', defect).lost).toBeGreaterThanOrEqual(lost);
  });

  it('no-second-look: everywhere', () => {
    expect(explore(2, 'sc', 'no-second-look-of-guest').lost).toBe(22);
    expect(explore(2, 'sc', 'no-second-look-of-device').lost).toBeGreaterThan(0);
  });
});
