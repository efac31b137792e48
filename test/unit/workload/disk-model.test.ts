import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvariantError } from '../../../src/errors.js';
import {
  DiskModel,
  INITIAL_CONTENT,
  UNKNOWN_CONTENT,
  ZERO_CONTENT,
} from '../../../src/workload/disk-model.js';
import { seeded } from '../../support/ring/seeded.js';

const FROM = 100;
const TO = 116;

interface Flight {
  readonly sector: number;
  readonly count: number;
  readonly write: boolean;
}

const flight: fc.Arbitrary<Flight> = fc
  .record({ at: fc.nat(TO - FROM - 1), length: fc.integer({ min: 1, max: 6 }), write: fc.boolean() })
  .map(({ at, length, write }) => ({ sector: FROM + at, count: Math.min(length, TO - FROM - at), write }));

function overlap(a: Flight, b: Flight): boolean {
  return a.sector < b.sector + b.count && b.sector < a.sector + a.count;
}

describe('requests in flight', () => {
  test('may share sectors exactly when none of them writes', () => {
    const step = fc.oneof(fc.record({ begin: flight }), fc.record({ end: fc.nat(20) }));
    const property = fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const model = new DiskModel(FROM, TO);
      const inFlight: Flight[] = [];
      for (const taken of steps) {
        if ('end' in taken) {
          const [ended] = inFlight.splice(taken.end % Math.max(1, inFlight.length), 1);
          if (ended !== undefined) model.end(ended.sector, ended.count, ended.write);
          continue;
        }
        const { begin } = taken;
        const free = inFlight.every((other) => !overlap(begin, other) || !(begin.write || other.write));
        expect(model.isFree(begin.sector, begin.count, begin.write)).toBe(free);
        if (!free) continue;
        model.begin(begin.sector, begin.count, begin.write);
        inFlight.push(begin);
      }
    });
    fc.assert(property, seeded(300));
  });

  test('of conflicting kinds are our bug, and so is an end without a begin', () => {
    const model = new DiskModel(FROM, TO);
    model.begin(FROM, 4, false);
    expect(() => model.begin(FROM + 3, 1, true)).toThrow(InvariantError);
    expect(() => model.end(FROM + 4, 1, false)).toThrow(InvariantError);
  });

  test('that touch no sector conflict with nothing', () => {
    const model = new DiskModel(FROM, TO);
    model.begin(FROM, TO - FROM, true);
    expect(model.isFree(0, 0, false)).toBe(true);
    model.begin(0, 0, false);
    model.end(0, 0, false);
    expect(model.isFree(FROM, 1, false)).toBe(false);
  });

  test('stay in the range of their queue', () => {
    const model = new DiskModel(FROM, TO);
    for (const sector of [FROM - 1, TO]) {
      expect(() => model.isFree(sector, 1, false)).toThrow(InvariantError);
      expect(() => model.expected(sector)).toThrow(InvariantError);
    }
    expect(() => new DiskModel(5, 5)).toThrow(InvariantError);
  });
});

describe('what a sector must hold', () => {
  test('is what was put there last, sector by sector', () => {
    const change = fc.record({
      range: flight,
      what: fc.constantFrom('written', 'zeroes', 'unknown'),
    });
    const property = fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
      const model = new DiskModel(FROM, TO);
      const expected = Array.from({ length: TO - FROM }, () => INITIAL_CONTENT);
      for (const { range, what } of changes) {
        const { sector, count } = range;
        const generation = model.newGeneration();
        if (what === 'written') model.setWritten(sector, count, generation);
        else if (what === 'zeroes') model.setZeroes(sector, count);
        else model.setUnknown(sector, count);
        const content = { written: generation, zeroes: ZERO_CONTENT, unknown: UNKNOWN_CONTENT }[what];
        expected.fill(content, sector - FROM, sector - FROM + count);
      }
      expect(expected.map((_, i) => model.expected(FROM + i))).toEqual(expected);
    });
    fc.assert(property, seeded(200));
  });

  test('names each write by a number of its own, none of them special', () => {
    const model = new DiskModel(FROM, TO);
    const generations = Array.from({ length: 1000 }, () => model.newGeneration());
    expect(new Set(generations).size).toBe(1000);
    const special = [INITIAL_CONTENT, ZERO_CONTENT, UNKNOWN_CONTENT];
    expect(generations.filter((generation) => special.includes(generation))).toEqual([]);
  });
});
