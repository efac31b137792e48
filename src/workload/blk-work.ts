import { createHash, type Hash } from 'node:crypto';
import { nowNs } from '../clock.js';
import { SECTOR_BYTES } from '../devices/blk.js';
import type { BlkQueue } from '../guest/blk-queue.js';
import type { BlkSlots } from '../guest/blk-slots.js';
import type { SharedNumbers } from '../memory/shared-numbers.js';
import { Rng } from '../rng.js';
import type { JobPlan } from '../scenario/plan.js';
import { GuestCounter } from '../stats/counters.js';
import { BlkRequests } from './blk-requests.js';
import { BlkSource } from './blk-source.js';
import { DiskModel } from './disk-model.js';
import { FileContent, type InitialContent, StampedContent } from './initial-content.js';
import type { Ledger } from './ledger.js';
import { pacing } from './pacing.js';
import { SECTOR_WORDS, stampSector } from './payload.js';
import type { DriverQueue } from '../virtqueue/queue.js';
import type { Request } from './request-table.js';
import type { ReadSink } from './runner.js';
import { Verifier } from './verifier.js';
import { largestBlockBytes, operationBudget, runLimits, Stream, type Work } from './work.js';

/** Reads and writes from the seed, verified against a model of the disk. */
export class BlkWork implements Work, ReadSink {
  readonly inOrder: boolean;
  private readonly plan: JobPlan;
  private readonly queue: number;
  private readonly blk: BlkQueue;
  private readonly slots: BlkSlots;
  private readonly model: DiskModel;
  private readonly initial: InitialContent;
  private readonly verifier: Verifier | null;
  private readonly hash: Hash | null;
  private readonly writes: boolean;

  constructor(plan: JobPlan, queue: number, blk: BlkQueue, capacityBytes: number) {
    const { workload, backend } = plan;
    this.plan = plan;
    this.queue = queue;
    this.blk = blk;
    this.slots = blk.slots;
    const sectors = capacityBytes / SECTOR_BYTES;
    const { count } = plan.queue;
    this.model = new DiskModel(
      Math.floor((sectors * queue) / count),
      Math.floor((sectors * (queue + 1)) / count),
    );
    this.initial =
      backend.kind === 'file'
        ? new FileContent(backend.path, largestBlockBytes(plan))
        : new StampedContent(plan.seed);
    this.verifier = workload.verify ? new Verifier(this.model, this.initial, plan.seed) : null;
    this.hash = workload.hash ? createHash('sha256') : null;
    this.inOrder = workload.hash;
    this.writes = workload.mix.some((part) => part.operation !== 'read' && part.operation !== 'flush');
  }

  get mismatchSamples(): readonly string[] {
    return this.verifier?.samples ?? [];
  }

  start(): ReturnType<Work['start']> {
    const { workload, seed, queue } = this.plan;
    const rng = new Rng(seed).fork(this.queue);
    const onePass =
      workload.pattern === 'sequential' && workload.operations === null && workload.durationMs === null;
    const operations = operationBudget(this.plan, this.queue);
    const { fromSector, toSector } = this.model;
    const startNs = nowNs();
    return {
      requests: new BlkRequests(this.blk, (slot, operation, generation) =>
        this.fill(slot, operation, generation),
      ),
      source: new BlkSource(workload, rng.fork(Stream.operations), fromSector, toSector, operations, onePass),
      pacing: pacing(workload.arrival, queue.count, rng.fork(Stream.arrivals), startNs),
      model: this.writes ? this.model : null,
      sink: this,
      limits: runLimits(this.plan, this.queue, startNs),
    };
  }

  private fill(slot: number, operation: { sector: number; count: number }, generation: number): void {
    const words = this.slots.words(slot);
    for (let i = 0; i < operation.count; i++) {
      stampSector(words, i * SECTOR_WORDS, operation.sector + i, generation, this.plan.seed);
    }
  }

  consume(slot: number, request: Request): void {
    this.verifier?.check(this.slots.words(slot), request.sector, request.count);
    this.hash?.update(this.slots.bytes(slot).subarray(0, request.count * SECTOR_BYTES));
  }

  rebind(queue: DriverQueue<number>): void {
    this.blk.rebind(queue);
  }

  report(counters: SharedNumbers): void {
    if (this.verifier === null) return;
    counters.set(GuestCounter.verifiedBytes, this.verifier.verifiedBytes);
    counters.set(GuestCounter.mismatches, this.verifier.mismatches);
  }

  /** A hash of less than everything would be worth nothing. */
  sha256(ledger: Ledger): string | null {
    const { fromSector, toSector } = this.model;
    const whole = ledger.counters.get(GuestCounter.bytes) === (toSector - fromSector) * SECTOR_BYTES;
    return this.hash !== null && whole ? this.hash.digest('hex') : null;
  }

  close(): void {
    this.initial.close();
  }
}
