import { assert } from '../assert.js';

/** The unit in which memory is encrypted and shared. */
export const PAGE_BYTES = 4096;

export function pageOf(address: number): number {
  return Math.floor(address / PAGE_BYTES);
}

/** Whole pages that `sizeBytes` take, as bytes. */
export function pageAligned(sizeBytes: number): number {
  return Math.ceil(sizeBytes / PAGE_BYTES) * PAGE_BYTES;
}

export function assertPages(address: number, sizeBytes: number): void {
  assert(
    address % PAGE_BYTES === 0 && sizeBytes % PAGE_BYTES === 0 && sizeBytes > 0,
    '% bytes at % are no whole pages',
    sizeBytes,
    address,
  );
}
