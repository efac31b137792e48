/**
 * Log-linear buckets: below 256 a bucket for every integer; from there on each power of two is cut into 256
 * equal buckets, so that a bucket is never wider than 1/256 of the values in it.
 */
const PRECISION_BITS = 8;
/** Buckets for each power of two; also where the first, exact, stretch ends. */
export const BUCKETS_PER_OCTAVE: number = 1 << PRECISION_BITS;

/** `2 ** -shift`, for values that are too large for integer shifts: multiplying by it is exact. */
const INVERSE_POWERS: readonly number[] = Array.from({ length: 64 }, (_, shift) => 2 ** -shift);

/** Buckets needed to tell values up to `max` apart; the last one starts at or below `max`. */
export function bucketCountFor(max: number): number {
  return (Math.floor(bucketOf(max) / BUCKETS_PER_OCTAVE) + 1) * BUCKETS_PER_OCTAVE;
}

/** The bucket of an integer from 0 to 2^53. */
export function bucketOf(value: number): number {
  if (value < BUCKETS_PER_OCTAVE) return value;
  if (value <= 0xffff_ffff) {
    const shift = 31 - Math.clz32(value) - PRECISION_BITS;
    return shift * BUCKETS_PER_OCTAVE + (value >>> shift);
  }
  // Shifts keep 32 bits only: here the exponent comes from the upper word, and the division is a
  // multiplication.
  const exponent = 63 - Math.clz32(Math.floor(value / 0x1_0000_0000));
  const shift = exponent - PRECISION_BITS;
  return shift * BUCKETS_PER_OCTAVE + Math.floor(value * (INVERSE_POWERS[shift] as number));
}

/** The largest integer that falls into `bucket`. */
export function bucketEnd(bucket: number): number {
  if (bucket < BUCKETS_PER_OCTAVE) return bucket;
  const shift = Math.floor(bucket / BUCKETS_PER_OCTAVE) - 1;
  const leading = bucket - shift * BUCKETS_PER_OCTAVE;
  return (leading + 1) * 2 ** shift - 1;
}
