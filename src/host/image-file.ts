import { closeSync, fstatSync, openSync, statSync, type Stats } from 'node:fs';
import { SECTOR_BYTES } from '../devices/blk.js';
import { ScenarioError } from '../errors.js';

/** A raw image that was opened and looks like a disk. */
export interface ImageFile {
  readonly fd: number;
  readonly sizeBytes: number;
}

/** Opens a raw disk image; everything that the user can have got wrong is a {@link ScenarioError} here. */
export function openImage(path: string, readOnly: boolean): ImageFile {
  // Looked at before it is opened: opening a FIFO to read waits until somebody writes.
  const stats = attempt(path, readOnly, () => statSync(path));
  if (!stats.isFile()) {
    throw new ScenarioError(
      'BACKEND_NOT_A_FILE',
      `the image ${path} is ${kindOf(stats)}, not a regular file`,
      {
        path,
      },
    );
  }
  const fd = attempt(path, readOnly, () => openSync(path, readOnly ? 'r' : 'r+'));
  const sizeBytes = fstatSync(fd).size;
  const wrong = sizeProblem(path, sizeBytes);
  if (wrong === null) return { fd, sizeBytes };
  closeSync(fd);
  throw wrong;
}

function sizeProblem(path: string, sizeBytes: number): ScenarioError | null {
  const remainderBytes = sizeBytes % SECTOR_BYTES;
  if (sizeBytes === 0)
    return new ScenarioError('BACKEND_SIZE', `the image ${path} is empty`, { path, sizeBytes });
  if (remainderBytes === 0) return null;
  return new ScenarioError(
    'BACKEND_SIZE',
    `the image ${path} has ${sizeBytes} bytes, ${remainderBytes} more than a multiple of ${SECTOR_BYTES}`,
    { path, sizeBytes, remainderBytes },
  );
}

function attempt<T>(path: string, readOnly: boolean, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw scenarioError(path, readOnly, error);
  }
}

function scenarioError(path: string, readOnly: boolean, error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case undefined:
      return error;
    case 'ENOENT':
    case 'ENOTDIR':
      return new ScenarioError('BACKEND_MISSING', `the image ${path} does not exist`, { path });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS': {
      const wish = readOnly ? 'read' : 'read and write';
      const hint = readOnly ? '' : '; a disk that is only read can be marked as read-only';
      return new ScenarioError(
        'BACKEND_PERMISSION',
        `no permission to ${wish} the image ${path} (${code})${hint}`,
        {
          path,
          errno: code,
        },
      );
    }
    default:
      return new ScenarioError('BACKEND_OPEN', `the image ${path} cannot be opened: ${message}`, {
        path,
        errno: code,
      });
  }
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a directory';
  if (stats.isBlockDevice() || stats.isCharacterDevice()) return 'a device';
  if (stats.isFIFO()) return 'a FIFO';
  return stats.isSocket() ? 'a socket' : 'something else';
}
