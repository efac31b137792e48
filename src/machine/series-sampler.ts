import {
  type BucketCounts,
  countsSince,
  packCounts,
  type PackedCounts,
  percentileOfCounts,
  sumOfCounts,
  unpackCounts,
} from '../stats/bucket-counts.js';
import { GuestCounter, HostCounter } from '../stats/counters.js';
import type { Histogram } from '../stats/histogram.js';
import { othersCpuMs, ownCpuMs } from './cpu-use.js';
import type { JobSeries, SeriesFault, SeriesSum } from './job-series.js';
import { outstandingOf } from './outstanding.js';

type Columns = Omit<JobSeries, 'job' | 'faults' | 'ring_entries'>;
type Sums = Readonly<Record<SeriesSum, number>>;

/** The counter of the threads that a figure is the growth of. */
const SUMS: Readonly<Record<SeriesSum, (source: SeriesSource) => number>> = {
  operations: (source) => source.sumGuest(GuestCounter.measured),
  warmup_operations: (source) => source.sumGuest(GuestCounter.warmup),
  bytes: (source) => source.sumGuest(GuestCounter.bytes),
  errors: (source) => source.sumGuest(GuestCounter.errors),
  mismatches: (source) => source.sumGuest(GuestCounter.mismatches),
  kicks: (source) => source.sumGuest(GuestCounter.kicks),
  kicks_suppressed: (source) => source.sumGuest(GuestCounter.kicksSuppressed),
  interrupts: (source) => source.sumHost(HostCounter.interrupts),
  interrupts_suppressed: (source) => source.sumHost(HostCounter.interruptsSuppressed),
  recoveries: (source) => source.sumGuest(GuestCounter.recoveries),
  device_resets: (source) => source.sumGuest(GuestCounter.deviceResets),
  ring_resets: (source) => source.sumGuest(GuestCounter.ringResets),
  resizes: (source) => source.sumGuest(GuestCounter.resizes),
  suspends: (source) => source.sumGuest(GuestCounter.suspends),
  cpu_ms: ownCpuMs,
  others_cpu_ms: othersCpuMs,
};
const SUM_NAMES = Object.keys(SUMS) as readonly SeriesSum[];

/** What the figures are read from: a machine. */
export interface SeriesSource {
  sumGuest(counter: number): number;
  sumHost(counter: number): number;
  readonly lanes: readonly { readonly histogram: Pick<Histogram, 'counts' | 'max'> }[];
}

interface Row {
  readonly endMs: number;
  readonly sums: Sums;
  readonly counts: PackedCounts;
  readonly maxNs: number;
  readonly looks: number;
  readonly outstandingSum: number;
  readonly outstandingMax: number;
}

/** More would say no more to anybody; then two and two become one. */
const ROWS_MAX = 600;

/** Watches the counters of a job: a row each time it is told to look. */
export class SeriesSampler {
  private readonly source: SeriesSource;
  private readonly rowsMax: number;
  private rows: Row[] = [];
  /** Looks that make a row. */
  private looksPerRow = 1;
  private open: Row | null = null;
  private sums: Sums;
  private counts: BucketCounts = [];
  private maxNs = 0;

  constructor(source: SeriesSource, rowsMax: number = ROWS_MAX) {
    this.source = source;
    this.rowsMax = rowsMax;
    this.sums = readSums(source);
  }

  look(elapsedMs: number): void {
    const row = this.newRow(elapsedMs);
    this.open = this.open === null ? row : joined(this.open, row);
    if (this.open.looks < this.looksPerRow) return;
    this.rows.push(this.open);
    this.open = null;
    if (this.rows.length < this.rowsMax) return;
    this.rows = inPairs(this.rows);
    this.looksPerRow *= 2;
  }

