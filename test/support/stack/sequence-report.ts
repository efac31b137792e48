import type { StackTally } from './stack-run.js';

/** What a run of many sequences says of itself, for the log of CI. */
export function sequenceReport(
  title: string,
  tally: StackTally,
  seeds: readonly number[],
  millis: number,
): string {
  const { sequences, commands, rings, deviceResets, ringResets, suspensions, buffersReturned } = tally;
  return [
    `${title}: ${sequences} sequences of ${commands} calls in ${(millis / 1000).toFixed(1)} s,`,
    `seeds ${Math.min(...seeds)} to ${Math.max(...seeds)} (VRING_TEST_SEED=N for others):`,
    `${buffersReturned} buffers on ${rings} rings, ${deviceResets} resets of the device,`,
    `${ringResets} of the ring, ${suspensions} suspensions`,
  ].join(' ');
}
