import { describe, expect, test } from 'vitest';
import { nowNs } from '../../../src/clock.js';
import { newCounters } from '../../../src/stats/counters.js';
import { TimeUse } from '../../../src/stats/time-use.js';

const TURNS = 64_000;
const [EVEN, ODD] = [3, 4];

function spin(forNs: number): void {
  for (const startNs = nowNs(); nowNs() - startNs < forNs;);
}

/** For each turn, whether it was measured. */
function measuredTurns(): boolean[] {
  const counters = newCounters();
  const use = new TimeUse(counters);
  return Array.from({ length: TURNS }, () => {
    const before = counters.get(EVEN);
    use.begin();
    spin(100);
    use.spent(EVEN);
    return counters.get(EVEN) > before;
  });
}

describe('time use', () => {
  test('about one turn in 64 is measured, whatever rhythm the turns have', () => {
    const measured = measuredTurns();
    for (const rhythm of [1, 2, 3, 5, 8, 63, 64, 127]) {
      const ofRhythm = measured.filter((_, turn) => turn % rhythm === 0);
      const expected = ofRhythm.length / 64;
      const count = ofRhythm.filter(Boolean).length;
      expect(Math.abs(count - expected), `every ${rhythm}th turn`).toBeLessThan(4 * Math.sqrt(expected) + 1);
    }
  });

  test('what was done is told apart, and nothing is counted twice', () => {
    const counters = newCounters();
    const use = new TimeUse(counters);
    const startNs = nowNs();
    for (let turn = 0; turn < 1000; turn++) {
      use.begin();
      spin(1000);
      use.spent(EVEN);
      spin(9000);
      use.spent(ODD);
    }
    const elapsedNs = nowNs() - startNs;
    const [even, odd] = [counters.get(EVEN), counters.get(ODD)];
    expect(even).toBeGreaterThan(0);
    expect(odd).toBeGreaterThan(0);
    expect(even + odd).toBeLessThan(elapsedNs);
  });

  test('outside a measured turn, and where nobody wants to know, nothing is counted', () => {
    const counters = newCounters();
    const use = new TimeUse(counters);
    use.spent(EVEN);
    expect(counters.get(EVEN)).toBe(0);
    const nobody = new TimeUse(null);
    nobody.begin();
    nobody.spent(EVEN);
    expect(counters.get(EVEN)).toBe(0);
  });
});
