import { createHash, type Hash } from 'node:crypto';
import { nowNs } from '../clock.js';
import { SECTOR_BYTES } from '../devices/blk.js';
import type { BlkSlots } from '../guest/blk-slots.js';
import type { SharedNumbers } from '../memory/shared-numbers.js';
import { Rng } from '../rng.js';
import type { JobPlan } from '../scenario/plan.js';
import { GuestCounter } from '../stats/counters.js';
import type { DataPlan, RunnerParts } from './blk-runner.js';
import { BlkSource } from './blk-source.js';
import { CopySource, SourceFile } from './copy-file.js';
import { DiskModel } from './disk-model.js';
import { FileContent, type InitialContent, StampedContent } from './initial-content.js';
import type { Ledger } from './ledger.js';
import type { OperationSource } from './operation.js';
import { pacing } from './pacing.js';
import { SECTOR_WORDS, stampSector } from './payload.js';
import type { Request } from './request-table.js';
import { Verifier } from './verifier.js';

/** Labels of the random streams of a queue; the device has its own. */
const Stream = { operations: 0x100, arrivals: 0x200 } as const;

/** What a plan says one queue is to do, as the parts that a runner needs. */
export interface BlkWork {
  /** The parts whose clocks start now. */
  start(): Pick<RunnerParts, 'source' | 'pacing' | 'model' | 'data' | 'limits'>;
  /** Brings the shared counters up to date. */
  report(counters: SharedNumbers): void;
  readonly mismatchSamples: readonly string[];
  sha256(ledger: Ledger): string | null;
  close(): void;
}

/** The work of queue number `queue` of a plan, on a disk of `capacityBytes`, with requests in `slots`. */
export function blkWork(plan: JobPlan, queue: number, slots: BlkSlots, capacityBytes: number): BlkWork {
  return plan.workload.source === null
    ? new GeneratedWork(plan, queue, slots, capacityBytes)
    : new CopyWork(plan, slots, capacityBytes, plan.workload.source);
}

/** The largest request of the plan: what a slot must have room for. */
export function largestBlockBytes(plan: JobPlan): number {
  return Math.max(...plan.workload.blocks.map((block) => block.sizeBytes));
}

/** Reads and writes from the seed, verified against a model of the disk. */
class GeneratedWork implements BlkWork, DataPlan {
  readonly inOrder: boolean;
  readonly #plan: JobPlan;
  readonly #queue: number;
  readonly #slots: BlkSlots;
  readonly #model: DiskModel;
  readonly #initial: InitialContent;
  readonly #verifier: Verifier | null;
  readonly #hash: Hash | null;
  readonly #writes: boolean;

