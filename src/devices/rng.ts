import { mix32 } from '../rng.js';

// What virtio 1.4, 5.4 says of an entropy device, which is next to nothing: one queue, no features, no configuration;
// the driver posts writable buffers, the device fills at least one byte of each.

export const RNG_DEVICE_ID = 4;

/** The least that vring's device answers to a buffer with room for more; enough that no two answers are alike. */
export const RNG_ANSWER_BYTES_MIN = 16;

/**
 * The answer number `serial` of a queue. Bytes that nobody could check would prove nothing about the ring, so vring's
 * entropy follows from a seed and the answer's number. It looks random all the same, from the first byte on (5.4.6.2,
 * N0782). The driver knows which answer must come next, and so notices one that is lost, repeated or mixed up.
 */
export function fillAnswer(bytes: Uint8Array, lengthBytes: number, serial: number, seed: number): void {
  let word = serial;
  for (let i = 0; i < lengthBytes; i++) {
    if ((i & 3) === 0) word = mix32(word, seed);
    bytes[i] = word >>> (8 * (i & 3));
  }
}
