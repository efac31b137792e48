import { closeSync, fdatasyncSync, readSync, writeSync } from 'node:fs';
import { assert } from '../assert.js';
import type { MemoryPort } from '../memory/port.js';
import { type Backend, BackendError, type BackendOperation } from './backend.js';
import type { ImageFile } from './image-file.js';

/** The most that is asked of one system call: Linux moves at most 2 GiB less a page, Node refuses 2 GiB. */
const MAX_TRANSFER_BYTES = 2 ** 30;

/** Written again and again by {@link FileBackend.writeZeroes}; nobody else may write it. */
const ZEROES: Uint8Array = new Uint8Array(256 * 1024);

/** A raw image: sector n is at byte 512 n of the file. Each queue's thread opens its own. */
export class FileBackend implements Backend {
  readonly sizeBytes: number;
  readonly readOnly: boolean;
  private readonly fd: number;
  private open = true;

  constructor(image: ImageFile, readOnly: boolean) {
    this.sizeBytes = image.sizeBytes;
    this.readOnly = readOnly;
    this.fd = image.fd;
  }

  read(offsetBytes: number, memory: MemoryPort, address: number, lengthBytes: number): void {
    const target = memory.target(address, lengthBytes);
    let done = 0;
    while (done < lengthBytes) {
      const count = this.readNow(offsetBytes + done, target, done);
      // The size was checked when the file was opened: somebody has truncated it since.
      if (count === 0) throw new BackendError('EIO', 'read', `the image ends at byte ${offsetBytes + done}`);
      done += count;
    }
  }

  write(offsetBytes: number, memory: MemoryPort, address: number, lengthBytes: number): void {
    this.writeAll('write', offsetBytes, memory.bytes(address, lengthBytes), lengthBytes);
  }

  flush(): void {
    try {
      // The size never changes, and nothing reads the times: the data is all that matters.
      fdatasyncSync(this.fd);
    } catch (error) {
      throw backendError('flush', error);
    }
  }

  /** Nothing: a discard is a hint (N0738), and Node has no call that punches a hole into a file. */
  discard(_offsetBytes: number, _lengthBytes: number): void {}

  /** Zeros are written out whatever `mayUnmap` allows, for the same reason. */
  writeZeroes(offsetBytes: number, lengthBytes: number, _mayUnmap: boolean): void {
    for (let done = 0; done < lengthBytes; done += ZEROES.length) {
      const count = Math.min(ZEROES.length, lengthBytes - done);
      this.writeAll('write_zeroes', offsetBytes + done, ZEROES, count);
    }
  }

  close(): void {
    if (!this.open) return;
    this.open = false;
    closeSync(this.fd);
  }

  private readNow(offsetBytes: number, target: Uint8Array, from: number): number {
    try {
      return readSync(this.fd, target, from, Math.min(target.length - from, MAX_TRANSFER_BYTES), offsetBytes);
    } catch (error) {
      throw backendError('read', error);
    }
  }

  private writeAll(
    operation: BackendOperation,
    offsetBytes: number,
    source: Uint8Array,
    lengthBytes: number,
  ): void {
    assert(!this.readOnly, 'a read-only backend was written');
    let done = 0;
    while (done < lengthBytes) {
      const count = this.writeNow(operation, offsetBytes + done, source, done, lengthBytes - done);
      if (count === 0) throw new BackendError('EIO', operation, `no byte was taken at ${offsetBytes + done}`);
      done += count;
    }
  }

  private writeNow(
    operation: BackendOperation,
    offsetBytes: number,
    source: Uint8Array,
    from: number,
    lengthBytes: number,
  ): number {
    try {
      return writeSync(this.fd, source, from, Math.min(lengthBytes, MAX_TRANSFER_BYTES), offsetBytes);
    } catch (error) {
      throw backendError(operation, error);
    }
  }
}

/**
 * What the system said, as ours. Anything else, such as an argument that Node refused, is a bug and stays as
 * it is.
 */
function backendError(operation: BackendOperation, error: unknown): unknown {
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) return error;
  return new BackendError(code, operation, message);
}
