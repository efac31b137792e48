import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InvariantError } from '../../../src/errors.js';
import { RequestTable } from '../../../src/workload/request-table.js';
import { seeded } from '../../support/ring/seeded.js';

test('a request table keeps order and free slots like a plain list', () => {
  const step = fc.oneof(fc.constant('post' as const), fc.nat(30));
  const property = fc.property(
    fc.integer({ min: 1, max: 8 }),
    fc.array(step, { maxLength: 120 }),
    (size, steps) => {
      const table = new RequestTable(size);
      const posted: number[] = [];
      for (const taken of steps) {
        if (taken === 'post') {
          const slot = table.freeSlot;
          expect(slot === -1).toBe(posted.length === size);
          if (slot === -1) continue;
          expect(posted, 'a slot in use is not free').not.toContain(slot);
          expect(slot).toBeLessThan(size);
          table.at(slot).state = 'failed';
          table.post(slot);
          expect(table.at(slot).state).toBe('posted');
          posted.push(slot);
        } else if (posted.length > 0) {
          const [slot] = posted.splice(taken % posted.length, 1);
          table.release(slot as number);
        }
        expect(table.count).toBe(posted.length);
        expect(table.oldest).toBe(posted[0] ?? -1);
      }
      // What is left comes out from the oldest on.
      for (const slot of posted) {
        expect(table.oldest).toBe(slot);
        table.release(slot);
      }
      expect(table.oldest).toBe(-1);
    },
  );
  fc.assert(property, seeded(300));
});

test('only the free slot that was offered can be posted', () => {
  const table = new RequestTable(3);
  expect(() => table.post(table.freeSlot + 1)).toThrow(InvariantError);
});
