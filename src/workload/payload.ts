import { SECTOR_BYTES } from '../devices/blk.js';
import { mix32 } from '../rng.js';

/** 32-bit words of a sector. */
export const SECTOR_WORDS: number = SECTOR_BYTES / 4;

/** Words in front of the filler: sector, generation, seed, and a mix of the three. */
const STAMP_WORDS = 4;

const STEP = 0x9e3779b1;

/**
 * Fills the sector's words from `at` on: a stamp that names the sector, the write (`generation`) and the run (`seed`),
 * then a filler that follows from them. Any byte from another sector, another write or another run shows.
 */
export function stampSector(
  words: Uint32Array,
  at: number,
  sector: number,
  generation: number,
  seed: number,
): void {
  const mixed = mix32(mix32(sector, generation), seed);
  words[at] = sector;
  words[at + 1] = generation;
  words[at + 2] = seed;
  words[at + 3] = mixed;
  let value = mixed;
  for (let i = STAMP_WORDS; i < SECTOR_WORDS; i++) {
    value = (value + STEP) | 0;
    words[at + i] = value;
  }
}

/** Index of the first word that is not as {@link stampSector} wrote it, or -1. */
export function checkStamp(
  words: Uint32Array,
  at: number,
  sector: number,
  generation: number,
  seed: number,
): number {
  const mixed = mix32(mix32(sector, generation), seed);
  if (words[at] !== sector >>> 0) return 0;
  if (words[at + 1] !== generation) return 1;
  if (words[at + 2] !== seed) return 2;
  if (words[at + 3] !== mixed) return 3;
  let value = mixed;
  for (let i = STAMP_WORDS; i < SECTOR_WORDS; i++) {
    value = (value + STEP) | 0;
    if ((words[at + i] as number) !== value >>> 0) return i;
  }
  return -1;
}

/** Index of the first word that is not zero, or -1. */
export function checkZeroes(words: Uint32Array, at: number): number {
  for (let i = 0; i < SECTOR_WORDS; i++) if (words[at + i] !== 0) return i;
  return -1;
}

/** Fills a whole disk, sector by sector, with generation 0: what a run expects to find before it has written. */
export function stampDisk(words: Uint32Array, seed: number): void {
  for (let at = 0, sector = 0; at < words.length; at += SECTOR_WORDS, sector++)
    stampSector(words, at, sector, 0, seed);
}
