import type { RingEvent } from '../events/ring-event.js';

/** What is left of what one thread recorded. */
export interface KeptEvents {
  readonly events: readonly RingEvent[];
  /** Whether there was something before, or after, that was not kept. */
  readonly lostBefore: boolean;
  readonly lostAfter: boolean;
}

/** Both sides of a queue, over the same time. */
export interface Window {
  readonly driver: readonly RingEvent[];
  readonly device: readonly RingEvent[];
  readonly isFromStart: boolean;
  readonly isToEnd: boolean;
}

/**
 * Cuts what two threads kept to the time that both know of. A thread that has less to record keeps more of the time,
 * and with one side alone nothing can be told.
 */
export function commonWindow(driver: KeptEvents, device: KeptEvents): Window {
  const sides = [driver, device];
  const fromNs = Math.max(
    ...sides.map(({ lostBefore, events }) => (lostBefore ? (events[0]?.timeNs ?? Infinity) : -Infinity)),
  );
  const toNs = Math.min(
    ...sides.map(({ lostAfter, events }) => (lostAfter ? (events.at(-1)?.timeNs ?? -Infinity) : Infinity)),
  );
  const cut = (events: readonly RingEvent[]): RingEvent[] =>
    events.filter(({ timeNs }) => timeNs >= fromNs && timeNs <= toNs);
  return {
    driver: cut(driver.events),
    device: cut(device.events),
    isFromStart: fromNs === -Infinity,
    isToEnd: toNs === Infinity,
  };
}
