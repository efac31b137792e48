import { Buffer } from 'node:buffer';

/** Up to here a byte loop beats making a view of the range. */
const LOOP_BYTES = 64;
/** From here on a call out of JavaScript is worth a faster copy. */
const FILL_BYTES = 4096;

/** What every Buffer has, to be called on any byte array. */
const fill: unknown = Reflect.get(Buffer.alloc(0), 'fill');

/**
 * Copies `length` bytes; the ranges are inside, and do not overlap.
 *
 * V8 copies out of and into shared memory word by word, for the race of two scripts on it to have a meaning; that
 * takes two to four times as long as `memcpy`. Nobody may use a buffer while the other side owns it, so there is no
 * race to have a meaning, and Node offers a `memcpy` in one place: a range that is filled with as many bytes.
 */
export function copyBytes(
  target: Uint8Array,
  targetOffset: number,
  source: Uint8Array,
  sourceOffset: number,
  length: number,
): void {
  if (length <= LOOP_BYTES) {
    for (let i = 0; i < length; i++) target[targetOffset + i] = source[sourceOffset + i] as number;
    return;
  }
  const part = source.subarray(sourceOffset, sourceOffset + length);
  if (length < FILL_BYTES) target.set(part, targetOffset);
  else Reflect.apply(fill as () => void, target, [part, targetOffset, targetOffset + length]);
}
