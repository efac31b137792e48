import type { WorkerFaultPlan } from '../scenario/plan.js';

/** What is counted in each interval of a series. */
export type SeriesSum =
  | 'operations'
  | 'warmup_operations'
  | 'bytes'
  | 'errors'
  | 'mismatches'
  | 'kicks'
  | 'kicks_suppressed'
  | 'interrupts'
  | 'interrupts_suppressed'
  | 'recoveries'
  | 'device_resets'
  | 'ring_resets'
  | 'resizes'
  | 'suspends'
  | 'cpu_ms'
  | 'others_cpu_ms';

/**
 * What a job did over time: a column for each figure, an entry in each for every interval. Intervals follow each other
 * without a gap, from the start of the job to its end. The keys are a contract with scripts.
 */
export interface JobSeries extends Readonly<Record<SeriesSum, readonly number[]>> {
  readonly job: string;
  /** What the scenario's `fault` did to a thread, and when, since the start of the job. Empty: it did not strike. */
  readonly faults: readonly SeriesFault[];
  /** Buffers that the rings can hold, of all queues: what `outstanding` is to be held against. */
  readonly ring_entries: number;
  /** When an interval ended, since the start of the job; it began when the one before ended, the first at 0. */
  readonly end_ms: readonly number[];
  /** Of the operations that came back in an interval; null where none did. `max_ns` is at most 1/256 high. */
  readonly p50_ns: readonly (number | null)[];
  readonly p99_ns: readonly (number | null)[];
  readonly max_ns: readonly (number | null)[];
  /** Requests in the rings: the mean and the largest of the looks, of which there is one each 100 ms. */
  readonly outstanding: readonly number[];
  readonly outstanding_max: readonly number[];
}

export interface SeriesFault {
  readonly at_ms: number;
  /** `guest 0`: the thread. */
  readonly thread: string;
  readonly how: WorkerFaultPlan['how'];
  /** How long a `pause` is; null for all others. */
  readonly for_ms: number | null;
}
