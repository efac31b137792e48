import { assert } from '../assert.js';
import { MAX_QUEUE_SIZE, type RingAddresses, type RingPart } from './split-layout.js';

/** Bytes of one descriptor, in the ring or in an indirect table (virtio 1.4, 2.8.14). */
export const PACKED_DESC_BYTES = 16;

/** Fields of a descriptor, by byte offset. `id` and `flags` stand the other way round than split's last two. */
export const PackedDesc = { addressLow: 0, addressHigh: 4, length: 8, id: 12, flags: 14 } as const;

/** Descriptor flags (2.8.14). Whose turn it is says the pair AVAIL and USED, together with a wrap counter (2.8.1). */
export const PackedFlag = { next: 1, write: 2, indirect: 4, avail: 0x80, used: 0x8000 } as const;

/** Fields of an event suppression structure (2.8.14): where the next notification is wanted, and whether. */
export const PackedEvent = { offWrap: 0, flags: 2 } as const;

/** Values of its flags; `desc` only with EVENT_IDX, 3 is reserved. */
export const EventFlag = { enable: 0, disable: 1, desc: 2 } as const;

/**
 * Where everything of one packed virtqueue is (2.8, N = queue size, any number from 1 to 32768):
 *
 *     part              align  bytes  written by
 *     descriptor ring   16     16N    both sides
 *     driver events     4      4      the driver: when it wants used buffer notifications
 *     device events     4      4      the device: when it wants available buffer notifications
 */
export interface PackedLayout {
  readonly size: number;
  readonly ring: number;
  readonly driverEvent: number;
  readonly deviceEvent: number;
}

export function isPackedQueueSize(size: number): boolean {
  return Number.isInteger(size) && size >= 1 && size <= MAX_QUEUE_SIZE;
}

export function packedLayout(size: number, at: RingAddresses): PackedLayout {
  assert(isPackedQueueSize(size), '% is not the size of a packed queue', size);
  assert(at.desc % 16 === 0, 'the descriptor ring at % is not aligned to 16 bytes', at.desc);
  assert(at.driver % 4 === 0, 'the driver event structure at % is not aligned to 4 bytes', at.driver);
  assert(at.device % 4 === 0, 'the device event structure at % is not aligned to 4 bytes', at.device);
  return { size, ring: at.desc, driverEvent: at.driver, deviceEvent: at.device };
}

/** The three parts of a packed virtqueue of `size` entries. */
export function packedParts(size: number): { desc: RingPart; driver: RingPart; device: RingPart } {
  return {
    desc: { sizeBytes: PACKED_DESC_BYTES * size, align: 16 },
    driver: { sizeBytes: 4, align: 4 },
    device: { sizeBytes: 4, align: 4 },
  };
}
