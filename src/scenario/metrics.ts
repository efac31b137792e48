import type { JobReport } from '../machine/job-report.js';
import { perOperation } from '../stats/per-operation.js';
import { type Reading, readCount, readDurationNs, readRatePerS, readShare, readSizeBytes } from './units.js';

/** Something a threshold can bound: how a bound on it is written, and where a job's report has it. */
export interface Metric {
  readonly description: string;
  readonly example: string;
  readonly statistics: readonly string[];
  readonly readBound: (text: string) => Reading<number>;
  /** Null or not finite: the job has no such value. */
  readonly valueOf: (report: JobReport, statistic: string) => number | null;
}

export type MetricName =
  | 'latency_ns'
  | 'operations_per_s'
  | 'bytes_per_s'
  | 'mismatches'
  | 'errors'
  | 'lost'
  | 'lifecycle_events'
  | 'kicks_per_op'
  | 'interrupts_per_op'
  | 'out_of_order_share';

/** The percentiles are those that a job report has. */
export const LATENCY_STATISTICS: readonly string[] = ['p50', 'p90', 'p99', 'p99.9', 'min', 'mean', 'max'];

const COUNT = { statistics: ['value', 'count'], readBound: readCount };
const PER_OPERATION = { statistics: ['value', 'mean'], readBound: readNumber };
const PER_SECOND = { statistics: ['value', 'rate'] };

export const METRICS: Readonly<Record<MetricName, Metric>> = {
  latency_ns: {
    description: 'Latency of an operation.',
    example: 'p99 < 250us',
    statistics: LATENCY_STATISTICS,
    readBound: orBareNumber(readDurationNs),
    valueOf: latencyOf,
  },
  operations_per_s: {
    description: 'Operations for each second.',
    example: 'value > 100k/s',
    ...PER_SECOND,
    readBound: orBareNumber(readRatePerS),
    valueOf: (report) => report.operations_per_s,
  },
  bytes_per_s: {
    description: 'Bytes read and written for each second.',
    example: 'value > 100MiB/s',
    ...PER_SECOND,
    readBound: (text) => readSizeBytes(text.replace(/\/s$/, '')),
    valueOf: (report) => report.bytes_per_s,
  },
  mismatches: {
    description: 'Sectors that held wrong data. A job that verified nothing has no such value.',
    example: 'value == 0',
    ...COUNT,
    // None in nothing is no result: a job that compared no byte has not shown that its data are right.
    valueOf: ({ verified_bytes, mismatches }) => (verified_bytes + mismatches === 0 ? null : mismatches),
  },
  errors: {
    description: 'Operations that the device answered with an error.',
    example: 'value == 0',
    ...COUNT,
    valueOf: (report) => report.errors,
  },
  lost: {
    description: 'Operations that were neither completed nor given back at the end.',
    example: 'value == 0',
    ...COUNT,
    valueOf: (report) => report.lost,
  },
  lifecycle_events: {
    description: 'Resets, resizes and suspensions that the scenario asked for and that happened.',
    example: 'value == 1000',
    ...COUNT,
    valueOf: (report) => report.lifecycle?.events ?? null,
  },
  kicks_per_op: {
    description: 'Notifications to the device, for each operation.',
    example: 'value < 0.5',
    ...PER_OPERATION,
    valueOf: (report) => perOperation(report.kicks, report),
  },
  interrupts_per_op: {
    description: 'Interrupts from the device, for each operation.',
    example: 'value < 0.5',
    ...PER_OPERATION,
    valueOf: (report) => perOperation(report.interrupts, report),
  },
  out_of_order_share: {
    description: 'Share of the operations that completed before one submitted earlier.',
    example: 'value > 10%',
    statistics: ['value'],
    readBound: readShare,
    valueOf: (report) => perOperation(report.out_of_order, report),
  },
};

export const METRIC_NAMES: readonly MetricName[] = Object.keys(METRICS) as MetricName[];

export function isMetricName(name: string): name is MetricName {
  return Object.hasOwn(METRICS, name);
}

function latencyOf({ latency_ns }: JobReport, statistic: string): number | null {
  return latency_ns?.[statistic.replace('.', '_') as keyof typeof latency_ns] ?? null;
}

/** A number without a unit is in the metric's base unit, which its name says. */
function orBareNumber(read: (text: string) => Reading<number>): (text: string) => Reading<number> {
  return (text) => {
    const plain = readNumber(text);
    return 'value' in plain ? plain : read(text);
  };
}

function readNumber(text: string): Reading<number> {
  return /^\d+(\.\d+)?$/.test(text) ? { value: Number(text) } : { expected: 'a number such as 0.5' };
}
