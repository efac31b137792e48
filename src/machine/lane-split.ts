import { Histogram } from '../stats/histogram.js';
import { latencyReport } from '../stats/latency-report.js';
import { SPLIT_LEGS } from '../stats/split-legs.js';
import type { SplitSink } from '../stats/split-reader.js';
import { SplitTable } from '../stats/split-table.js';
import type { LatencySplitReport, SplitLegReport } from './job-report.js';

/** What the two threads of a queue are given, so that they can tell where the time of requests goes. */
export interface SplitBuffers {
  readonly table: SharedArrayBuffer;
  /** A histogram each, in the order of `SPLIT_LEGS`. */
  readonly legs: readonly SharedArrayBuffer[];
}

export function createSplit(): SplitSink {
  return { table: SplitTable.create(), legs: SPLIT_LEGS.map(() => Histogram.ofMaxNs()) };
}

export function splitBuffers({ table, legs }: SplitSink): SplitBuffers {
  return { table: table.buffer, legs: legs.map(({ buffer }) => buffer) };
}

/** The same on another thread. */
export function attachSplit({ table, legs }: SplitBuffers): SplitSink {
  return { table: SplitTable.attach(table), legs: legs.map((buffer) => Histogram.attach(buffer)) };
}

/** Of all queues together; null when there was no sample. */
export function splitReport(queues: readonly SplitSink[]): LatencySplitReport | null {
  const legs: [string, SplitLegReport][] = [];
  for (const [i, name] of SPLIT_LEGS.entries()) {
    const leg = latencyReport(queues.flatMap((queue) => queue.legs[i] ?? []));
    if (leg === null) return null;
    const { mean, p50, p90, p99, max } = leg;
    legs.push([name, { mean_ns: mean, p50_ns: p50, p90_ns: p90, p99_ns: p99, max_ns: max }]);
  }
  return {
    sampled: queues.reduce((sum, queue) => sum + (queue.legs[0]?.count ?? 0), 0),
    dropped: queues.reduce((sum, { table }) => sum + table.droppedCount, 0),
    clock_error_ns: Math.max(...queues.map(({ table }) => table.clockErrorNs)),
    ...(Object.fromEntries(legs) as Record<(typeof SPLIT_LEGS)[number], SplitLegReport>),
  };
}
