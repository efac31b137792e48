import { SECTOR_BYTES } from '../devices/blk.js';
import { type DiskModel, INITIAL_CONTENT, UNKNOWN_CONTENT, ZERO_CONTENT } from './disk-model.js';
import type { InitialContent } from './initial-content.js';
import { checkStamp, checkZeroes, SECTOR_WORDS } from './payload.js';

/** How many mismatches are spelled out; all are counted. */
const SAMPLES_MAX = 8;

/** Checks every byte that a read returned against what the disk must hold. */
export class Verifier {
  verifiedBytes = 0;
  /** Sectors that were not what they had to be. */
  mismatches = 0;
  readonly samples: string[] = [];
  private readonly model: DiskModel;
  private readonly initial: InitialContent;
  private readonly seed: number;

  constructor(model: DiskModel, initial: InitialContent, seed: number) {
    this.model = model;
    this.initial = initial;
    this.seed = seed;
  }

  /** Checks `count` sectors from `sector` on, whose bytes are at the start of `words`. */
  check(words: Uint32Array, sector: number, count: number): void {
    this.initial.load(sector, count);
    for (let i = 0; i < count; i++) this.checkSector(words, i * SECTOR_WORDS, sector + i);
  }

  private checkSector(words: Uint32Array, at: number, sector: number): void {
    const expected = this.model.expected(sector);
    if (expected === UNKNOWN_CONTENT) return;
    this.verifiedBytes += SECTOR_BYTES;
    const wrong = this.firstWrong(words, at, sector, expected);
    if (wrong === -1) return;
    this.mismatches += 1;
    if (this.samples.length < SAMPLES_MAX) this.samples.push(describe(words, at, sector, expected, wrong));
  }

  private firstWrong(words: Uint32Array, at: number, sector: number, expected: number): number {
    if (expected === INITIAL_CONTENT) return this.initial.check(words, at, sector);
    if (expected === ZERO_CONTENT) return checkZeroes(words, at);
    return checkStamp(words, at, sector, expected, this.seed);
  }
}

function describe(words: Uint32Array, at: number, sector: number, expected: number, wrong: number): string {
  const special = expected === INITIAL_CONTENT ? 'its initial content' : 'zeros';
  const isSpecial = expected === INITIAL_CONTENT || expected === ZERO_CONTENT;
  const wanted = isSpecial ? special : `generation ${expected}`;
  const hex = (words[at + wrong] as number).toString(16).padStart(8, '0');
  return (
    `sector ${sector}: expected ${wanted}, byte ${wrong * 4} holds 0x${hex}; ` +
    `read as a stamp it is of sector ${words[at]}, generation ${words[at + 1]}`
  );
}
