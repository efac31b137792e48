import { appendFileSync, writeFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { FileContent, StampedContent } from '../../../src/workload/initial-content.js';
import { SECTOR_WORDS, stampDisk } from '../../../src/workload/payload.js';
import { patternBytes, tempImage } from '../../support/host/temp-image.js';

function wordsOf(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(Uint8Array.from(bytes).buffer);
}

function open(path: string): FileContent {
  const content = new FileContent(path, 4096);
  onTestFinished(() => content.close());
  return content;
}

test('a stamped disk is checked sector by sector, by its seed', () => {
  const words = new Uint32Array(4 * SECTOR_WORDS);
  stampDisk(words, 5);
  const content = new StampedContent(5);
  content.load();
  for (let sector = 0; sector < 4; sector++) {
    expect(content.check(words, sector * SECTOR_WORDS, sector)).toBe(-1);
    expect(new StampedContent(6).check(words, sector * SECTOR_WORDS, sector)).toBe(2);
  }
  content.close();
});

test('an image is checked against its file, wherever the read began', () => {
  const bytes = patternBytes(16 * 512);
  const content = open(tempImage(bytes));
  const words = wordsOf(bytes);
  for (const [sector, count] of [
    [0, 8],
    [5, 3],
    [15, 1],
  ] as const) {
    content.load(sector, count);
    for (let i = 0; i < count; i++) {
      const at = (sector + i) * SECTOR_WORDS;
      expect(content.check(words, at, sector + i)).toBe(-1);
      words[at + 77] = (words[at + 77] as number) ^ 0x100;
      expect(content.check(words, at, sector + i)).toBe(77);
      words[at + 77] = (words[at + 77] as number) ^ 0x100;
    }
  }
});

test('an image reads as zeros behind its end, and nothing is left over from the read before', () => {
  const path = tempImage(patternBytes(1024 + 100));
  const content = open(path);
  content.load(0, 2);
  content.load(2, 2);
  const expected = new Uint8Array(1024);
  expected.set(patternBytes(1124).subarray(1024));
  expect(content.check(wordsOf(expected), 0, 2)).toBe(-1);
  expect(content.check(wordsOf(expected), SECTOR_WORDS, 3)).toBe(-1);
  content.load(100, 1);
  expect(content.check(new Uint32Array(SECTOR_WORDS), 0, 100)).toBe(-1);
});

test('an image is read as it is at the time', () => {
  const path = tempImage(new Uint8Array(512));
  const content = open(path);
  appendFileSync(path, patternBytes(512, 3));
  content.load(1, 1);
  expect(content.check(wordsOf(patternBytes(512, 3)), 0, 1)).toBe(-1);
  writeFileSync(path, patternBytes(512, 4));
  content.load(0, 1);
  expect(content.check(wordsOf(patternBytes(512, 4)), 0, 0)).toBe(-1);
});
