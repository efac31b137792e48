import { assert } from '../assert.js';
import { SharedNumbers } from '../memory/shared-numbers.js';
import type { BucketCounts } from './bucket-counts.js';
import { BUCKETS_PER_OCTAVE, bucketCountFor, bucketEnd, bucketOf } from './buckets.js';

/** Past any latency a run can wait for: the stall detector ends it long before. */
const ONE_HOUR_NS = 3600e9;

/** Cells in front of the buckets: what buckets alone could only tell approximately. */
const COUNT = 0;
const MIN = 1;
const MAX = 2;
const SUM = 3;
const HEADER_CELLS = 4;

/** A histogram as plain data, in nanoseconds: as much as there was in it. The keys are a contract with scripts. */
export interface HistogramData {
  /** Each power of two from here on is cut into as many buckets; below, a bucket holds one value. */
  readonly buckets_per_octave: number;
  readonly bucket_count: number;
  readonly count: number;
  /** Null without any value. */
  readonly min: number | null;
  readonly max: number | null;
  readonly sum: number;
  /** Number of the bucket and its count, in order, without the empty ones. */
  readonly buckets: BucketCounts;
}

/**
 * Latencies in log-linear buckets: count, min, mean and max are exact, percentiles are right to 1/256. One
 * thread records, without allocating; any other may read while it does, or after it died.
 */
export class Histogram {
  private readonly cells: SharedNumbers;
  private readonly bucketCount: number;

  private constructor(cells: SharedNumbers) {
    this.cells = cells;
    this.bucketCount = cells.length - HEADER_CELLS;
    assert(
      this.bucketCount > 0 && this.bucketCount % BUCKETS_PER_OCTAVE === 0,
      '% cells are not a histogram',
      cells.length,
    );
  }

  /** Larger values than `maxNs` share the last bucket; the maximum stays exact. */
  static ofMaxNs(maxNs: number = ONE_HOUR_NS): Histogram {
    assert(maxNs >= 1 && maxNs <= Number.MAX_SAFE_INTEGER, "% ns is not a histogram's range", maxNs);
    const cells = SharedNumbers.ofLength(HEADER_CELLS + bucketCountFor(Math.round(maxNs)));
    cells.set(MIN, Infinity);
    return new Histogram(cells);
  }

  /** The same histogram on another thread. */
  static attach(buffer: SharedArrayBuffer): Histogram {
    return new Histogram(new SharedNumbers(buffer));
  }

  /** All of them as one, a copy; they must have the same range. Empty without any. */
  static merge(histograms: readonly Histogram[]): Histogram {
    const [first] = histograms;
    if (first === undefined) return Histogram.ofMaxNs();
    const merged = new Histogram(SharedNumbers.ofLength(first.cells.length));
    merged.cells.set(MIN, Infinity);
    for (const histogram of histograms) merged.add(histogram);
    return merged;
  }

  /** What {@link toData} made of one; null where the data is not that of a histogram. */
  static fromData(data: HistogramData): Histogram | null {
    const { buckets_per_octave: perOctave, bucket_count: bucketCount, buckets } = data;
    const counted = buckets.reduce((sum, [, count]) => sum + count, 0);
    const isWhole = bucketCount > 0 && bucketCount % BUCKETS_PER_OCTAVE === 0 && counted === data.count;
    const fits = buckets.every(([bucket, count]) => bucket >= 0 && bucket < bucketCount && count > 0);
    if (perOctave !== BUCKETS_PER_OCTAVE || !isWhole || !fits) return null;
    const cells = SharedNumbers.ofLength(HEADER_CELLS + bucketCount);
    cells.set(COUNT, data.count);
    cells.set(MIN, data.min ?? Infinity);
    cells.set(MAX, data.max ?? 0);
    cells.set(SUM, data.sum);
    for (const [bucket, count] of buckets) cells.set(HEADER_CELLS + bucket, count);
    return new Histogram(cells);
  }

  get buffer(): SharedArrayBuffer {
    return this.cells.buffer;
  }

  get count(): number {
    return this.cells.get(COUNT);
  }

  /** Null while the histogram is empty; so are {@link max}, {@link mean} and {@link percentile}. */
  get min(): number | null {
    return this.count === 0 ? null : this.cells.get(MIN);
  }

  get max(): number | null {
    return this.count === 0 ? null : this.cells.get(MAX);
  }

  get mean(): number | null {
    return this.count === 0 ? null : this.cells.get(SUM) / this.count;
  }

  /** Rounds to whole nanoseconds: what is below is noise of the clock's floating point. */
  record(valueNs: number): void {
    assert(valueNs >= 0, 'a latency cannot be negative');
    const cells = this.cells;
    const value = Math.round(valueNs);
    const bucket = bucketOf(value);
    const last = this.bucketCount - 1;
    cells.add(HEADER_CELLS + (bucket > last ? last : bucket), 1);
    if (value < cells.get(MIN)) cells.set(MIN, value);
    if (value > cells.get(MAX)) cells.set(MAX, value);
    cells.add(SUM, value);
    cells.add(COUNT, 1);
  }

  /**
   * The smallest recorded value that at least `p` percent of all do not exceed, given as the end of its
   * bucket: never too small, and too large by 1/256 at most.
   */
  percentile(p: number): number | null {
    assert(p >= 0 && p <= 100, 'there is no percentile %', p);
    // Counted from the buckets, not from the count cell: while the writer runs, that may be ahead of what is
    // seen here.
    const total = this.total();
    if (total === 0) return null;
    const rank = Math.max(1, Math.ceil((p * total) / 100));
    const last = this.bucketCount - 1;
    const max = this.cells.get(MAX);
    let seen = 0;
    for (let bucket = 0; bucket < last; bucket++) {
      seen += this.cells.get(HEADER_CELLS + bucket);
      if (seen >= rank) return Math.min(bucketEnd(bucket), max);
    }
    // The last bucket has no end: it also holds what was too large for the range.
    return max;
  }

  /** What is in the buckets now. */
  counts(): BucketCounts {
    const counts: [number, number][] = [];
    for (let bucket = 0; bucket < this.bucketCount; bucket++) {
      const count = this.cells.get(HEADER_CELLS + bucket);
      if (count > 0) counts.push([bucket, count]);
    }
    return counts;
  }

  /** To be called when nobody records any more. */
  toData(): HistogramData {
    return {
      buckets_per_octave: BUCKETS_PER_OCTAVE,
      bucket_count: this.bucketCount,
      count: this.total(),
      min: this.min,
      max: this.max,
      sum: this.cells.get(SUM),
      buckets: this.counts(),
    };
  }

  private total(): number {
    let total = 0;
    for (let bucket = 0; bucket < this.bucketCount; bucket++) total += this.cells.get(HEADER_CELLS + bucket);
    return total;
  }

  private add(other: Histogram): void {
    assert(other.bucketCount === this.bucketCount, 'histograms of different ranges do not merge');
    const [cells, others] = [this.cells, other.cells];
    cells.add(COUNT, others.get(COUNT));
    cells.add(SUM, others.get(SUM));
    cells.set(MIN, Math.min(cells.get(MIN), others.get(MIN)));
    cells.set(MAX, Math.max(cells.get(MAX), others.get(MAX)));
    for (let cell = HEADER_CELLS; cell < cells.length; cell++) cells.add(cell, others.get(cell));
  }
}
