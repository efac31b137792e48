import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  checkStamp,
  checkZeroes,
  SECTOR_WORDS,
  stampDisk,
  stampSector,
} from '../../../src/workload/payload.js';
import { seeded } from '../../support/ring/seeded.js';

const word = fc.nat(0xffff_ffff);

function stamped(sector: number, generation: number, seed: number): Uint32Array {
  const words = new Uint32Array(SECTOR_WORDS);
  stampSector(words, 0, sector, generation, seed);
  return words;
}

describe('a stamp', () => {
  test('is recognised, at any place and for any numbers', () => {
    const property = fc.property(word, word, word, fc.nat(3), (sector, generation, seed, place) => {
      const words = new Uint32Array(4 * SECTOR_WORDS);
      const at = place * SECTOR_WORDS;
      stampSector(words, at, sector, generation, seed);
      expect(checkStamp(words, at, sector, generation, seed)).toBe(-1);
      const around = words.filter((_, i) => i < at || i >= at + SECTOR_WORDS);
      expect(
        around.every((value) => value === 0),
        'and nothing around it is touched',
      ).toBe(true);
    });
    fc.assert(property, seeded(100));
  });

  test('shows every single flipped bit, and in which word it is', () => {
    const property = fc.property(word, word, word, (sector, generation, seed) => {
      const words = stamped(sector, generation, seed);
      for (let bit = 0; bit < 512 * 8; bit++) {
        const at = bit >>> 5;
        const right = words[at] as number;
        words[at] = right ^ (1 << (bit & 31));
        if (checkStamp(words, 0, sector, generation, seed) !== at) expect.fail(`bit ${bit} was missed`);
        words[at] = right;
      }
    });
    fc.assert(property, seeded(20));
  });

  test('is not taken for that of another sector, write or run', () => {
    const property = fc.property(fc.array(word, { minLength: 6, maxLength: 6 }), (numbers) => {
      const [sector, generation, seed, ...others] = numbers as [number, number, number, ...number[]];
      const words = stamped(sector, generation, seed);
      const [a = 0, b = 0, c = 0] = others;
      if (a !== sector) expect(checkStamp(words, 0, a, generation, seed)).toBe(0);
      if (b !== generation) expect(checkStamp(words, 0, sector, b, seed)).toBe(1);
      if (c !== seed) expect(checkStamp(words, 0, sector, generation, c)).toBe(2);
    });
    fc.assert(property, seeded(200));
  });

  test('is in every word: with those of any two writes exchanged, the mixture shows', () => {
    const property = fc.property(
      word,
      fc.uniqueArray(word, { minLength: 2, maxLength: 2 }),
      word,
      (...all) => {
        const [sector, generations, seed] = all;
        const [older, newer] = generations.map((generation) => stamped(sector, generation, seed));
        // What a torn write would leave: the new sector up to some word, the old one behind it.
        for (let cut = 1; cut < SECTOR_WORDS; cut++) {
          const torn = Uint32Array.from(newer as Uint32Array);
          torn.set((older as Uint32Array).subarray(cut), cut);
          if (checkStamp(torn, 0, sector, generations[1] as number, seed) === -1) expect.fail(`cut ${cut}`);
        }
      },
    );
    fc.assert(property, seeded(20));
  });

  test('covers a whole disk, sector by sector, as generation 0', () => {
    const words = new Uint32Array(10 * SECTOR_WORDS);
    stampDisk(words, 99);
    for (let sector = 0; sector < 10; sector++) {
      expect(checkStamp(words, sector * SECTOR_WORDS, sector, 0, 99)).toBe(-1);
    }
  });
});

describe('zeros', () => {
  test('are recognised, and any single bit that is not one of them', () => {
    const words = new Uint32Array(3 * SECTOR_WORDS).fill(7);
    words.fill(0, SECTOR_WORDS, 2 * SECTOR_WORDS);
    expect(checkZeroes(words, SECTOR_WORDS)).toBe(-1);
    for (let bit = 0; bit < 512 * 8; bit++) {
      const at = SECTOR_WORDS + (bit >>> 5);
      words[at] = 1 << (bit & 31);
      if (checkZeroes(words, SECTOR_WORDS) !== bit >>> 5) expect.fail(`bit ${bit} was missed`);
      words[at] = 0;
    }
  });
});
