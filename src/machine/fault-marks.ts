import type { JobPlan } from '../scenario/plan.js';
import { GuestCounter, HostCounter } from '../stats/counters.js';
import type { SeriesFault } from './job-series.js';
import type { SeriesSource } from './series-sampler.js';

/** When the plan's fault struck, if it did: each thread that strikes itself writes down its time. */
export function faultMarks(
  { fault }: Pick<JobPlan, 'fault'>,
  source: Pick<SeriesSource, 'sumGuest' | 'sumHost'>,
  startCommonNs: number,
): SeriesFault[] {
  if (fault === null) return [];
  // One thread alone has one, so that the sum is its time.
  const isGuest = fault.worker === 'guest';
  const atNs = isGuest ? source.sumGuest(GuestCounter.faultAtNs) : source.sumHost(HostCounter.faultAtNs);
  if (atNs === 0) return [];
  return [
    {
      at_ms: Math.max(0, Math.round((atNs - startCommonNs) / 1000) / 1000),
      thread: `${fault.worker} ${fault.queue}`,
      how: fault.how,
      for_ms: fault.how === 'pause' ? fault.pauseMs : null,
    },
  ];
}
