import type { SharedNumbers } from '../memory/shared-numbers.js';
import { mix32 } from '../rng.js';
import { GuestCounter, newCounters } from '../stats/counters.js';
import { Histogram } from '../stats/histogram.js';
import type { Operation } from './operation.js';
import type { Request } from './request-table.js';

const KIND_NUMBER = { read: 1, write: 2, flush: 3, discard: 4, write_zeroes: 5 } as const;

/** The warm-up, or what is measured behind it. */
interface Phase {
  /** The counter of its operations, among the thread's. */
  readonly operations: number;
  /** What the others of its counters are added to. */
  readonly counters: SharedNumbers;
  readonly histogram: Histogram;
  /** When its first request began; infinite before. */
  sinceNs: number;
}

/**
 * Counts what a queue's workload does: the numbers of the report, off the ring's own path.
 *
 * A request of the warm-up takes the way of one that is measured, step by step, and what is counted of it is thrown
 * away. A path that is first taken when measuring begins is not compiled yet, and costs all around it their code: a
 * tenth of a second at a hundredth of the speed, right behind the warm-up that was to prevent it.
 */
export class Ledger {
  readonly counters: SharedNumbers;
  readonly errorsByKind: Record<string, number> = {};
  private readonly warmup: Phase;
  private readonly measured: Phase;
  private digestLow = 0;
  private digestHigh = 0;

  constructor(counters: SharedNumbers, histogram: Histogram) {
    this.counters = counters;
    this.warmup = phase(GuestCounter.warmup, newCounters(), Histogram.ofMaxNs());
    this.measured = phase(GuestCounter.measured, counters, histogram);
  }

  submitted(operation: Operation, startNs: number, measured: boolean): void {
    this.counters.add(GuestCounter.submitted, 1);
    const current = this.phaseOf(measured);
    current.sinceNs = Math.min(current.sinceNs, startNs);
    const what = mix32(KIND_NUMBER[operation.kind], operation.segments * 0x10000 + operation.count);
    this.digestLow = mix32(this.digestLow, mix32(what, operation.sector));
    this.digestHigh = mix32(this.digestHigh ^ what, operation.sector);
  }

  /** `error` null: answered with OK; `isOldest`: nothing posted before it is still out. */
  completed(
    request: Request,
    error: string | null,
    dataBytes: number,
    isOldest: boolean,
    nowNs: number,
  ): void {
    this.counters.add(GuestCounter.completed, 1);
    if (!isOldest) this.counters.add(GuestCounter.outOfOrder, 1);
    const { operations, counters, histogram, sinceNs } = this.phaseOf(request.measured);
    this.counters.add(operations, 1);
    counters.set(GuestCounter.measuredNs, nowNs - sinceNs);
    histogram.record(nowNs - request.startNs);
    if (error === null) counters.add(GuestCounter.bytes, dataBytes);
    else if (request.measured) this.failed(error, request);
  }

  /** So many requests were taken back from a ring that was reset, to be posted again. */
  takenBack(count: number): void {
    this.counters.add(GuestCounter.tokensDetached, count);
  }

  /** So many of those are in the new ring. */
  reposted(count: number): void {
    this.counters.add(GuestCounter.tokensReposted, count);
  }

  /** Whether the last kick notified the device or could be saved. */
  kicked(notified: boolean): void {
    this.counters.add(notified ? GuestCounter.kicks : GuestCounter.kicksSuppressed, 1);
  }

  /** An interrupt ended a sleep, and there was nothing to take. */
  wokenForNothing(): void {
    this.counters.add(GuestCounter.spuriousInterrupts, 1);
  }

  /** 64 bits over kind, place and shape of every operation in the order of submission. */
  get digest(): string {
    const hex = (word: number): string => word.toString(16).padStart(8, '0');
    return hex(this.digestHigh) + hex(this.digestLow);
  }

  private failed(error: string, request: Request): void {
    this.counters.add(GuestCounter.errors, 1);
    const name = `${error} ${request.kind}`;
    this.errorsByKind[name] = (this.errorsByKind[name] ?? 0) + 1;
  }

  private phaseOf(isMeasured: boolean): Phase {
    // Both are read before one is chosen: no access is left that was never made in the warm-up.
    const { warmup, measured } = this;
    return isMeasured ? measured : warmup;
  }
}

/** Made in one place, so that the engine knows both as the same kind of object. */
function phase(operations: number, counters: SharedNumbers, histogram: Histogram): Phase {
  return { operations, counters, histogram, sinceNs: Infinity };
}
