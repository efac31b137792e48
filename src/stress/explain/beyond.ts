import type { RoundPlan } from '../round-plan.js';
import type { Explored } from './hand-over.js';

/** What a round has, and no program of the explorer: where the cause may be when no execution shows it. */
export function beyondPrograms(plan: RoundPlan, explored: readonly Explored[]): string[] {
  const { guest, host } = plan;
  const hasFaults = [guest, host].some(({ faults }) => faults.late > 0 || faults.spurious > 0);
  const hasSpins = [guest, host].some(({ wait }) => wait.policy !== 'block');
  const buffers = wholeBuffers(explored);
  return [
    `more than ${buffers} buffer${buffers === 1 ? '' : 's'} one after the other`,
    ...(plan.asksLate ? ['interrupts that are asked for after three quarters of the buffers'] : []),
    ...(plan.window > 1 ? ['a device that holds several buffers'] : []),
    ...(plan.serviceOrder === 'oldest' ? [] : ['buffers that return in another order']),
    ...(plan.reapAfter > 1 ? ['a driver that takes buffers back late'] : []),
    ...(plan.elementsMax > 2 ? ['longer chains'] : []),
    ...(plan.indirect && plan.directCount > 0 ? ['descriptors in front of a table'] : []),
    ...(hasFaults ? ['notifications that come late, or for nothing'] : []),
    ...(hasSpins ? ['a side that polls'] : []),
    'what only the threads of the race run: their port, their clock, the engine',
  ];
}

/** So many were explored to the end, under every profile. */
function wholeBuffers(explored: readonly Explored[]): number {
  const counts = [...new Set(explored.map(({ options }) => Number(options['buffers'])))];
  const profiles = new Set(explored.map(({ profile }) => profile)).size;
  const isWhole = (buffers: number): boolean => {
    const own = explored.filter(({ options }) => Number(options['buffers']) === buffers);
    const rings = new Set(own.map(({ options }) => options['ringSize'])).size;
    return own.length === rings * profiles && own.every(({ exhaustive }) => exhaustive);
  };
  return Math.max(0, ...counts.filter(isWhole));
}
