import { Buffer } from 'node:buffer';
import { versions } from 'node:process';

/** Up to here a byte loop beats a call, and making a view of the range. */
const LOOP_BYTES = 32;
/** With a view to be made anyway, a call out of JavaScript is worth a faster copy from here on. */
const FILL_BYTES = 2048;

/** Copies a range within `source` to a place within `target`. */
type Copy = (
  target: Uint8Array,
  targetOffset: number,
  source: Uint8Array,
  sourceOffset: number,
  length: number,
) => void;

/** What every Buffer has, to be called on any byte array. */
const { fill, copy } = Buffer.alloc(0) as unknown as Record<'fill' | 'copy', () => void>;

/**
 * The ways from JavaScript to a plain `memcpy`. Any version of Node has both, but only one of them is fast:
 * before 22.7 `copy` makes a view of the source and has the engine copy that.
 */
export const LONG_COPIES: Readonly<Record<'fill' | 'copy', Copy>> = {
  // A range that is filled with as many bytes.
  fill(target, targetOffset, source, sourceOffset, length) {
    const part = source.subarray(sourceOffset, sourceOffset + length);
    Reflect.apply(fill, target, [part, targetOffset, targetOffset + length]);
  },
  copy(target, targetOffset, source, sourceOffset, length) {
    Reflect.apply(copy, source, [target, targetOffset, sourceOffset, sourceOffset + length]);
  },
};

const [major = 0, minor = 0] = versions.node.split('.').map(Number);
const hasFastCopy = major > 22 || (major === 22 && minor >= 7);
const copyLong: Copy = LONG_COPIES[hasFastCopy ? 'copy' : 'fill'];
const longBytes = hasFastCopy ? LOOP_BYTES + 1 : FILL_BYTES;

/**
 * Copies `length` bytes; the ranges are inside, and do not overlap.
 *
 * V8 copies out of and into shared memory word by word, for the race of two scripts on it to have a meaning; that
 * takes two to four times as long as `memcpy`. Nobody may use a buffer while the other side owns it, so there is no
 * race to have a meaning.
 */
export function copyBytes(
  target: Uint8Array,
  targetOffset: number,
  source: Uint8Array,
  sourceOffset: number,
  length: number,
): void {
  if (length >= longBytes) copyLong(target, targetOffset, source, sourceOffset, length);
  else if (length > LOOP_BYTES)
    target.set(source.subarray(sourceOffset, sourceOffset + length), targetOffset);
  else for (let i = 0; i < length; i++) target[targetOffset + i] = source[sourceOffset + i] as number;
}