  constructor(plan: JobPlan, queue: number, slots: BlkSlots, capacityBytes: number) {
    const { workload, backend } = plan;
    this.#plan = plan;
    this.#queue = queue;
    this.#slots = slots;
    const sectors = capacityBytes / SECTOR_BYTES;
    const { count } = plan.queue;
    this.#model = new DiskModel(
      Math.floor((sectors * queue) / count),
      Math.floor((sectors * (queue + 1)) / count),
    );
    this.#initial =
      backend.kind === 'file'
        ? new FileContent(backend.path, largestBlockBytes(plan))
        : new StampedContent(plan.seed);
    this.#verifier = workload.verify ? new Verifier(this.#model, this.#initial, plan.seed) : null;
    this.#hash = workload.hash ? createHash('sha256') : null;
    this.inOrder = workload.hash;
    this.#writes = workload.mix.some((part) => part.operation !== 'read' && part.operation !== 'flush');
  }

  get mismatchSamples(): readonly string[] {
    return this.#verifier?.samples ?? [];
  }

  start(): ReturnType<BlkWork['start']> {
    const { workload, seed, queue } = this.#plan;
    const rng = new Rng(seed).fork(this.#queue);
    const onePass =
      workload.pattern === 'sequential' && workload.operations === null && workload.durationMs === null;
    const warmupOperations = share(workload.warmup.operations, queue.count, this.#queue);
    const operations =
      workload.operations === null
        ? null
        : share(workload.operations, queue.count, this.#queue) + warmupOperations;
    const { fromSector, toSector } = this.#model;
    const startNs = nowNs();
    return {
      source: new BlkSource(workload, rng.fork(Stream.operations), fromSector, toSector, operations, onePass),
      pacing: pacing(workload.arrival, queue.count, rng.fork(Stream.arrivals), startNs),
      model: this.#writes ? this.#model : null,
      data: this,
      limits: {
        startNs,
        durationNs: (workload.durationMs ?? Infinity) * 1e6,
        warmupOperations,
        warmupNs: workload.warmup.durationMs * 1e6,
      },
    };
  }

  fill(slot: number, operation: { sector: number; count: number }, generation: number): void {
    const words = this.#slots.words(slot);
    for (let i = 0; i < operation.count; i++) {
      stampSector(words, i * SECTOR_WORDS, operation.sector + i, generation, this.#plan.seed);
    }
  }

  consume(slot: number, request: Request): void {
    this.#verifier?.check(this.#slots.words(slot), request.sector, request.count);
    this.#hash?.update(this.#slots.bytes(slot).subarray(0, request.count * SECTOR_BYTES));
  }

  report(counters: SharedNumbers): void {
    reportVerified(this.#verifier, counters);
  }

  /** A hash of less than everything would be worth nothing. */
  sha256(ledger: Ledger): string | null {
    const { fromSector, toSector } = this.#model;
    const whole = ledger.counters.get(GuestCounter.bytes) === (toSector - fromSector) * SECTOR_BYTES;
    return this.#hash !== null && whole ? this.#hash.digest('hex') : null;
  }

  close(): void {
    this.#initial.close();
  }
}

/** A file that is written to the disk, and read back. */
class CopyWork implements BlkWork, DataPlan {
  readonly inOrder = false;
  readonly #plan: JobPlan;
  readonly #slots: BlkSlots;
  readonly #file: SourceFile;
  readonly #source: OperationSource;
  readonly #model: DiskModel;
  readonly #verifier: Verifier;
  /** The first read of all only fetches what follows the file in its last sector. */
  #tailIsMissing: boolean;

  constructor(
    plan: JobPlan,
    slots: BlkSlots,
    capacityBytes: number,
    source: { readonly path: string; readonly offsetBytes: number },
  ) {
    const blockBytes = largestBlockBytes(plan);
    this.#plan = plan;
    this.#slots = slots;
    this.#file = new SourceFile(source.path, source.offsetBytes, capacityBytes, blockBytes);
    this.#source = new CopySource(this.#file, blockBytes);
    this.#model = new DiskModel(0, capacityBytes / SECTOR_BYTES);
    this.#verifier = new Verifier(this.#model, this.#file, plan.seed);
    this.#tailIsMissing = this.#file.hasTail;
  }

  get mismatchSamples(): readonly string[] {
    return this.#verifier.samples;
  }

  start(): ReturnType<BlkWork['start']> {
    const startNs = nowNs();
    const { workload, seed } = this.#plan;
    return {
      source: this.#source,
      pacing: pacing(workload.arrival, 1, new Rng(seed).fork(Stream.arrivals), startNs),
      // Everything is written once, flushed, and only then read: no two requests can conflict.
      model: null,
      data: this,
      limits: { startNs, durationNs: Infinity, warmupOperations: 0, warmupNs: 0 },
    };
  }

  fill(slot: number, operation: { sector: number; count: number }): void {
    this.#slots.bytes(slot).set(this.#file.content(operation.sector, operation.count));
  }

  consume(slot: number, request: Request): void {
    if (this.#tailIsMissing) {
      this.#file.keepLastSector(this.#slots.bytes(slot));
      this.#tailIsMissing = false;
      return;
    }
    this.#verifier.check(this.#slots.words(slot), request.sector, request.count);
  }

  report(counters: SharedNumbers): void {
    reportVerified(this.#verifier, counters);
  }

  sha256(): null {
    return null;
  }

  close(): void {
    this.#file.close();
  }
}

function reportVerified(verifier: Verifier | null, counters: SharedNumbers): void {
  if (verifier === null) return;
  counters.set(GuestCounter.verifiedBytes, verifier.verifiedBytes);
  counters.set(GuestCounter.mismatches, verifier.mismatches);
}

/** An equal part of `total` for each of `count`; the first ones take what is left over. */
function share(total: number, count: number, index: number): number {
  return Math.floor(total / count) + (index < total % count ? 1 : 0);
}
