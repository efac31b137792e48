import type { SharedNumbers } from '../memory/shared-numbers.js';
import type { JobPlan } from '../scenario/plan.js';
import type { DriverQueue } from '../virtqueue/queue.js';
import type { Ledger } from './ledger.js';
import type { RunLimits, RunnerParts } from './runner.js';

/** Labels of the random streams of a queue's guest; the device has its own. */
export const Stream = { operations: 0x100, arrivals: 0x200, lifecycle: 0x600 } as const;

/** What a plan says one queue is to do, as the parts that a runner needs. */
export interface Work {
  /** The parts whose clocks start now. */
  start(): Pick<RunnerParts, 'requests' | 'source' | 'pacing' | 'model' | 'sink' | 'limits'>;
  /** The device was reset: requests go to this queue from now on. */
  rebind(queue: DriverQueue<number>): void;
  /** Brings the shared counters up to date. */
  report(counters: SharedNumbers): void;
  /** The first few mismatches, spelled out. */
  readonly mismatchSamples: readonly string[];
  /** Hash of all that was read, where the plan asks for one and all was read. */
  sha256(ledger: Ledger): string | null;
  close(): void;
}

/** The largest request of the plan: what a slot must have room for. */
export function largestBlockBytes(plan: JobPlan): number {
  return Math.max(...plan.workload.blocks.map((block) => block.sizeBytes));
}

/** This queue's operations, those of the warm-up included; null: no such bound. */
export function operationBudget(plan: JobPlan, queue: number): number | null {
  const { operations } = plan.workload;
  return operations === null ? null : share(operations, plan, queue) + warmupOperations(plan, queue);
}

export function runLimits(plan: JobPlan, queue: number, startNs: number): RunLimits {
  const { durationMs, warmup } = plan.workload;
  return {
    startNs,
    durationNs: (durationMs ?? Infinity) * 1e6,
    warmupOperations: warmupOperations(plan, queue),
    warmupNs: warmup.durationMs * 1e6,
  };
}

function warmupOperations(plan: JobPlan, queue: number): number {
  return share(plan.workload.warmup.operations, plan, queue);
}

/** An equal part of `total` for each queue; the first ones take what is left over. */
export function share(total: number, plan: JobPlan, queue: number): number {
  const { count } = plan.queue;
  return Math.floor(total / count) + (queue < total % count ? 1 : 0);
}