  /** The last look, and all rows. */
  end(job: string, ringEntries: number, elapsedMs: number, faults: readonly SeriesFault[] = []): JobSeries {
    const last = this.newRow(elapsedMs);
    const rows = [...this.rows, this.open === null ? last : joined(this.open, last)];
    return { job, ring_entries: ringEntries, ...columnsOf(withoutStub(rows)), faults };
  }

  private newRow(endMs: number): Row {
    const histograms = this.source.lanes.map(({ histogram }) => histogram);
    const sums = readSums(this.source);
    const counts = sumOfCounts(histograms.map((histogram) => histogram.counts()));
    const maxNs = Math.max(0, ...histograms.map(({ max }) => max ?? 0));
    const delta = countsSince(counts, this.counts);
    // Only a new maximum is known exactly.
    const intervalMax = maxNs > this.maxNs ? maxNs : (percentileOfCounts(delta, 100, maxNs) ?? 0);
    const outstanding = outstandingOf(this.source);
    const row = {
      endMs,
      sums: mapSums((name) => sums[name] - this.sums[name]),
      counts: packCounts(delta),
      maxNs: intervalMax,
      looks: 1,
      outstandingSum: outstanding,
      outstandingMax: outstanding,
    };
    [this.sums, this.counts, this.maxNs] = [sums, counts, maxNs];
    return row;
  }
}

function readSums(source: SeriesSource): Sums {
  return mapSums((name) => SUMS[name](source));
}

function mapSums(value: (name: SeriesSum) => number): Sums {
  return Object.fromEntries(SUM_NAMES.map((name) => [name, value(name)])) as Sums;
}

function joined(one: Row, next: Row): Row {
  return {
    endMs: next.endMs,
    sums: mapSums((name) => one.sums[name] + next.sums[name]),
    counts: packCounts(sumOfCounts([unpackCounts(one.counts), unpackCounts(next.counts)])),
    maxNs: Math.max(one.maxNs, next.maxNs),
    looks: one.looks + next.looks,
    outstandingSum: one.outstandingSum + next.outstandingSum,
    outstandingMax: Math.max(one.outstandingMax, next.outstandingMax),
  };
}

function inPairs(rows: readonly Row[]): Row[] {
  return rows.flatMap((row, index) => {
    if (index % 2 === 1) return [];
    const next = rows[index + 1];
    return [next === undefined ? row : joined(row, next)];
  });
}

/** The end comes when it likes: what is left of an interval then would show as a rate of its own. */
function withoutStub(rows: readonly Row[]): readonly Row[] {
  const [before, previous, last] = [rows.at(-3), rows.at(-2), rows.at(-1)];
  if (previous === undefined || last === undefined) return rows;
  const wholeMs = previous.endMs - (before?.endMs ?? 0);
  const isWhole = last.endMs - previous.endMs >= wholeMs / 2;
  return isWhole ? rows : [...rows.slice(0, -2), joined(previous, last)];
}

function columnsOf(rows: readonly Row[]): Columns {
  const column = <T>(value: (row: Row) => T): T[] => rows.map(value);
  const latencies = column(({ counts, maxNs }) => ({ counts: unpackCounts(counts), maxNs }));
  const percentile = (p: number): (number | null)[] =>
    latencies.map(({ counts, maxNs }) => percentileOfCounts(counts, p, maxNs));
  const sums = SUM_NAMES.map((name) => [name, column((row) => thousandths(row.sums[name]))]);
  return {
    end_ms: column(({ endMs }) => thousandths(endMs)),
    ...(Object.fromEntries(sums) as Record<SeriesSum, number[]>),
    p50_ns: percentile(50),
    p99_ns: percentile(99),
    max_ns: percentile(100),
    outstanding: column(({ outstandingSum, looks }) => outstandingSum / looks),
    outstanding_max: column(({ outstandingMax }) => outstandingMax),
  };
}

/** Counts stay what they are; times lose what their clocks do not have. */
function thousandths(value: number): number {
  return Math.round(value * 1000) / 1000;
}
