import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A directory of the running test's own, gone when the test is over. */
export function tempDir(): string {
  const path = mkdtempSync(join(tmpdir(), 'vring-host-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A file with `content`, or with that many zero bytes that take no space. */
export function tempImage(content: Uint8Array | number): string {
  const path = join(tempDir(), 'disk.img');
  writeFileSync(path, typeof content === 'number' ? '' : content);
  if (typeof content === 'number') truncateSync(path, content);
  return path;
}

/** Bytes that differ from sector to sector and within each; never 0. */
export function patternBytes(lengthBytes: number, salt = 0): Uint8Array {
  return Uint8Array.from({ length: lengthBytes }, (_, i) => 1 + ((i * 7 + (i >>> 9) * 13 + salt * 29) % 255));
}
