import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitLegs } from '../../../src/stats/split-legs.js';
import { seeded } from '../../support/ring/seeded.js';

const ERROR_NS = 300;

describe('the legs of a request', () => {
  const gaps = fc.tuple(fc.nat(5000), fc.nat(5000), fc.nat(5000), fc.nat(5000));
  const offset = fc.integer({ min: -ERROR_NS, max: ERROR_NS });

  test('add up to its latency, and none is negative, however far apart the clocks are', () => {
    fc.assert(
      fc.property(gaps, offset, ([waiting, toDevice, inDevice, toDriver], offsetNs) => {
        const postedNs = 1e6 + waiting;
        const poppedNs = postedNs + toDevice + offsetNs;
        const reapedNs = postedNs + toDevice + inDevice + toDriver;
        const legs = splitLegs(
          { startNs: 1e6, postedNs, poppedNs, usedNs: poppedNs + inDevice, reapedNs },
          ERROR_NS,
        );
        const parts = Object.values(legs ?? {});
        expect(parts).toHaveLength(4);
        expect(Math.min(...parts)).toBeGreaterThanOrEqual(0);
        expect(parts.reduce((sum, part) => sum + part, 0)).toBe(reapedNs - 1e6);
        const far = [toDevice, inDevice, toDriver].map((ns, i) =>
          Math.abs((parts[i + 1] ?? Number.NaN) - ns),
        );
        expect(Math.max(...far)).toBeLessThanOrEqual(Math.abs(offsetNs));
        expect(parts[0]).toBe(waiting);
      }),
      seeded(500),
    );
  });

  test.each([
    ['taken before it was posted', { poppedNs: 1000 - ERROR_NS - 1, usedNs: 2000 }],
    ['done after it was back', { poppedNs: 2000, usedNs: 3000 + ERROR_NS + 1 }],
    ['done before it was taken', { poppedNs: 2000, usedNs: 1999 }],
  ])('are not believed of one that was %s', (_, times) => {
    const driver = { startNs: 1000, postedNs: 1000, reapedNs: 3000 };
    expect(splitLegs({ ...driver, ...times }, ERROR_NS)).toBeNull();
  });
});
