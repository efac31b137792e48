import { BlkStatus, SECTOR_BYTES } from '../devices/blk.js';
import type { BlkQueue } from '../guest/blk-queue.js';
import type { Operation } from './operation.js';
import type { Request } from './request-table.js';
import type { Requests } from './requests.js';

const STATUS_NAME: Readonly<Record<number, string>> = {
  [BlkStatus.ioErr]: 'IOERR',
  [BlkStatus.unsupported]: 'UNSUPP',
};

/** Puts the data of a write into its slot. */
export type Fill = (slot: number, operation: Operation, generation: number) => void;

/** Operations on a block device. */
export class BlkRequests implements Requests {
  private readonly blk: BlkQueue;
  private readonly fill: Fill;
  /** The write whose data is in its slot although the ring was full: it need not be put there again. */
  private filledSlot = -1;
  private filledSector = -1;
  private filledGeneration = -1;

  constructor(blk: BlkQueue, fill: Fill) {
    this.blk = blk;
    this.fill = fill;
  }

  post(slot: number, operation: Operation, generation: number): boolean {
    const { kind, sector, segments } = operation;
    const lengthBytes = operation.count * SECTOR_BYTES;
    switch (kind) {
      case 'read':
        return this.blk.read(slot, sector, lengthBytes, segments);
      case 'write':
        return this.write(slot, operation, generation);
      case 'flush':
        return this.blk.flush(slot);
      case 'discard':
        return this.blk.discard(slot, sector, lengthBytes);
      case 'write_zeroes':
        return this.blk.writeZeroes(slot, sector, lengthBytes);
    }
  }

  complete(): number {
    return this.blk.complete();
  }

  error(slot: number): string | null {
    const status = this.blk.status(slot);
    return status === BlkStatus.ok ? null : (STATUS_NAME[status] ?? `status ${status}`);
  }

  dataBytes(_slot: number, request: Request): number {
    return request.kind === 'read' || request.kind === 'write' ? request.count * SECTOR_BYTES : 0;
  }

  private write(slot: number, operation: Operation, generation: number): boolean {
    const { sector, segments } = operation;
    const isFilled =
      this.filledSlot === slot && this.filledSector === sector && this.filledGeneration === generation;
    if (!isFilled) this.fill(slot, operation, generation);
    const posted = this.blk.write(slot, sector, operation.count * SECTOR_BYTES, segments);
    this.filledSlot = posted ? -1 : slot;
    this.filledSector = sector;
    this.filledGeneration = generation;
    return posted;
  }
}
