import { assert } from '../assert.js';
import { SECTOR_BYTES } from '../devices/blk.js';
import type { MemoryPort } from '../memory/port.js';
import type { SharedMemory } from '../memory/shared-memory.js';
import type { Backend } from './backend.js';

/**
 * A disk in memory that all host threads share. Accesses are plain: requests that overlap in time on the same
 * sectors may mix, as they may on a real disk, and a driver that cares waits for one before it sends the
 * other.
 */
export class MemoryBackend implements Backend {
  readonly sizeBytes: number;
  readonly readOnly: boolean;
  private readonly disk: SharedMemory;
  /** All of it. */
  private readonly bytes: Uint8Array;

  constructor(disk: SharedMemory, readOnly: boolean) {
    assert(
      disk.sizeBytes % SECTOR_BYTES === 0,
      'a disk of % bytes is no whole number of sectors',
      disk.sizeBytes,
    );
    this.sizeBytes = disk.sizeBytes;
    this.readOnly = readOnly;
    this.disk = disk;
    this.bytes = disk.bytes(0, disk.sizeBytes);
  }

  read(offsetBytes: number, memory: MemoryPort, address: number, lengthBytes: number): void {
    memory.copyIn(address, this.bytes, offsetBytes, lengthBytes);
  }

  write(offsetBytes: number, memory: MemoryPort, address: number, lengthBytes: number): void {
    assert(!this.readOnly, 'a read-only backend was written');
    memory.copyOut(address, this.bytes, offsetBytes, lengthBytes);
  }

  /** Nothing: there is no slower place behind this memory that a write could still have to reach. */
  flush(): void {}

  /**
   * Zeros: it would be allowed to keep the data, but then nobody would notice a driver that still counts on
   * it.
   */
  discard(offsetBytes: number, lengthBytes: number): void {
    this.writeZeroes(offsetBytes, lengthBytes);
  }

  writeZeroes(offsetBytes: number, lengthBytes: number): void {
    assert(!this.readOnly, 'a read-only backend was written');
    this.disk.bytes(offsetBytes, lengthBytes).fill(0);
  }

  close(): void {}
}
