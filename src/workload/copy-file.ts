import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { SECTOR_BYTES } from '../devices/blk.js';
import { ScenarioError } from '../errors.js';
import type { BlkCache } from '../guest/blk-limits.js';
import type { InitialContent } from './initial-content.js';
import type { Operation, OperationSource } from './operation.js';
import { SECTOR_WORDS } from './payload.js';

/**
 * A file that is copied to the disk: what to write, and afterwards what a read must return. When the file does not
 * end with a sector, the rest of the last one keeps what was on the disk.
 */
export class SourceFile implements InitialContent {
  readonly sizeBytes: number;
  readonly fromSector: number;
  readonly sectorCount: number;
  private readonly fd: number;
  private readonly bytes: Uint8Array;
  private readonly words: Uint32Array;
  /** What the last sector held on the disk. */
  private readonly lastSector: Uint8Array = new Uint8Array(SECTOR_BYTES);
  private loadedSector = 0;

  constructor(path: string, offsetBytes: number, diskBytes: number, blockBytes: number) {
    this.fd = openSource(path);
    this.sizeBytes = fstatSync(this.fd).size;
    this.fromSector = offsetBytes / SECTOR_BYTES;
    this.sectorCount = Math.ceil(this.sizeBytes / SECTOR_BYTES);
    this.bytes = new Uint8Array(blockBytes);
    this.words = new Uint32Array(this.bytes.buffer);
    const needed = offsetBytes + this.sectorCount * SECTOR_BYTES;
    if (this.sizeBytes === 0)
      throw new ScenarioError('SOURCE_EMPTY', `${path} is empty: there is nothing to copy`);
    if (needed > diskBytes) {
      throw new ScenarioError(
        'SOURCE_SIZE',
        `${path} needs the disk up to byte ${needed}, but it has only ${diskBytes}`,
        { needed, diskBytes },
      );
    }
  }

  /** Whether the last sector is only partly the file's. */
  get hasTail(): boolean {
    return this.sizeBytes % SECTOR_BYTES !== 0;
  }

  keepLastSector(bytes: Uint8Array): void {
    this.lastSector.set(bytes.subarray(0, SECTOR_BYTES));
  }

  /** The bytes that belong on `count` sectors from `sector` on. */
  content(sector: number, count: number): Uint8Array {
    this.load(sector, count);
    return this.bytes.subarray(0, count * SECTOR_BYTES);
  }

  load(sector: number, count: number): void {
    this.loadedSector = sector;
    const from = (sector - this.fromSector) * SECTOR_BYTES;
    const length = Math.min(count * SECTOR_BYTES, this.sizeBytes - from);
    let done = 0;
    while (done < length) {
      const read = readSync(this.fd, this.bytes, done, length - done, from + done);
      if (read === 0)
        throw new ScenarioError('SOURCE_CHANGED', 'the file to copy was shortened while it was copied');
      done += read;
    }
    if (length < count * SECTOR_BYTES) {
      this.bytes.set(this.lastSector.subarray(length % SECTOR_BYTES), length);
    }
  }

  check(words: Uint32Array, at: number, sector: number): number {
    const from = (sector - this.loadedSector) * SECTOR_WORDS;
    for (let i = 0; i < SECTOR_WORDS; i++) if (words[at + i] !== this.words[from + i]) return i;
    return -1;
  }

  close(): void {
    closeSync(this.fd);
  }
}

/** Read the last sector if it is only half the file's, write everything, flush the cache, read everything back. */
export class CopySource implements OperationSource {
  private readonly file: SourceFile;
  private readonly blockSectors: number;
  private readonly behindWrites: 'flush' | 'read';
  private phase: 'tail' | 'write' | 'flush' | 'read' | 'end' = 'tail';
  private done = 0;

  constructor(file: SourceFile, blockBytes: number, cache: BlkCache) {
    this.file = file;
    this.behindWrites = cache === 'write-back' ? 'flush' : 'read';
    this.blockSectors = blockBytes / SECTOR_BYTES;
  }

  next(operation: Operation): boolean {
    operation.segments = 1;
    operation.barrier = false;
    switch (this.phase) {
      case 'tail':
        this.phase = 'write';
        if (!this.file.hasTail) return this.next(operation);
        operation.kind = 'read';
        operation.barrier = true;
        operation.sector = this.file.fromSector + this.file.sectorCount - 1;
        operation.count = 1;
        return true;
      case 'write':
        return this.advance(operation, 'write', this.behindWrites);
      case 'flush':
        this.phase = 'read';
        operation.kind = 'flush';
        operation.barrier = true;
        operation.sector = 0;
        operation.count = 0;
        return true;
      case 'read':
        return this.advance(operation, 'read', 'end');
      case 'end':
        return false;
    }
  }

  private advance(operation: Operation, kind: 'read' | 'write', then: 'flush' | 'read' | 'end'): boolean {
    if (this.done === this.file.sectorCount) {
      this.done = 0;
      this.phase = then;
      return this.next(operation);
    }
    operation.kind = kind;
    operation.sector = this.file.fromSector + this.done;
    operation.count = Math.min(this.blockSectors, this.file.sectorCount - this.done);
    this.done += operation.count;
    return true;
  }
}

function openSource(path: string): number {
  const fd = openForReading(path);
  if (fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  throw new ScenarioError('SOURCE_KIND', `cannot copy ${path}: it is no regular file`, { path });
}

function openForReading(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    const errno = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw new ScenarioError('SOURCE_MISSING', `cannot open ${path}, the file to copy: ${errno}`, {
      path,
      errno,
    });
  }
}
