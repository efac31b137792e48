import type { JobSeries } from '../../machine/job-series.js';
import { formatCount, formatNs, formatRatio } from '../format.js';
import { latencyAxis } from './percentile-figure.js';
import { type Axis, fromZero } from './plot/axis.js';
import type { Colour, Figure, Line, Panel } from './plot/figure.js';
import type { JobData } from './run-data.js';
import { eventLanes, warmUp } from './time-events.js';

/** Fewer intervals than this are figures, and no picture. */
export const INTERVALS_MIN = 5;

/** A figure of each interval; null where there was nothing to measure. */
interface Column {
  readonly name: string;
  readonly colour: Colour;
  readonly values: readonly (number | null)[];
  readonly isFaint?: boolean;
}

type Columns = Readonly<Record<'rate' | 'latency' | 'fill' | 'economy' | 'cores', readonly Column[]>>;

/** Throughput, latency, ring fill and notifications over one time axis, with what happened to the job below. */
export function timeFigure({ job }: JobData, series: JobSeries): Figure {
  const ends = series.end_ms;
  const columns = columnsOf(series);
  return {
    label: `throughput, latency, ring fill and notifications of ${job.name} over time`,
    x: timeAxis(ends.at(-1) ?? 0),
    panels: panelsOf(series, columns),
    bands: warmUp(series),
    lanes: eventLanes(series, job.failures),
    readout: {
      x: ends,
      heading: ends.map((end, i) => `${formatMs(ends[i - 1] ?? 0)} to ${formatMs(end)}`),
      rows: [
        ...columns.rate.map((column) => rowOf(column, column.name, formatCount)),
        ...columns.latency.map((column) => rowOf(column, column.name, formatNs)),
        ...columns.fill.map((column) => rowOf(column, `in the ring, ${column.name}`, formatCount)),
        ...columns.economy.map((column) => rowOf(column, `${column.name} per op`, formatRatio)),
        ...columns.cores.map((column) => rowOf(column, `cores of ${column.name}`, formatRatio)),
      ],
    },
  };
}

function columnsOf(series: JobSeries): Columns {
  const all = series.operations.map((count, i) => count + (series.warmup_operations[i] ?? 0));
  const lengthsMs = series.end_ms.map((end, i) => end - (series.end_ms[i - 1] ?? 0));
  const per = (counts: readonly number[]): (number | null)[] =>
    counts.map((count, i) => (all[i] === 0 ? null : count / (all[i] ?? 1)));
  const perMs = (sums: readonly number[]): number[] =>
    sums.map((sum, i) => sum / Math.max(1e-3, lengthsMs[i] ?? 0));
  return {
    rate: [
      {
        name: 'op/s',
        colour: 1,
        values: perMs(all).map((rate) => rate * 1000),
      },
    ],
    latency: [
      { name: 'max', colour: 6, values: series.max_ns, isFaint: true },
      { name: 'p99', colour: 2, values: series.p99_ns },
      { name: 'p50', colour: 1, values: series.p50_ns },
    ],
    fill: [
      { name: 'most', colour: 6, values: series.outstanding_max, isFaint: true },
      { name: 'mean', colour: 1, values: series.outstanding },
    ],
    economy: [
      { name: 'kicks', colour: 1, values: per(series.kicks) },
      { name: 'irqs', colour: 2, values: per(series.interrupts) },
    ],
    cores: [
      { name: 'others', colour: 6, values: perMs(series.others_cpu_ms), isFaint: true },
      { name: 'vring', colour: 1, values: perMs(series.cpu_ms) },
    ],
  };
}

function panelsOf(series: JobSeries, { rate, latency, fill, economy, cores }: Columns): readonly Panel[] {
  const { ring_entries: entries, end_ms: ends } = series;
  const panel = (columns: readonly Column[], y: Axis, heightPx: number): Panel => {
    return { y, heightPx, level: null, lines: columns.map((column) => lineOf(column, ends)) };
  };
  const ns = valuesOf(latency);
  return [
    panel(rate, zeroAxis('throughput (op/s)', valuesOf(rate), formatCount), 110),
    ...(ns.length === 0
      ? []
      : [panel(latency, latencyAxis(ns, 'latency in each interval (log scale)'), 130)]),
    {
      ...panel(
        fill,
        zeroAxis('ring fill (requests)', [...valuesOf(fill), entries * LEVEL_ROOM], formatCount),
        90,
      ),
      level: { at: entries, label: `size of the ring: ${formatCount(entries)}` },
    },
    ...(valuesOf(economy).length === 0
      ? []
      : [panel(economy, zeroAxis('notifications per operation', valuesOf(economy), formatRatio), 90)]),
    panel(cores, zeroAxis('processor time (cores)', valuesOf(cores), formatRatio), 70),
  ];
}

/** The label of a level stands above it. */
const LEVEL_ROOM = 1.15;

/** Each value holds from the end of the interval before to the end of its own. */
function lineOf({ values, ...column }: Column, ends: readonly number[]): Line {
  const points = values.flatMap((value, i): Line['points'] => {
    const begins = value !== null && (i === 0 || values[i - 1] === null);
    const end = [ends[i] ?? 0, value] as const;
    return begins ? [[ends[i - 1] ?? 0, value], end] : [end];
  });
  return { ...column, shape: 'steps', points };
}

function rowOf(
  { colour, values }: Column,
  name: string,
  format: (value: number) => string,
): Figure['readout']['rows'][number] {
  return { name, colour, text: values.map((value) => (value === null ? '-' : format(value))) };
}

function valuesOf(columns: readonly Column[]): readonly number[] {
  return columns.flatMap(({ values }) => values.filter((value) => value !== null));
}

function zeroAxis(title: string, values: readonly number[], format: (value: number) => string): Axis {
  const largest = values.reduce((most, value) => Math.max(most, value), 0);
  return { title, scale: 'linear', domain: fromZero(largest), format };
}

function timeAxis(endMs: number): Axis {
  const inSeconds = endMs >= 2000;
  return {
    title: `time since the job began (${inSeconds ? 's' : 'ms'})`,
    scale: 'linear',
    domain: [0, endMs],
    format: (ms) => String(Number((inSeconds ? ms / 1000 : ms).toPrecision(6))),
  };
}

function formatMs(ms: number): string {
  return formatNs(ms * 1e6);
}
