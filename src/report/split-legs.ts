import type { LatencySplitReport, SplitLegReport } from '../machine/job-report.js';
import { formatCount } from './format.js';

/** A part of the latency as a reader knows it. */
export interface NamedLeg {
  readonly name: string;
  readonly leg: SplitLegReport;
}

/** The parts in the order of a request's way. Nothing waits to be posted in a closed loop without resets. */
export function namedLegs(split: LatencySplitReport): readonly NamedLeg[] {
  const { waiting, to_device: toDevice, in_device: inDevice, to_driver: toDriver } = split;
  return [
    ...(waiting.max_ns === 0 ? [] : [{ name: 'waiting', leg: waiting }]),
    { name: 'to device', leg: toDevice },
    { name: 'in device', leg: inDevice },
    { name: 'back', leg: toDriver },
  ];
}

/** What the figures are from. */
export function sampledText({ sampled, dropped }: LatencySplitReport): string {
  return `${formatCount(sampled)} sampled${dropped === 0 ? '' : `, ${formatCount(dropped)} dropped`}`;
}
