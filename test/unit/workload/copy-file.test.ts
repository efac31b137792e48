import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ScenarioError } from '../../../src/errors.js';
import { CopySource, SourceFile } from '../../../src/workload/copy-file.js';
import { newOperation } from '../../../src/workload/operation.js';
import { patternBytes, tempDir, tempImage } from '../../support/host/temp-image.js';

const BLOCK = 2048;
const DISK = 64 * 512;

function open(content: Uint8Array, offsetBytes = 0, diskBytes = DISK): SourceFile {
  const file = new SourceFile(tempImage(content), offsetBytes, diskBytes, BLOCK);
  onTestFinished(() => file.close());
  return file;
}

function operations(file: SourceFile): string[] {
  const source = new CopySource(file, BLOCK, 'write-back');
  const operation = newOperation();
  const lines: string[] = [];
  while (source.next(operation)) {
    const { kind, sector, count, segments, barrier } = operation;
    lines.push(`${kind} ${sector}+${count}${barrier ? ' alone' : ''}${segments === 1 ? '' : ' cut'}`);
  }
  expect(source.next(operation), 'an end is an end').toBe(false);
  return lines;
}

describe('copying a file', () => {
  test('writes all of it, flushes, and reads all of it back', () => {
    expect(operations(open(patternBytes(10 * 512), 8 * 512))).toEqual([
      'write 8+4',
      'write 12+4',
      'write 16+2',
      'flush 0+0 alone',
      'read 8+4',
      'read 12+4',
      'read 16+2',
    ]);
  });

  test('that does not end with a sector begins with what is behind its end', () => {
    expect(operations(open(patternBytes(4 * 512 + 1)))).toEqual([
      'read 4+1 alone',
      'write 0+4',
      'write 4+1',
      'flush 0+0 alone',
      'read 0+4',
      'read 4+1',
    ]);
  });

  test('of a single byte is a copy too', () => {
    expect(operations(open(Uint8Array.of(7), 512))).toEqual([
      'read 1+1 alone',
      'write 1+1',
      'flush 0+0 alone',
      'read 1+1',
    ]);
  });
});

describe('the content to be written', () => {
  test('is the file’s, block by block, from wherever the disk is written', () => {
    const bytes = patternBytes(10 * 512);
    const file = open(bytes, 8 * 512);
    expect([file.fromSector, file.sectorCount, file.hasTail]).toEqual([8, 10, false]);
    expect(Buffer.compare(file.content(8, 4), bytes.subarray(0, 2048))).toBe(0);
    expect(Buffer.compare(file.content(16, 2), bytes.subarray(8 * 512))).toBe(0);
    expect(Buffer.compare(file.content(9, 1), bytes.subarray(512, 1024))).toBe(0);
  });

  test.each([1, 511, 512 + 100, 2047])('keeps what the disk holds behind a file of %i bytes', (size) => {
    const bytes = patternBytes(size);
    const file = open(bytes);
    expect(file.hasTail).toBe(true);
    const onDisk = patternBytes(512, 5);
    file.keepLastSector(Buffer.concat([onDisk, patternBytes(512, 6)]));
    const expected = Buffer.concat([bytes, onDisk.subarray(size % 512)]);
    expect(expected.length).toBe(file.sectorCount * 512);
    expect(Buffer.compare(file.content(0, file.sectorCount), expected)).toBe(0);
    const words = new Uint32Array(
      expected.buffer.slice(expected.byteOffset, expected.byteOffset + expected.length),
    );
    file.load(0, file.sectorCount);
    for (let sector = 0; sector < file.sectorCount; sector++) {
      expect(file.check(words, sector * 128, sector)).toBe(-1);
    }
    const last = file.sectorCount * 128 - 1;
    words[last] = (words[last] as number) ^ 1;
    expect(file.check(words, last - 127, file.sectorCount - 1)).toBe(127);
  });

  test('is read as it is now: a file that shrinks meanwhile cannot be copied', () => {
    const path = tempImage(patternBytes(4096));
    const file = new SourceFile(path, 0, DISK, BLOCK);
    onTestFinished(() => file.close());
    truncateSync(path, 1000);
    expect(() => file.content(0, 4)).toThrow(expect.objectContaining({ code: 'SOURCE_CHANGED' }) as Error);
  });
});

describe('a file that cannot be copied', () => {
  const make = (path: string, offsetBytes = 0): SourceFile => new SourceFile(path, offsetBytes, DISK, BLOCK);

  test('is told to the user before anything is written', () => {
    const dir = tempDir();
    expect(() => make(join(dir, 'missing'))).toThrow(
      expect.objectContaining({
        code: 'SOURCE_MISSING',
        message: expect.stringContaining('ENOENT'),
      }) as Error,
    );
    writeFileSync(join(dir, 'empty'), '');
    expect(() => make(join(dir, 'empty'))).toThrow(
      expect.objectContaining({ code: 'SOURCE_EMPTY' }) as Error,
    );
    writeFileSync(join(dir, 'large'), patternBytes(1024));
    expect(() => make(join(dir, 'large'), DISK - 512)).toThrow(
      expect.objectContaining({
        code: 'SOURCE_SIZE',
        fields: { needed: DISK + 512, diskBytes: DISK },
      }) as Error,
    );
    mkdirSync(join(dir, 'folder'));
    for (const name of ['missing', 'empty', 'folder'])
      expect(() => make(join(dir, name))).toThrow(ScenarioError);
  });

  test('may fill the disk to its last sector', () => {
    expect(open(patternBytes(1000), DISK - 1024).sectorCount).toBe(2);
  });
});
