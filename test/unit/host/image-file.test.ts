import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ScenarioError } from '../../../src/errors.js';
import { openImage } from '../../../src/host/image-file.js';
import { tempDir, tempImage } from '../../support/host/temp-image.js';

/** A regular file that not even root can open for writing. */
const UNWRITABLE = '/sys/kernel/address_bits';

function errorOf(action: () => unknown): ScenarioError {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(ScenarioError);
    return error as ScenarioError;
  }
  throw new Error('nothing was thrown');
}

describe('an image is opened', () => {
  test('with its size', () => {
    const image = openImage(tempImage(3 * 512), false);
    closeSync(image.fd);
    expect(image.sizeBytes).toBe(1536);
  });

  test.each([true, false])('unless it is missing (read-only: %s)', (readOnly) => {
    const path = join(tempDir(), 'nowhere', 'disk.img');
    const error = errorOf(() => openImage(path, readOnly));
    expect(error).toMatchObject({ code: 'BACKEND_MISSING', exitCode: 2, fields: { path } });
    expect(error.message).toContain(path);
  });

  test('unless a part of its path is a file', () => {
    const error = errorOf(() => openImage(join(tempImage(512), 'disk.img'), true));
    expect(error.code).toBe('BACKEND_MISSING');
  });

  test.each([true, false])('unless it is a directory (read-only: %s)', (readOnly) => {
    const error = errorOf(() => openImage(tempDir(), readOnly));
    expect(error.code).toBe('BACKEND_NOT_A_FILE');
    expect(error.message).toContain('a directory');
  });

  test('unless it is a device', () => {
    expect(errorOf(() => openImage('/dev/zero', false)).code).toBe('BACKEND_NOT_A_FILE');
  });

  test('unless it is a FIFO, which nobody waits for', () => {
    const path = join(tempDir(), 'fifo');
    execFileSync('mkfifo', [path]);
    const error = errorOf(() => openImage(path, true));
    expect(error.code).toBe('BACKEND_NOT_A_FILE');
    expect(error.message).toContain('a FIFO');
  });

  test('unless it is empty', () => {
    const error = errorOf(() => openImage(tempImage(0), false));
    expect(error).toMatchObject({ code: 'BACKEND_SIZE', fields: { sizeBytes: 0 } });
    expect(error.message).toContain('empty');
  });

  test('unless it ends within a sector', () => {
    const error = errorOf(() => openImage(tempImage(1030), false));
    expect(error).toMatchObject({ code: 'BACKEND_SIZE', fields: { sizeBytes: 1030, remainderBytes: 6 } });
    expect(error.message).toMatch(/1030 bytes, 6 more than a multiple of 512/);
  });

  test.skipIf(!existsSync('/proc/self/fd'))('and closed again when it is no disk', () => {
    const path = tempImage(513);
    errorOf(() => openImage(path, false));
    const open = readdirSync('/proc/self/fd').filter((fd) => existsSync(`/proc/self/fd/${fd}`));
    expect(open.map((fd) => readlinkSync(`/proc/self/fd/${fd}`))).not.toContain(path);
  });

  test.skipIf(!existsSync(UNWRITABLE))('unless it may not be written', () => {
    const error = errorOf(() => openImage(UNWRITABLE, false));
    expect(error).toMatchObject({ code: 'BACKEND_PERMISSION', fields: { errno: 'EACCES' } });
    expect(error.message).toContain('read-only');
    closeSync(openImage(UNWRITABLE, true).fd);
  });

  test.each([
    ['a'.repeat(300), 'ENAMETOOLONG'],
    ['disk\0.img', 'ERR_INVALID_ARG_VALUE'],
  ])('unless there is another reason not to', (name, errno) => {
    const error = errorOf(() => openImage(join(tempDir(), name), true));
    expect(error).toMatchObject({ code: 'BACKEND_OPEN', fields: { errno } });
  });
});
