import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SampledOrdinals } from '../../../src/stats/sampled-ordinals.js';
import { seeded } from '../../support/ring/seeded.js';

/** The ordinals that are sampled among the first `buffers` of a ring. */
function sampledOf(ordinals: SampledOrdinals, life: number, buffers: number): number[] {
  const sampled: number[] = [];
  ordinals.begin(life);
  for (let buffer = 0; buffer < buffers; buffer++) if (ordinals.next()) sampled.push(buffer);
  return sampled;
}

describe('the buffers that are sampled', () => {
  test('are the same on both sides of a ring, whatever went before, and known by their ordinals', () => {
    const lives = fc.array(fc.record({ life: fc.nat(2 ** 31), buffers: fc.nat(500) }), { minLength: 1 });
    fc.assert(
      fc.property(lives, fc.integer({ min: 1, max: 100 }), (before, perSample) => {
        const used = new SampledOrdinals(perSample);
        for (const { life, buffers } of before) {
          used.begin(life);
          for (let buffer = 0, count = 0; buffer < buffers; buffer++) {
            if (!used.next()) continue;
            expect([used.ordinal, used.count]).toEqual([buffer, ++count]);
          }
        }
        const fresh = new SampledOrdinals(perSample);
        expect(sampledOf(used, 7, 500)).toEqual(sampledOf(fresh, 7, 500));
      }),
      seeded(50),
    );
  });

  test('are one in 64, at no fixed distance', () => {
    const sampled = sampledOf(new SampledOrdinals(), 1, 64_000);
    expect(sampled.length).toBeGreaterThan(950);
    expect(sampled.length).toBeLessThan(1050);
    for (const rhythm of [2, 7, 16, 32, 64, 128]) {
      const places = new Set(sampled.map((ordinal) => ordinal % rhythm));
      expect(places.size, `places in a batch of ${rhythm}`).toBe(rhythm);
    }
  });

  test('are among the first few of a ring, too, in some lives', () => {
    const ordinals = new SampledOrdinals();
    const lives = Array.from({ length: 64 }, (_, life) => sampledOf(ordinals, life, 10).length);
    const all = lives.reduce((sum, count) => sum + count, 0);
    expect(all).toBeGreaterThan(3);
    expect(all).toBeLessThan(30);
  });
});
