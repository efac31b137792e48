import { GuestCounter, HostCounter } from '../stats/counters.js';
import { Histogram } from '../stats/histogram.js';
import type { JobProgress } from './job-report.js';
import type { Machine } from './machine.js';
import { outstandingOf } from './outstanding.js';

/** What can be said of a running job, from the shared counters; `violations` is what threads have reported. */
export function jobProgress(machine: Machine, elapsedMs: number, violations: number): JobProgress {
  const { plan } = machine;
  const operations = machine.sumGuest(GuestCounter.completed);
  const perOperation = (amount: number): number => (operations > 0 ? amount / operations : 0);
  const histogram = Histogram.merge(machine.lanes.map((lane) => lane.histogram));
  return {
    name: plan.name,
    elapsedMs,
    share: share(machine, operations, elapsedMs),
    operations,
    operationsPerS: elapsedMs > 0 ? (operations * 1000) / elapsedMs : 0,
    p99Ns: histogram.percentile(99),
    kicksPerOperation: perOperation(machine.sumGuest(GuestCounter.kicks)),
    interruptsPerOperation: perOperation(machine.sumHost(HostCounter.interrupts)),
    ringFill: outstandingOf(machine) / (plan.queue.size * plan.queue.count),
    violations: violations + machine.sumGuest(GuestCounter.mismatches),
    errors: machine.sumGuest(GuestCounter.errors),
  };
}

/** Operations or time, whichever is nearer to its end; null where neither is bounded. */
function share(machine: Machine, operations: number, elapsedMs: number): number | null {
  const { operations: wanted, durationMs, warmup } = machine.plan.workload;
  const shares: number[] = [];
  if (wanted !== null) shares.push(operations / (wanted + warmup.operations));
  if (durationMs !== null) shares.push(elapsedMs / durationMs);
  return shares.length === 0 ? null : Math.min(1, Math.max(...shares));
}
