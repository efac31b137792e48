import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { positionAt, RingPosition } from '../../../src/virtqueue/ring-position.js';
import { seeded } from '../../support/ring/seeded.js';

const SIZES = [1, 2, 3, 4, 5, 6, 7, 8];
const AVAIL = 0x80;
const USED = 0x8000;

/** Where a position is, as a number from 0 to 2N - 1: the lap with wrap counter 1 first. */
type Place = number;

const placeOf = (size: number, slot: number, wrap: number): Place => slot + (wrap === 1 ? 0 : size);
const allPlaces = (size: number): Place[] => Array.from({ length: 2 * size }, (_, place) => place);
const at = (size: number, place: Place): RingPosition =>
  new RingPosition(size, place % size, place < size ? 1 : 0);
const offWrapOf = (size: number, place: Place): number => (place % size) + (place < size ? 0x8000 : 0);

/** The definition, word for word: the places that were passed, one after the other. */
function passed(size: number, place: Place, moved: number): Set<Place> {
  const places = new Set<Place>();
  for (let i = 1; i <= moved; i++) places.add((((place - i) % (2 * size)) + 2 * size) % (2 * size));
  return places;
}

describe('hasPassed', () => {
  it.each(SIZES)(
    'is membership in the set of slots that were passed, for every slot, wrap and distance: size %i',
    (size) => {
      const wrong: string[] = [];
      for (const place of allPlaces(size)) {
        // Up to a lap is what one side can do while the other sleeps; without a decision it may be any number.
        for (let moved = 0; moved <= 4 * size + 1; moved++) {
          const set = passed(size, place, moved);
          for (const event of allPlaces(size)) {
            const told = at(size, place).hasPassed(offWrapOf(size, event), moved);
            if (told !== set.has(event)) wrong.push(`event ${event}, ${moved} slots before ${place}`);
          }
        }
      }
      expect(wrong).toEqual([]);
    },
  );

  it('is the same for large rings, of which few are powers of two, after any number of slots', () => {
    const ring = fc.integer({ min: 9, max: 32768 }).chain((size) =>
      fc.record({
        size: fc.constant(size),
        place: fc.nat(2 * size - 1),
        event: fc.nat(2 * size - 1),
        moved: fc.oneof(fc.nat(size), fc.nat(3 * size), fc.constantFrom(0xffff, 0x1_0000, 0x1_0001)),
      }),
    );
    const property = fc.property(ring, ({ size, place, event, moved }) => {
      const told = at(size, place).hasPassed(offWrapOf(size, event), moved);
      const ago = ((place - event - 1 + 2 * size) % (2 * size)) + 1;
      expect(told).toBe(ago <= moved);
    });
    fc.assert(property, seeded(5000));
  });

  it.each([1, 2, 3, 1000, 32767, 32768])(
    'changes at exactly the distance of the event, on a ring of %i',
    (size) => {
      for (const event of [0, 1 % size, size - 1, size, 2 * size - 1]) {
        for (const ago of [1, size - 1, size, size + 1, 2 * size].filter((slots) => slots > 0)) {
          const position = at(size, (event + ago) % (2 * size));
          expect(position.hasPassed(offWrapOf(size, event), ago - 1), `${event}, ${ago} ago`).toBe(false);
          expect(position.hasPassed(offWrapOf(size, event), ago), `${event}, ${ago} ago`).toBe(true);
        }
      }
    },
  );

  it('an event is passed once in two laps, by exactly one batch, in whatever batches the slots come', () => {
    const batches = fc.array(fc.nat(11), { minLength: 1, maxLength: 40 });
    const property = fc.property(
      fc.integer({ min: 1, max: 12 }),
      fc.nat(23),
      batches,
      (size, start, moves) => {
        const position = at(size, start % (2 * size));
        const event = position.offWrap;
        let crossings = 0;
        let total = 0;
        for (const slots of moves.map((wanted) => wanted % (size + 1))) {
          position.advance(slots);
          total += slots;
          if (position.hasPassed(event, slots)) crossings += 1;
        }
        expect(crossings).toBe(Math.ceil(total / (2 * size)));
      },
    );
    fc.assert(property, seeded(1000));
  });
});

describe('advance', () => {
  it.each([...SIZES, 1000])(
    'is that many single steps, and the counter flips at the end: size %i',
    (size) => {
      const wrong: string[] = [];
      for (const place of size === 1000 ? [0, 1, 998, 999, 1000, 1999] : allPlaces(size)) {
        for (let slots = 0; slots <= size; slots++) {
          const position = at(size, place);
          position.advance(slots);
          const reached = placeOf(size, position.slot, position.wrap);
          if (reached !== (place + slots) % (2 * size)) wrong.push(`${slots} from ${place}`);
        }
      }
      expect(wrong).toEqual([]);
    },
  );

  it('of a copy leaves the position where it is', () => {
    const position = new RingPosition(5, 4, 1);
    const copy = position.copy();
    copy.advance(2);
    expect([position.slot, position.wrap]).toEqual([4, 1]);
    expect([copy.slot, copy.wrap]).toEqual([1, 0]);
  });
});

describe('flags (2.8.1)', () => {
  it('of an available descriptor: AVAIL as the counter and USED as its inverse', () => {
    expect([at(4, 0).availFlags, at(4, 4).availFlags]).toEqual([AVAIL, USED]);
  });

  it('of a used descriptor: both as the counter', () => {
    expect([at(4, 0).usedFlags, at(4, 4).usedFlags]).toEqual([AVAIL | USED, 0]);
  });

  it('each of the four pairs means one thing in one lap, and other flags do not matter', () => {
    for (const other of [0, 1, 2, 4, 7, 0x7f7f]) {
      const meaning = (place: Place): string[] =>
        [0, AVAIL, USED, AVAIL | USED].map((pair) => {
          const flags = pair | other;
          return `${at(4, place).isAvailable(flags) ? 'available' : ''}${at(4, place).isUsed(flags) ? 'used' : ''}`;
        });
      expect(meaning(2)).toEqual(['', 'available', '', 'used']);
      expect(meaning(6)).toEqual(['used', '', 'available', '']);
    }
  });

  it('what a lap leaves behind is neither available nor used in the next', () => {
    for (const place of [1, 5]) {
      const next = at(4, (place + 4) % 8);
      for (const stale of [at(4, place).availFlags, at(4, place).usedFlags]) {
        expect([next.isAvailable(stale), next.isUsed(stale)]).toEqual([false, false]);
      }
    }
  });
});

describe('offWrap', () => {
  it('has the slot in bits 0 to 14 and the counter in bit 15', () => {
    expect(at(8, 5).offWrap).toBe(0x8005);
    expect(at(8, 13).offWrap).toBe(5);
    expect(at(32768, 32767).offWrap).toBe(0xffff);
    expect(at(32768, 65535).offWrap).toBe(0x7fff);
  });
});

describe('positionAt', () => {
  it.each([...SIZES, 1000, 32768])('counts laps from one with wrap counter 1: size %i', (size) => {
    for (const startIndex of [0, 1, size - 1, size, size + 1, 2 * size, 3 * size + 1, 0xffff]) {
      const position = positionAt(size, startIndex);
      expect(placeOf(size, position.slot, position.wrap), `${startIndex}`).toBe(startIndex % (2 * size));
    }
  });
});
