import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunReport } from '../../src/report/run-json.js';
import { runJson, Scratch, sets, Vring, vring } from '../support/e2e/vring.js';

const scratch = new Scratch();
const IMAGE = scratch.path('disk.img');
const KIB = 1024;

/** debugfs's own idea of a file in the image. */
function contentInImage(image: string, name: string): Buffer {
  const target = scratch.path(`dump-${name}`);
  execFileSync('debugfs', ['-R', `dump /${name} ${target}`, image], { stdio: 'pipe' });
  return readFileSync(target);
}

/** Byte offset of a file that lies in one piece. */
function offsetInImage(image: string, name: string, blockBytes: number): number {
  const blocks = execFileSync('debugfs', ['-R', `blocks /${name}`, image], {
    stdio: 'pipe',
    encoding: 'utf8',
  })
    .trim()
    .split(/\s+/)
    .map(Number);
  const first = blocks[0] ?? Number.NaN;
  expect(blocks).toEqual(blocks.map((_, i) => first + i));
  return first * blockBytes;
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Bytes that no other place of the image holds. */
function distinctBytes(length: number, salt: number): Buffer {
  return Buffer.from(Array.from({ length }, (_, i) => (i * 131 + (i >> 8) * 17 + salt) & 0xff));
}

beforeAll(() => {
  const folder = scratch.path('folder');
  mkdirSync(folder);
  writeFileSync(`${folder}/letter.txt`, 'what the guest reads is what was put here\n'.repeat(1000));
  // No block of zeros: mke2fs would leave a hole.
  writeFileSync(`${folder}/target.bin`, distinctBytes(300 * KIB, 9));
  execFileSync('mke2fs', ['-q', '-t', 'ext4', '-b', '4096', '-d', folder, IMAGE, '16M'], { stdio: 'pipe' });
});

afterAll(() => scratch.remove());

describe('a real ext4 image', () => {
  test('is read whole through the ring, with the hash of the file', async () => {
    const { code, report } = await runJson(['blk-image', ...sets({ 'backend.path': IMAGE })]);
    expect(code).toBe(0);
    const image = readFileSync(IMAGE);
    expect(report.jobs[0]?.sha256).toBe(sha256(image));
    expect(report.jobs[0]?.verified_bytes).toBe(image.length);
  });

  test('can be read at random, every byte compared with the file', async () => {
    const { code, report } = await runJson([
      'blk-randread',
      ...sets({ 'backend.path': IMAGE, operations: 5000, warmup: 0 }),
    ]);
    expect(code).toBe(0);
    expect(report.jobs[0]).toMatchObject({ mismatches: 0, verified_bytes: 5000 * 4096 });
  });

  test.each([
    ['of whole sectors', 300 * KIB],
    ['that ends within a sector', 299 * KIB + 77],
  ])('takes a file %s, and stays a valid file system', async (_, sizeBytes) => {
    const image = scratch.path('copy.img');
    copyFileSync(IMAGE, image);
    const offset = offsetInImage(image, 'target.bin', 4096);
    const source = scratch.path('source.bin');
    const content = distinctBytes(sizeBytes, sizeBytes);
    writeFileSync(source, content);
    const { code, report } = await runJson([
      'blk-copy',
      ...sets({ 'backend.path': image, 'source.path': source, 'source.offset': offset }),
    ]);
    expect(code).toBe(0);
    expect(report.jobs[0]).toMatchObject({ mismatches: 0, errors: 0 });
    execFileSync('e2fsck', ['-fn', image], { stdio: 'pipe' });
    const stored = contentInImage(image, 'target.bin');
    expect(stored.subarray(0, sizeBytes).equals(content)).toBe(true);
    expect(stored.subarray(sizeBytes).equals(distinctBytes(300 * KIB, 9).subarray(sizeBytes))).toBe(true);
    expect(contentInImage(image, 'letter.txt').toString()).toContain('what the guest reads');
  });

  test('can be written whole, and is then the other image', async () => {
    const target = scratch.path('whole.img');
    writeFileSync(target, distinctBytes(16 * KIB * KIB, 1));
    const { code } = await runJson(['blk-copy', ...sets({ 'backend.path': target, 'source.path': IMAGE })]);
    expect(code).toBe(0);
    execFileSync('e2fsck', ['-fn', target], { stdio: 'pipe' });
    expect(sha256(readFileSync(target))).toBe(sha256(readFileSync(IMAGE)));
  });
});

describe('an image that cannot be used', () => {
  test('is missing: said with its path, exit 2', async () => {
    const { code, stderr } = await vring([
      'run',
      'blk-image',
      ...sets({ 'backend.path': scratch.path('no.img') }),
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain(scratch.path('no.img'));
  });

  test('is no whole number of sectors: said with size and remainder, exit 2', async () => {
    const odd = scratch.path('odd.img');
    writeFileSync(odd, Buffer.alloc(1000));
    const { code, stderr } = await vring(['run', 'blk-image', ...sets({ 'backend.path': odd })]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/1000/);
    expect(stderr).toMatch(/512/);
  });

  test('is a directory: said, exit 2', async () => {
    const { code, stderr } = await vring([
      'run',
      'blk-image',
      ...sets({ 'backend.path': scratch.directory }),
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain('error:');
  });

  test('shrinks while it is read: I/O errors, counted, and an end', async () => {
    const shrinking = scratch.path('shrinking.img');
    writeFileSync(shrinking, distinctBytes(8 * KIB * KIB, 3));
    const run = new Vring([
      'run',
      'blk-randread',
      '--json',
      '--progress',
      'always',
      ...sets({ 'backend.path': shrinking, operations: '2M', warmup: 0, duration: '4s', verify: false }),
    ]);
    // A line with a percentile: the first requests are back.
    await run.saysOnStderr(/p99=/);
    // However far the run has come by then, reads behind the new end fail from here on.
    truncateSync(shrinking, 4096 * 10);
    const { stdout } = await run.finished;
    const report = JSON.parse(stdout) as RunReport;
    expect(report.jobs[0]?.errors_by_kind['IOERR read']).toBeGreaterThan(0);
    expect(report.jobs[0]?.backend_errors['EIO']).toBeGreaterThan(0);
    expect(report.jobs[0]?.lost).toBe(0);
  });
});
