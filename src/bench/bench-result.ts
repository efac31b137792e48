import type { LatencyReport } from '../machine/job-report.js';
import type { ProfileName } from '../explore/models/model.js';

/** Every result of every bench. The keys are a contract with scripts: units in the name, base units. */
export interface Measured {
  /** Of the bench and its case; with all that is not a figure, it says what was measured. */
  readonly name: string;
  /** The key that `samples` are of. */
  readonly metric: string;
  readonly better: 'lower' | 'higher';
  /** One for each repetition, in the order of time. */
  readonly samples: readonly number[];
  readonly repetitions: number;
  /** Largest minus smallest sample, as a share of the median. */
  readonly spread: number;
}

/** What was done with a ring, and what it took. */
export interface RingResult extends Measured {
  readonly layout: string;
  readonly wait: string;
  readonly batch: number;
  readonly ring_size: number;
  /** Of the ring that bear on its speed. */
  readonly features: readonly string[];
  /** In flight at most. */
  readonly depth: number;
  /** Pairs of threads, each with a ring of its own. */
  readonly queues: number;
  readonly elements: number;
  readonly element_bytes: number;
  /** Of one repetition, and of all queues together; so are the rates. */
  readonly buffers: number;
  /** Medians of the repetitions; per buffer, so for `queues` above 1 less than one thread takes. */
  readonly ns_per_buffer: number;
  readonly buffers_per_s: number;
  readonly kicks_per_buffer: number;
  readonly interrupts_per_buffer: number;
  /** Allocated on the JavaScript heap, by both threads; the largest of the repetitions. */
  readonly heap_bytes_per_buffer: number;
  /** In all repetitions together, on both threads. */
  readonly minor_collections: number;
  readonly major_collections: number;
  /** Null where buffers are not timed one by one. */
  readonly latency_ns: LatencyReport | null;
  /** Null where no payload is copied: bytes of the copies, and as much by copies alone. */
  readonly bytes_per_s: number | null;
  readonly memcpy_bytes_per_s: number | null;
}

/** How fast graphs of executions were built. */
export interface ExploreResult extends Measured {
  readonly profile: ProfileName;
  /** Built in one repetition. */
  readonly graphs: number;
  /** Of all workers together; the median of the repetitions. */
  readonly graphs_per_s: number;
  readonly elapsed_s: number;
  readonly workers: number;
}

export type BenchResult = RingResult | ExploreResult;

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[half - 1] ?? Number.NaN)) / 2;
}

/** The standard deviation of normal samples, from the median distance to the median, as a share of that. */
export function scatter(values: readonly number[]): number {
  const middle = median(values);
  return (1.4826 * median(values.map((value) => Math.abs(value - middle)))) / middle;
}

/** Largest minus smallest, as a share of the median. */
export function spread(values: readonly number[]): number {
  return (Math.max(...values) - Math.min(...values)) / median(values);
}
