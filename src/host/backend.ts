import { VringError } from '../errors.js';
import { ExitCode } from '../exit-code.js';
import type { MemoryPort } from '../memory/port.js';

/**
 * Where the sectors of a disk are kept. Calls are synchronous and complete: they return when everything asked
 * for is done, and throw a {@link BackendError} when it cannot be. Buffers may be guest memory itself, which
 * other threads can change meanwhile; nothing here looks at what it copies.
 *
 * Offsets and lengths are bytes within `sizeBytes`; whoever calls has checked that, and has not written to
 * what is read-only. A call that failed may have had a part of its effect.
 */
export interface Backend {
  /** Whole sectors. */
  readonly sizeBytes: number;
  readonly readOnly: boolean;
  /** Fills `lengthBytes` of `memory` from `address` on with what is at `offsetBytes`. */
  read(offsetBytes: number, memory: MemoryPort, address: number, lengthBytes: number): void;
  /** Replaces what is at `offsetBytes` with `lengthBytes` of `memory` from `address` on. */
  write(offsetBytes: number, memory: MemoryPort, address: number, lengthBytes: number): void;
  /** Returns once every write that returned before would survive a crash of the host. */
  flush(): void;
  /** The content is no longer needed; what is read afterwards is anything (virtio 1.4, 5.2.6). */
  discard(offsetBytes: number, lengthBytes: number): void;
  /** Reads return zeros afterwards. `mayUnmap`: the space may be given up for it. */
  writeZeroes(offsetBytes: number, lengthBytes: number, mayUnmap: boolean): void;
  /** Lets go of what it holds. A second call does nothing. */
  close(): void;
}

/** The kinds of call that are counted and made to fail, in the words of a scenario. */
export type BackendOperation = 'read' | 'write' | 'flush' | 'discard' | 'write_zeroes';

/** The storage could not do what it was asked for. The device turns it into a status; it ends nothing. */
export class BackendError extends VringError {
  /** The operating system's name of the reason: `EIO`, `ENOSPC`. */
  readonly errno: string;

  constructor(errno: string, operation: BackendOperation, message: string) {
    super('BACKEND_ERROR', `${operation} failed with ${errno}: ${message}`, ExitCode.internal, {
      errno,
      operation,
    });
    this.errno = errno;
  }
}
