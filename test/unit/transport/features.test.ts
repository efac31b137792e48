import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvariantError } from '../../../src/errors.js';
import {
  closeFeatures,
  Feature,
  FEATURE_BITS,
  FEATURE_NAMES,
  type FeatureDependency,
  FeatureSet,
} from '../../../src/transport/features.js';
import { seeded } from '../../support/ring/seeded.js';

const bit = fc.nat(FEATURE_BITS - 1);
const bits = fc.uniqueArray(bit, { maxLength: 40 });
const dependencies: fc.Arbitrary<FeatureDependency[]> = fc.array(
  fc.record({ bit: fc.nat(15), needs: fc.array(fc.nat(15), { maxLength: 3 }) }),
  { maxLength: 8 },
);

function ascending(numbers: Iterable<number>): number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}

describe('a feature set against a plain set of numbers', () => {
  test('has what it was given, in any order and any number of times', () => {
    const property = fc.property(fc.array(bit, { maxLength: 60 }), (given) => {
      const features = FeatureSet.of(...given);
      expect(features.bits()).toEqual(ascending(given));
      for (let i = 0; i < FEATURE_BITS; i++) expect(features.has(i)).toBe(given.includes(i));
    });
    fc.assert(property, seeded(100));
  });

  test('with, without, intersect, isSubsetOf and equals', () => {
    const property = fc.property(bits, bits, (a, b) => {
      const [setA, setB] = [FeatureSet.of(...a), FeatureSet.of(...b)];
      expect(setA.with(...b).bits()).toEqual(ascending([...a, ...b]));
      expect(setA.without(...b).bits()).toEqual(ascending(a.filter((i) => !b.includes(i))));
      expect(setA.intersect(setB).bits()).toEqual(ascending(a.filter((i) => b.includes(i))));
      expect(setA.isSubsetOf(setB)).toBe(a.every((i) => b.includes(i)));
      expect(setA.equals(setB)).toBe(String(ascending(a)) === String(ascending(b)));
      expect(setA.bits(), 'nothing of this changes a set').toEqual(ascending(a));
    });
    fc.assert(property, seeded(200));
  });

  test('travels in four words of 32 bits', () => {
    const property = fc.property(bits, (given) => {
      const features = FeatureSet.of(...given);
      let received = FeatureSet.empty;
      for (let select = 3; select >= 0; select--) {
        const word = features.word(select);
        expect(word).toBe(given.reduce((sum, i) => sum + (i >>> 5 === select ? 2 ** (i & 31) : 0), 0));
        received = received.withWord(select, word);
      }
      expect(received.equals(features)).toBe(true);
    });
    fc.assert(property, seeded(100));
  });
});

describe('a feature set', () => {
  test('keeps bit 34 apart from bit 2, which a shift would not', () => {
    const features = FeatureSet.of(Feature.ringPacked);
    expect(features.bits()).toEqual([34]);
    expect([0, 1, 2, 3].map((select) => features.word(select))).toEqual([0, 4, 0, 0]);
  });

  test('has words without a sign', () => {
    expect(FeatureSet.of(31).word(0)).toBe(0x8000_0000);
    expect(new FeatureSet([-1, 0, 0, -1]).word(3)).toBe(0xffff_ffff);
    expect(FeatureSet.of(63).equals(new FeatureSet([0, -0x8000_0000, 0, 0]))).toBe(true);
  });

  test('ends with bit 127', () => {
    const all = new FeatureSet([-1, -1, -1, -1]);
    expect(all.bits()).toHaveLength(128);
    expect(all.has(128)).toBe(false);
    for (const select of [4, 5, 0xffff_ffff]) {
      expect(all.word(select)).toBe(0);
      expect(FeatureSet.empty.withWord(select, 1).equals(FeatureSet.empty)).toBe(true);
    }
    for (const wrong of [128, -1, 1.5]) expect(() => FeatureSet.of(wrong)).toThrow(InvariantError);
    expect(() => new FeatureSet([0, 0, 0])).toThrow(InvariantError);
  });

  test('is told by the names of the spec, then of the device, then by number', () => {
    const names = FeatureSet.of(9, Feature.version1, 44).names({ 9: 'FLUSH', 32: 'never asked' });
    expect(names).toEqual(['FLUSH', 'VERSION_1', 'bit 44']);
    expect(FeatureSet.of(9).names()).toEqual(['bit 9']);
  });

  test('every named bit is a bit that the spec reserves (6)', () => {
    const named = Object.keys(FEATURE_NAMES).map(Number);
    expect(named).toEqual(ascending(Object.values(Feature)));
    expect(named.every((i) => (i >= 24 && i <= 41) || i === 43)).toBe(true);
  });
});

describe('closeFeatures', () => {
  test('keeps the largest subset whose needs are met', () => {
    const property = fc.property(fc.uniqueArray(fc.nat(15)), dependencies, (given, rules) => {
      const features = FeatureSet.of(...given);
      const closed = closeFeatures(features, rules);
      const isComplete = (set: FeatureSet): boolean =>
        rules.every((rule) => !set.has(rule.bit) || rule.needs.every((need) => set.has(need)));
      expect(closed.isSubsetOf(features)).toBe(true);
      expect(isComplete(closed)).toBe(true);
      expect(closeFeatures(closed, rules).equals(closed)).toBe(true);
      // Largest: whatever complete subset one starts from, it survives.
      const half = features.without(...given.filter((_, i) => i % 2 === 0));
      expect(closeFeatures(half, rules).isSubsetOf(closed)).toBe(true);
      if (isComplete(features)) expect(closed.equals(features)).toBe(true);
    });
    fc.assert(property, seeded(300));
  });

  test('drops a whole chain of needs when its end is missing, and nothing else', () => {
    const chain = [
      { bit: 1, needs: [2] },
      { bit: 2, needs: [3, 4] },
    ];
    expect(closeFeatures(FeatureSet.of(1, 2, 3, 9), chain).bits()).toEqual([3, 9]);
    expect(closeFeatures(FeatureSet.of(1, 2, 3, 4), chain).bits()).toEqual([1, 2, 3, 4]);
  });

  test('two that need each other stay together', () => {
    const circle = [
      { bit: 1, needs: [2] },
      { bit: 2, needs: [1] },
    ];
    expect(closeFeatures(FeatureSet.of(1, 2), circle).bits()).toEqual([1, 2]);
    expect(closeFeatures(FeatureSet.of(1), circle).bits()).toEqual([]);
  });
});
