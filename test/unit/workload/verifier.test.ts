import { describe, expect, test } from 'vitest';
import { DiskModel } from '../../../src/workload/disk-model.js';
import { StampedContent } from '../../../src/workload/initial-content.js';
import { SECTOR_WORDS, stampDisk, stampSector } from '../../../src/workload/payload.js';
import { Verifier } from '../../../src/workload/verifier.js';

const SEED = 11;
const SECTORS = 32;

/** A disk as it should be, the model that knows it, and the verifier between them. */
class Rig {
  readonly model: DiskModel = new DiskModel(0, SECTORS);
  readonly disk: Uint32Array = new Uint32Array(SECTORS * SECTOR_WORDS);
  readonly verifier: Verifier = new Verifier(this.model, new StampedContent(SEED), SEED);

  constructor() {
    stampDisk(this.disk, SEED);
  }

  write(sector: number): void {
    const generation = this.model.newGeneration();
    stampSector(this.disk, sector * SECTOR_WORDS, sector, generation, SEED);
    this.model.setWritten(sector, 1, generation);
  }

  /** What a read of these sectors returns, perhaps with something changed on the way. */
  read(sector: number, count: number, spoil: (words: Uint32Array) => void = () => undefined): void {
    const words = this.disk.slice(sector * SECTOR_WORDS, (sector + count) * SECTOR_WORDS);
    spoil(words);
    this.verifier.check(words, sector, count);
  }
}

describe('the verifier', () => {
  test('finds a disk as it should be', () => {
    const rig = new Rig();
    rig.write(3);
    rig.write(4);
    rig.write(4);
    rig.disk.fill(0, 5 * SECTOR_WORDS, 6 * SECTOR_WORDS);
    rig.model.setZeroes(5, 1);
    rig.read(0, SECTORS);
    expect(rig.verifier.mismatches).toBe(0);
    expect(rig.verifier.verifiedBytes).toBe(SECTORS * 512);
    expect(rig.verifier.samples).toEqual([]);
  });

  test.each([
    ['its initial content', () => undefined],
    ['zeros', (rig: Rig) => rig.model.setZeroes(2, 1)],
    ['generation 1', (rig: Rig) => rig.write(2)],
  ])('finds a sector that should hold %s and does not', (what, prepare) => {
    const rig = new Rig();
    prepare(rig);
    rig.read(2, 1, (words) => (words[127] = 1));
    expect(rig.verifier.mismatches).toBe(1);
    expect(rig.verifier.samples).toHaveLength(1);
    expect(rig.verifier.samples[0]).toContain(`sector 2: expected ${what}, byte `);
  });

  test('says where the first wrong bytes are, and whose they look like', () => {
    const rig = new Rig();
    rig.read(6, 2, (words) => stampSector(words, SECTOR_WORDS, 9, 3, SEED));
    expect(rig.verifier.samples).toEqual([
      'sector 7: expected its initial content, byte 0 holds 0x00000009; ' +
        'read as a stamp it is of sector 9, generation 3',
    ]);
    const other = new Rig();
    other.read(0, 1, (words) => (words[5] = 0xabc));
    expect(other.verifier.samples[0]).toContain('byte 20 holds 0x00000abc');
  });

  test('finds data that is one write behind', () => {
    const rig = new Rig();
    rig.write(1);
    const old = rig.disk.slice(SECTOR_WORDS, 2 * SECTOR_WORDS);
    rig.write(1);
    rig.read(1, 1, (words) => words.set(old));
    expect(rig.verifier.samples[0]).toContain('expected generation 2');
    expect(rig.verifier.samples[0]).toContain('of sector 1, generation 1');
  });

  test('has nothing to say of a sector that may hold anything, and does not count it', () => {
    const rig = new Rig();
    rig.model.setUnknown(1, 2);
    rig.read(0, 4, (words) => words.fill(0xff, SECTOR_WORDS, 3 * SECTOR_WORDS));
    expect([rig.verifier.mismatches, rig.verifier.verifiedBytes]).toEqual([0, 2 * 512]);
  });

  test('counts all that is wrong, and spells out the first eight', () => {
    const rig = new Rig();
    rig.read(0, 20, (words) => words.fill(0));
    rig.read(20, 5);
    expect(rig.verifier.mismatches).toBe(20);
    expect(rig.verifier.verifiedBytes).toBe(25 * 512);
    expect(rig.verifier.samples.map((sample) => sample.split(':')[0])).toEqual(
      [0, 1, 2, 3, 4, 5, 6, 7].map((sector) => `sector ${sector}`),
    );
  });
});
