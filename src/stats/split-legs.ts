/** When a request came to each point of its way, in nanoseconds of one clock. */
export interface SplitTimes {
  /** Where its latency counts from. */
  readonly startNs: number;
  readonly postedNs: number;
  readonly reapedNs: number;
  /** On the device's thread, whose clock may be a little before or behind. */
  readonly poppedNs: number;
  readonly usedNs: number;
}

/** The parts of a request's latency, which add up to it. */
export const SPLIT_LEGS = ['waiting', 'to_device', 'in_device', 'to_driver'] as const;

/** `waiting` until it is posted; on its way `to_device`; `in_device`; on its way back `to_driver`. */
export type SplitLegs = Readonly<Record<(typeof SPLIT_LEGS)[number], number>>;

/**
 * Null when the device's times are further outside of the driver's than clocks can be apart that may differ by
 * `errorNs`: then they are not to be believed.
 */
export function splitLegs(times: SplitTimes, errorNs: number): SplitLegs | null {
  const { startNs, postedNs, poppedNs, usedNs, reapedNs } = times;
  if (poppedNs < postedNs - errorNs || usedNs > reapedNs + errorNs || usedNs < poppedNs) return null;
  // The one clock's fault, at most by the error: no leg is negative, and their sum stays what it is.
  const popped = Math.min(Math.max(poppedNs, postedNs), reapedNs);
  const used = Math.min(Math.max(usedNs, popped), reapedNs);
  return {
    waiting: postedNs - startNs,
    to_device: popped - postedNs,
    in_device: used - popped,
    to_driver: reapedNs - used,
  };
}
