import { mix32 } from '../rng.js';
import { PAGE_BYTES, pageOf } from './pages.js';

/**
 * What memory encryption does to a word, as far as a simulator needs it: the same word of the same page always gets the
 * same mask, every page has a key of its own, and a page gets a new one with each conversion. Not a cipher.
 */
export function maskOf(address: number, epoch: number): number {
  return mix32(mix32(pageOf(address) + 1, epoch), (address % PAGE_BYTES) >>> 2);
}

/** The mask of a single byte. */
export function byteMaskOf(address: number, epoch: number): number {
  return (maskOf(address, epoch) >>> (8 * (address & 3))) & 0xff;
}
