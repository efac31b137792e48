import type { WireError } from '../../errors.js';
import type { JobSeries, SeriesFault } from '../../machine/job-series.js';
import { formatCount, formatNs } from '../format.js';
import type { Band, Colour, Lane } from './plot/figure.js';

/** What happens to a job, beside its requests. */
const EVENTS = [
  { key: 'errors', label: 'answered with an error', colour: 5 },
  { key: 'mismatches', label: 'wrong data', colour: 2 },
  { key: 'recoveries', label: 'recoveries that the device asked for', colour: 2 },
  { key: 'device_resets', label: 'device resets', colour: 4 },
  { key: 'ring_resets', label: 'ring resets', colour: 1 },
  { key: 'resizes', label: 'resizes', colour: 3 },
  { key: 'suspends', label: 'suspensions', colour: 6 },
] as const satisfies readonly { key: keyof JobSeries; label: string; colour: Colour }[];

/** More lines through all panels than these hide what they point at. */
const THROUGH_MAX = 8;

/** A lane for each kind of event that there was, and one for what the run broke off with. */
export function eventLanes(series: JobSeries, failures: readonly WireError[]): readonly Lane[] {
  const present = EVENTS.flatMap(({ key, label, colour }) => {
    const counts = series[key];
    const total = counts.reduce((sum, count) => sum + count, 0);
    const at = series.end_ms.filter((_, i) => (counts[i] ?? 0) > 0);
    return total === 0 ? [] : [{ label: `${label}: ${formatCount(total)}`, colour, at }];
  });
  const marks = present.reduce((sum, { at }) => sum + at.length, 0);
  const lanes = [
    ...faultLanes(series),
    ...present.map((lane) => ({ ...lane, isThrough: marks <= THROUGH_MAX })),
  ];
  if (failures.length === 0) return lanes;
  const codes = [...new Set(failures.map(({ code }) => code))].join(', ');
  return [
    ...lanes,
    { label: `broke off: ${codes}`, colour: 2, at: [series.end_ms.at(-1) ?? 0], isThrough: true },
  ];
}

/** What the scenario does to a thread, in words. */
const FAULTS: Readonly<Record<SeriesFault['how'], string>> = {
  exit: 'ends',
  throw: 'throws an exception',
  hang: 'stands still',
  pause: 'stands still',
  needs_reset: 'asks for a reset',
  lose_notification: 'loses a notification',
};

/** A line through all panels for each: a fault strikes once, and what it does is to be seen in them. */
function faultLanes({ faults }: JobSeries): readonly Lane[] {
  return faults.map(({ at_ms: atMs, thread, how, for_ms: forMs }) => {
    const time = forMs === null ? '' : ` for ${formatNs(forMs * 1e6)}`;
    return { label: `fault: ${thread} ${FAULTS[how]}${time}`, colour: 2, at: [atMs], isThrough: true };
  });
}

/** From the first request to the last one that no statistic counts. */
export function warmUp({ warmup_operations: counts, end_ms: ends }: JobSeries): readonly Band[] {
  const [first, last] = [counts.findIndex((count) => count > 0), counts.findLastIndex((count) => count > 0)];
  if (first === -1) return [];
  return [{ from: ends[first - 1] ?? 0, to: ends[last] ?? 0, label: 'warm-up' }];
}
