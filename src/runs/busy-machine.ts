import type { Compared, Comparison } from '../bench/compare.js';
import { measuredRows, spanMs } from './measured-rows.js';
import type { StoredRun } from './stored-run.js';

/** Others that have more of the CPUs than this decide themselves how fast a run is. */
const OTHERS_MAX = 0.1;

/** The share of all CPUs that other programs had while a job was measured; by its name. */
function othersShares({ series, document }: StoredRun): ReadonlyMap<string, number> {
  const cpuCount = cpuCountOf(document['environment']);
  return new Map(
    series.map((one) => {
      const rows = measuredRows(one);
      const usedMs = rows.reduce((sum, row) => sum + (one.others_cpu_ms[row] ?? 0), 0);
      const share = usedMs / (spanMs(one, rows[0] ?? 0, rows.at(-1) ?? 0) * cpuCount);
      return [one.job, Number.isFinite(share) ? Math.max(0, share) : 0];
    }),
  );
}

/** Jobs whose two runs cannot be held against each other, with the larger share of the two. */
export function busyJobs(a: StoredRun, b: StoredRun): ReadonlyMap<string, number> {
  const [sharesA, sharesB] = [othersShares(a), othersShares(b)];
  const larger = [...sharesA].map(([job, share]) => [job, Math.max(share, sharesB.get(job) ?? 0)] as const);
  return new Map(larger.filter(([, share]) => share > OTHERS_MAX));
}

/** Where others had the CPUs, a difference is no news of the program: such verdicts become `unclear`. */
export function withoutBusyClaims(compared: Compared, busy: ReadonlyMap<string, number>): Compared {
  const temper = (comparison: Comparison): Comparison => {
    const { subject, verdict } = comparison;
    const isClaim = verdict === 'slower' || verdict === 'faster';
    if (!isClaim || !busy.has(subject.name)) return comparison;
    return { ...comparison, verdict: 'unclear', more: { reason: 'busy', samplesEach: null } };
  };
  return { ...compared, comparisons: compared.comparisons.map(temper) };
}

function cpuCountOf(environment: unknown): number {
  const isRecord = typeof environment === 'object' && environment !== null;
  const count = isRecord && 'cpu_count' in environment ? environment.cpu_count : 1;
  return typeof count === 'number' && count > 0 ? count : 1;
}
