import { nowNs } from '../clock.js';
import { SECTOR_BYTES } from '../devices/blk.js';
import { fillAnswer } from '../devices/rng.js';
import type { RngQueue } from '../guest/rng-queue.js';
import type { SharedNumbers } from '../memory/shared-numbers.js';
import { Rng } from '../rng.js';
import type { JobPlan } from '../scenario/plan.js';
import { GuestCounter } from '../stats/counters.js';
import type { DriverQueue } from '../virtqueue/queue.js';
import { BlkSource } from './blk-source.js';
import type { Operation } from './operation.js';
import { pacing } from './pacing.js';
import type { Request } from './request-table.js';
import type { Requests } from './requests.js';
import type { ReadSink } from './runner.js';
import { largestBlockBytes, operationBudget, runLimits, Stream, type Work } from './work.js';

const SAMPLES_MAX = 8;

/** Reads from an entropy device, whose answers are numbered: the next one must be the next number. */
export class RngWork implements Work, Requests, ReadSink {
  readonly inOrder = false;
  readonly mismatchSamples: string[] = [];
  private readonly plan: JobPlan;
  private readonly index: number;
  private readonly queue: RngQueue;
  private readonly expected: Uint8Array;
  private serial = 0;
  private verifiedBytes = 0;
  private mismatches = 0;

  constructor(plan: JobPlan, index: number, queue: RngQueue) {
    this.plan = plan;
    this.index = index;
    this.queue = queue;
    this.expected = new Uint8Array(largestBlockBytes(plan));
  }

  start(): ReturnType<Work['start']> {
    const { workload, seed, queue } = this.plan;
    const rng = new Rng(seed).fork(this.index);
    const startNs = nowNs();
    // The places that the source draws mean nothing to this device; its sizes and segments do.
    const places = largestBlockBytes(this.plan) / SECTOR_BYTES;
    const budget = operationBudget(this.plan, this.index);
    return {
      requests: this,
      source: new BlkSource(workload, rng.fork(Stream.operations), 0, places, budget, false),
      pacing: pacing(workload.arrival, queue.count, rng.fork(Stream.arrivals), startNs),
      model: null,
      sink: this,
      limits: runLimits(this.plan, this.index, startNs),
    };
  }

  post(slot: number, operation: Operation): boolean {
    return this.queue.post(slot, operation.count * SECTOR_BYTES, operation.segments);
  }

  complete(): number {
    return this.queue.complete();
  }

  /** 5.4.6.2: the device writes at least one byte. */
  error(): string | null {
    return this.queue.usedLength === 0 ? 'EMPTY' : null;
  }

  dataBytes(): number {
    return this.queue.usedLength;
  }

  consume(slot: number, _request: Request): void {
    const serial = this.serial;
    this.serial = (this.serial + 1) >>> 0;
    if (!this.plan.workload.verify) return;
    const length = this.queue.usedLength;
    const bytes = this.queue.bytes(slot);
    fillAnswer(this.expected, length, serial, this.plan.seed);
    this.verifiedBytes += length;
    const wrong = firstDifference(bytes, this.expected, length);
    if (wrong === -1) return;
    this.mismatches += 1;
    if (this.mismatchSamples.length < SAMPLES_MAX) {
      this.mismatchSamples.push(`answer ${serial}: byte ${wrong} of ${length} is ${bytes[wrong]}`);
    }
  }

  /** A device that was reset numbers its answers from 0. */
  rebind(queue: DriverQueue<number>): void {
    this.queue.rebind(queue);
    this.serial = 0;
  }

  report(counters: SharedNumbers): void {
    counters.set(GuestCounter.verifiedBytes, this.verifiedBytes);
    counters.set(GuestCounter.mismatches, this.mismatches);
  }

  sha256(): null {
    return null;
  }

  close(): void {
    // Nothing is open.
  }
}

function firstDifference(a: Uint8Array, b: Uint8Array, length: number): number {
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return i;
  return -1;
}
