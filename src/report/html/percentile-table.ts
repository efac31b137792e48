import { formatNs } from '../format.js';
import type { Markup } from './markup.js';
import { latencyAt, percentileCurve } from './percentile-curve.js';
import type { JobData } from './run-data.js';
import { tableOf } from './table.js';

/** 1 / (1 - share) of the percentiles that a reader looks for, as far as there are requests enough. */
const SHARES = {
  p50: 2,
  p75: 4,
  p90: 10,
  p95: 20,
  p99: 100,
  'p99.9': 1000,
  'p99.99': 10_000,
  'p99.999': 100_000,
} as const;

export function percentileTable(data: JobData): Markup | null {
  const all = percentilesOf(data);
  if (all.length === 0) return null;
  return tableOf(
    [{ title: '' }, ...all.map(([title]) => ({ title, isNumber: true }))],
    [['latency', ...all.map(([, value]) => formatNs(value))]],
    `percentiles of ${data.job.name}`,
  );
}

/** Each with its name, smallest first, and the mean; none where no request was measured. */
export function percentilesOf(data: JobData): readonly (readonly [name: string, ns: number])[] {
  const { latency_ns: ns, operations } = data.job;
  if (ns === null) return [];
  const curve = percentileCurve(data);
  const known = { ...ns, 'p99.9': ns.p99_9 } as Readonly<Record<string, number | undefined>>;
  const within = Object.entries(SHARES).flatMap(([label, x]) => {
    // Those of the report are the exact ones; where no histogram was kept, there are no others.
    const value = known[label] ?? (data.histogram === null ? null : latencyAt(curve, x));
    return x > operations || value === null ? [] : [[label, value] as const];
  });
  return [['min', ns.min], ...within, ['max', ns.max], ['mean', ns.mean]];
}
