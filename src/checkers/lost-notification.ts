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

/**
 * The answers to the three questions of a stuck ring, a line for each place at which buffers wait: did the device see
 * them, did it finish them, did the driver see that?
 */
export function whereBuffersWait(ring: StoppedRing): string[] {
  const { posted, popped, used, returned } = ring;
  const waiting: string[] = [];
  if (posted > popped) {
    const why = ring.isDeviceAsleep
      ? 'it sleeps: a kick was lost, or was not thought necessary'
      : 'it is awake, and takes none';
    waiting.push(`the device has not seen ${posted - popped} of the buffers; ${why}`);
  }
  if (popped > used) waiting.push(`the device has taken ${popped - used} buffers, and has not finished them`);
  if (used > returned) {
    const why = ring.isDriverAsleep
      ? 'it sleeps: an interrupt was lost, or was not thought necessary'
      : 'it is awake, and takes none';
    waiting.push(`the driver has not seen that ${used - returned} buffers were finished; ${why}`);
  }
  return waiting.length > 0 ? waiting : ['no buffer is out: the driver has posted nothing more'];
}
