import { assert } from '../assert.js';

/** Largest queue size of either layout (virtio 1.4, 2.7 and 2.8). */
export const MAX_QUEUE_SIZE = 32768;

/** Bytes of one descriptor, in the table or in an indirect table (2.7.5). */
export const DESC_BYTES = 16;

/**
 * Fields of a descriptor, by byte offset. `flags` (low half) and `next` (high half) are always accessed as the one
 * 32-bit word they share, by both sides.
 */
export const Desc = { addressLow: 0, addressHigh: 4, length: 8, flagsAndNext: 12 } as const;

/** Descriptor flags (2.7.5). */
export const DescFlag = { next: 1, write: 2, indirect: 4 } as const;

/** `avail.flags` and `used.flags` (2.7.6, 2.7.8): the only bit each has. */
export const NO_INTERRUPT = 1;
export const NO_NOTIFY = 1;

/** Guest-physical addresses of the three parts of a split virtqueue, in the spec's register names. */
export interface RingAddresses {
  /** Descriptor table, "descriptor area". */
  readonly desc: number;
  /** Available ring, "driver area". */
  readonly driver: number;
  /** Used ring, "device area". */
  readonly device: number;
}

/**
 * Where every field of one split virtqueue is, computed once (2.7, N = queue size):
 *
 *     part    align  bytes   fields
 *     desc    16     16N     { address le64, length le32, flags le16, next le16 } x N
 *     avail   2      6 + 2N  flags, idx, ring[N] le16, used_event le16
 *     used    4      6 + 8N  flags, idx, ring[N] { id le32, len le32 }, avail_event le16
 *
 * The event words are part of the sizes whether or not EVENT_IDX is negotiated.
 */
export interface SplitLayout {
  readonly size: number;
  readonly desc: number;
  readonly availFlags: number;
  readonly availIdx: number;
  readonly availRing: number;
  /** Written by the driver, at the end of *its* ring: when it wants the next interrupt. */
  readonly usedEvent: number;
  readonly usedFlags: number;
  readonly usedIdx: number;
  readonly usedRing: number;
  /** Written by the device, at the end of *its* ring: when it wants the next kick. */
  readonly availEvent: number;
}

export function isSplitQueueSize(size: number): boolean {
  return Number.isInteger(size) && size >= 1 && size <= MAX_QUEUE_SIZE && (size & (size - 1)) === 0;
}

export function splitLayout(size: number, at: RingAddresses): SplitLayout {
  assert(isSplitQueueSize(size), 'a split queue of size % is not a power of 2 up to %', size, MAX_QUEUE_SIZE);
  assert(at.desc % 16 === 0, 'the descriptor table at % is not aligned to 16 bytes', at.desc);
  assert(at.driver % 2 === 0, 'the available ring at % is not aligned to 2 bytes', at.driver);
  assert(at.device % 4 === 0, 'the used ring at % is not aligned to 4 bytes', at.device);
  return {
    size,
    desc: at.desc,
    availFlags: at.driver,
    availIdx: at.driver + 2,
    availRing: at.driver + 4,
    usedEvent: at.driver + 4 + 2 * size,
    usedFlags: at.device,
    usedIdx: at.device + 2,
    usedRing: at.device + 4,
    availEvent: at.device + 4 + 8 * size,
  };
}

/** One part's size and alignment, for whoever allocates or checks it. */
export interface RingPart {
  readonly sizeBytes: number;
  readonly align: number;
}

/** The three parts of a split virtqueue of `size` entries. */
export function splitParts(size: number): { desc: RingPart; driver: RingPart; device: RingPart } {
  return {
    desc: { sizeBytes: DESC_BYTES * size, align: 16 },
    driver: { sizeBytes: 6 + 2 * size, align: 2 },
    device: { sizeBytes: 6 + 8 * size, align: 4 },
  };
}
