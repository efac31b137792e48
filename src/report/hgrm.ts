import { bucketEnd, bucketOf } from '../stats/buckets.js';
import type { HistogramData } from '../stats/histogram.js';

const HEADER = '       Value     Percentile TotalCount 1/(1-Percentile)';

/**
 * The percentile distribution that HdrHistogram's plotters read. A line for each bucket that holds anything, so that
 * nothing is lost: the value is the largest that the bucket may hold, in nanoseconds.
 */
export function hgrmOf(histogram: HistogramData): string {
  const { count, min, max, sum, buckets, bucket_count: bucketCount } = histogram;
  let seen = 0;
  const lines = buckets.map(([bucket, inBucket]) => {
    seen += inBucket;
    const value = bucket === bucketCount - 1 ? (max ?? 0) : Math.min(bucketEnd(bucket), max ?? Infinity);
    const share = seen / count;
    const odds = seen === count ? '' : (count / (count - seen)).toFixed(2);
    const cells = [
      value.toFixed(3).padStart(12),
      share.toFixed(12),
      String(seen).padStart(10),
      odds.padStart(14),
    ];
    return cells.join(' ').trimEnd();
  });
  const mean = count === 0 ? 0 : sum / count;
  const footer = [
    footerLine('Mean   ', mean.toFixed(3), 'StdDeviation  ', deviation(histogram, mean).toFixed(3)),
    footerLine('Max    ', (max ?? 0).toFixed(3), 'Total count   ', String(count)),
    footerLine('Buckets', String(bucketCount), 'SubBuckets    ', String(histogram.buckets_per_octave)),
    footerLine('Min    ', (min ?? 0).toFixed(3), 'Sum           ', String(sum)),
  ];
  return `${[HEADER, '', ...lines, ...footer].join('\n')}\n`;
}

function footerLine(left: string, value: string, right: string, other: string): string {
  return `#[${left} = ${value.padStart(12)}, ${right} = ${other.padStart(12)}]`;
}

/** What {@link hgrmOf} was made of. Null where the text is not by it. */
export function readHgrm(text: string): HistogramData | null {
  const footer = (name: string): number => {
    const match = new RegExp(`^#\\[.*\\b${name} *= *([0-9.e+]+)`, 'm').exec(text);
    return match === null ? Number.NaN : Number(match[1]);
  };
  const count = footer('Total count');
  const [bucketCount, perOctave] = [footer('Buckets'), footer('SubBuckets')];
  if ([count, bucketCount, perOctave].some(Number.isNaN)) return null;
  const rows = text.split('\n').flatMap((line) => {
    const match = /^ *([0-9.]+) +[0-9.]+ +(\d+)/.exec(line);
    return match === null ? [] : [{ value: Number(match[1]), total: Number(match[2]) }];
  });
  const buckets = rows.map(({ value, total }, index) => {
    const bucket = Math.min(bucketOf(value), bucketCount - 1);
    return [bucket, total - (rows[index - 1]?.total ?? 0)] as const;
  });
  return {
    buckets_per_octave: perOctave,
    bucket_count: bucketCount,
    count,
    min: count === 0 ? null : footer('Min'),
    max: count === 0 ? null : footer('Max'),
    sum: footer('Sum'),
    buckets,
  };
}

/** By the ends of the buckets, as HdrHistogram does it: that far from right. */
function deviation({ buckets, count }: HistogramData, mean: number): number {
  if (count === 0) return 0;
  const squares = buckets.reduce(
    (total, [bucket, inBucket]) => total + inBucket * (bucketEnd(bucket) - mean) ** 2,
    0,
  );
  return Math.sqrt(squares / count);
}
