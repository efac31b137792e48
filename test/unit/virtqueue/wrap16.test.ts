import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { add16, distance16, needEvent } from '../../../src/virtqueue/wrap16.js';
import { seeded } from '../../support/ring/seeded.js';

const LAP = 65536;

/** The definition, word for word: the numbers of the entries from `oldIndex` up to `newIndex`, one after the other. */
function entries(oldIndex: number, newIndex: number): Set<number> {
  const numbers = new Set<number>();
  for (let at = oldIndex; at !== newIndex; at = (at + 1) % LAP) numbers.add(at);
  return numbers;
}

describe('needEvent', () => {
  it('is membership in the set of new entries, for all windows of up to 24 entries around the wrap', () => {
    const near = Array.from({ length: 64 }, (_, i) => (LAP - 32 + i) % LAP);
    for (const oldIndex of near) {
      for (let count = 0; count <= 24; count++) {
        const newIndex = (oldIndex + count) % LAP;
        const set = entries(oldIndex, newIndex);
        for (const event of near) {
          if (needEvent(event, newIndex, oldIndex) !== set.has(event)) {
            expect.fail(`event ${event} in [${oldIndex}, ${newIndex})`);
          }
        }
      }
    }
  });

  it.each([1, 2, 255, 32767, 32768, 32769, 65534, 65535])(
    'for every event number, with a batch of %i',
    (count) => {
      for (const oldIndex of [0, 1, 0x7fff, 0x8000, 0xfff0, 0xffff]) {
        const newIndex = (oldIndex + count) % LAP;
        const set = entries(oldIndex, newIndex);
        let members = 0;
        for (let event = 0; event < LAP; event++) {
          const member = needEvent(event, newIndex, oldIndex);
          if (member !== set.has(event)) expect.fail(`event ${event} in [${oldIndex}, ${newIndex})`);
          if (member) members += 1;
        }
        expect(members).toBe(count);
      }
    },
  );

  it('an event is crossed once, by exactly one batch, in whatever batches the entries come', () => {
    const batches = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 40 });
    const property = fc.property(fc.nat(0xffff), batches, fc.nat(12_000), (start, sizes, ahead) => {
      const event = (start + ahead) % LAP;
      let at = start;
      const crossed = sizes.filter((size) => {
        const old = at;
        at = (at + size) % LAP;
        return needEvent(event, at, old);
      });
      const total = sizes.reduce((sum, size) => sum + size, 0);
      expect(crossed).toHaveLength(ahead < total ? 1 : 0);
    });
    fc.assert(property, seeded(2000));
  });

  it('nothing new is never an event', () => {
    for (const index of [0, 1, 0x8000, 0xffff]) {
      for (const event of [index, (index + 1) % LAP, (index + LAP - 1) % LAP]) {
        expect(needEvent(event, index, index)).toBe(false);
      }
    }
  });
});

describe('add16 and distance16', () => {
  it('undo each other, wherever the index stands', () => {
    const property = fc.property(fc.nat(0xffff), fc.nat(0xffff), (from, n) => {
      const to = add16(from, n);
      expect(to).toBe((from + n) % LAP);
      expect(distance16(from, to)).toBe(n);
      expect(add16(to, LAP - n)).toBe(from);
    });
    fc.assert(property, seeded(500));
  });

  it('a distance is never negative: one step back is 65535 ahead', () => {
    expect(distance16(0, 0xffff)).toBe(0xffff);
    expect(distance16(0xffff, 0)).toBe(1);
  });
});
