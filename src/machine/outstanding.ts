import { GuestCounter } from '../stats/counters.js';

/**
 * Requests that are in the rings. The counters are read one after the other while the threads go on: it is off by what
 * happens in between.
 */
export function outstandingOf(source: { sumGuest(counter: number): number }): number {
  const back = source.sumGuest(GuestCounter.completed) + source.sumGuest(GuestCounter.detached);
  return Math.max(0, source.sumGuest(GuestCounter.submitted) - back);
}
