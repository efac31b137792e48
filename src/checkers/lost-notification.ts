/** What is known of a ring whose two sides have stopped, from their own counts. */
export interface StoppedRing {
  readonly posted: number;
  readonly popped: number;
  readonly used: number;
  readonly returned: number;
  readonly isDriverAsleep: boolean;
  readonly isDeviceAsleep: boolean;
}

/**
 * What kept a ring from going on. A side that sleeps although the other has shown it something was not told, or was
 * told and did not hear: the two orders that prevent it are store before load, on both sides.
 */
export function diagnose(ring: StoppedRing): 'lost kick' | 'lost interrupt' | 'stall' {
  if (ring.isDeviceAsleep && ring.posted > ring.popped) return 'lost kick';
  if (ring.isDriverAsleep && ring.used > ring.returned) return 'lost interrupt';
  return 'stall';
}
