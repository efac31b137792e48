import type { Comparison } from '../bench/compare.js';
import { median } from '../bench/bench-result.js';
import type { RecordedEnvironment } from '../bench/history.js';
import { subjectOf } from '../bench/identity.js';
import type { RecordedResult } from '../bench/read-results.js';
import { formatCount, formatShare, plural } from './format.js';

/** Half a CPU that something else had. */
const LOAD_DIFFERENCE_MAX = 0.5;

type Records = readonly RecordedResult[];

/** What else than the program may be why A and B differ, or why they do not. */
export function compareWarnings(a: Records, b: Records, pairs: readonly Comparison[]): string[] {
  if (pairs.length === 0) return [];
  return [
    ...environmentWarnings('CPU', a, b, ({ cpu_count, cpu_model }) => `${cpu_count} x ${cpu_model}`),
    ...environmentWarnings('Node', a, b, ({ node_version }) => node_version),
    ...loadWarnings(a, b),
    ...buffersWarnings(a, b, pairs),
    ...sharedWarnings(a, b),
    ...singleRunWarnings(pairs),
  ];
}

function environmentWarnings(
  what: string,
  a: Records,
  b: Records,
  text: (environment: RecordedEnvironment) => string,
): string[] {
  const [inA, inB] = [a, b].map((records) => new Set(records.map((record) => text(record.environment))));
  if (inA === undefined || inB === undefined || new Set([...inA, ...inB]).size === 1) return [];
  return [`${what} is not the same throughout: A on ${[...inA].join(', ')}; B on ${[...inB].join(', ')}`];
}

/** Whether the machine had noticeably more to do before one of them. */
export function isLoadDifferent(a: Records, b: Records): boolean {
  return Math.abs(loadOf(b) - loadOf(a)) > LOAD_DIFFERENCE_MAX;
}

function loadOf(records: Records): number {
  return median(records.map(({ environment }) => environment.load_average[0] ?? 0));
}

function loadWarnings(a: Records, b: Records): string[] {
  if (!isLoadDifferent(a, b)) return [];
  const [before, after] = [loadOf(a), loadOf(b)];
  return [`the machine was busier for one: load ${round(before)} before A, ${round(after)} before B`];
}

function buffersWarnings(a: Records, b: Records, pairs: readonly Comparison[]): string[] {
  const differing = pairs.filter(({ subject }) => {
    const counts = [...a, ...b]
      .filter(({ result }) => subjectOf(result).identity === subject.identity)
      .map(({ result }) => result['buffers']);
    return new Set(counts).size > 1;
  });
  if (differing.length === 0) return [];
  return [`${plural(differing.length, 'comparison')} of repetitions of different lengths (\`buffers\`)`];
}

function sharedWarnings(a: Records, b: Records): string[] {
  const runs = new Set(a.map(({ started_at }) => started_at));
  const shared = new Set(b.map(({ started_at }) => started_at).filter((run) => runs.has(run)));
  return shared.size === 0 ? [] : [`${plural(shared.size, 'run')} in both files: that hides a difference`];
}

/** By job, the share of the CPUs that other programs had in the worse of its two runs. */
export function busyWarnings(busy: ReadonlyMap<string, number>): string[] {
  if (busy.size === 0) return [];
  const most = formatShare(Math.max(...busy.values()));
  return [
    `other programs had up to ${most} of the CPUs in ${plural(busy.size, 'job')}: no difference is claimed there`,
  ];
}

/** Repetitions of one run share its memory and what the compiler made of it. */
function singleRunWarnings(pairs: readonly Comparison[]): string[] {
  const single = pairs.filter(({ a, b }) => a.runs === 1 || b.runs === 1).length;
  if (single === 0) return [];
  const which = single === pairs.length ? 'every comparison' : `${formatCount(single)} of the comparisons`;
  return [`one side of ${which} is a single run: what differs from run to run counts as a difference`];
}

function round(load: number): number {
  return Math.round(load * 100) / 100;
}
