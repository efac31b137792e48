import type { SharedNumbers } from '../memory/shared-numbers.js';
import { mix32 } from '../rng.js';
import { GuestCounter } from '../stats/counters.js';
import type { Histogram } from '../stats/histogram.js';
import type { Operation } from './operation.js';
import type { Request } from './request-table.js';

const KIND_NUMBER = { read: 1, write: 2, flush: 3, discard: 4, write_zeroes: 5 } as const;

/** Counts what a queue's workload does: the numbers of the report, off the ring's own path. */
export class Ledger {
  readonly counters: SharedNumbers;
  readonly errorsByKind: Record<string, number> = {};
  private readonly histogram: Histogram;
  private digestLow = 0;
  private digestHigh = 0;
  private measuredSinceNs = 0;

  constructor(counters: SharedNumbers, histogram: Histogram) {
    this.counters = counters;
    this.histogram = histogram;
  }

  submitted(operation: Operation, startNs: number, measured: boolean): void {
    this.counters.add(GuestCounter.submitted, 1);
    if (measured && this.measuredSinceNs === 0) this.measuredSinceNs = startNs;
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
    if (!request.measured) {
      this.counters.add(GuestCounter.warmup, 1);
      return;
    }
    this.counters.add(GuestCounter.measured, 1);
    this.counters.set(GuestCounter.measuredNs, nowNs - this.measuredSinceNs);
    this.histogram.record(nowNs - request.startNs);
    if (error === null) {
      this.counters.add(GuestCounter.bytes, dataBytes);
      return;
    }
    this.counters.add(GuestCounter.errors, 1);
    const name = `${error} ${request.kind}`;
    this.errorsByKind[name] = (this.errorsByKind[name] ?? 0) + 1;
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
}
