import { bucketEnd } from './buckets.js';

/** The buckets of a histogram that hold anything, in order: number of the bucket, and how many values are in it. */
export type BucketCounts = readonly (readonly [bucket: number, count: number])[];

/** The same, buckets and counts in turn, for those that are kept: 16 bytes a bucket where a pair takes 72. */
export type PackedCounts = Float64Array;

export function packCounts(counts: BucketCounts): PackedCounts {
  return Float64Array.from(counts.flat());
}

export function unpackCounts(packed: PackedCounts): BucketCounts {
  return Array.from({ length: packed.length / 2 }, (_, i) => [
    packed[2 * i] as number,
    packed[2 * i + 1] as number,
  ]);
}

/** What was recorded behind `before`: both are of the same histogram, `now` later. */
export function countsSince(now: BucketCounts, before: BucketCounts): BucketCounts {
  const had = new Map(before);
  return now.flatMap(([bucket, count]) => {
    const more = count - (had.get(bucket) ?? 0);
    return more > 0 ? [[bucket, more] as const] : [];
  });
}

export function sumOfCounts(parts: readonly BucketCounts[]): BucketCounts {
  const sums = new Map<number, number>();
  for (const part of parts)
    for (const [bucket, count] of part) sums.set(bucket, (sums.get(bucket) ?? 0) + count);
  return [...sums].toSorted(([one], [other]) => one - other);
}

/** As `Histogram.percentile`, of values up to `max`; null without any. */
export function percentileOfCounts(counts: BucketCounts, p: number, max: number): number | null {
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  const rank = Math.max(1, Math.ceil((p * total) / 100));
  let seen = 0;
  for (const [bucket, count] of counts) {
    seen += count;
    if (seen >= rank) return Math.min(bucketEnd(bucket), max);
  }
  return null;
}
