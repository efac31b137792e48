import { nowNs } from '../clock.js';
import { SECTOR_BYTES } from '../devices/blk.js';
import { ScenarioError } from '../errors.js';
import type { BlkQueue } from '../guest/blk-queue.js';
import type { BlkSlots } from '../guest/blk-slots.js';
import type { SharedNumbers } from '../memory/shared-numbers.js';
import { Rng } from '../rng.js';
import type { JobPlan } from '../scenario/plan.js';
import { GuestCounter } from '../stats/counters.js';
import { BlkRequests } from './blk-requests.js';
import { CopySource, SourceFile } from './copy-file.js';
import { DiskModel } from './disk-model.js';
import type { OperationSource } from './operation.js';
import { pacing } from './pacing.js';
import type { DriverQueue } from '../virtqueue/queue.js';
import type { Request } from './request-table.js';
import type { ReadSink } from './runner.js';
import { Verifier } from './verifier.js';
import { largestBlockBytes, runLimits, Stream, type Work } from './work.js';

/** What a copy knows of the disk: it holds what the file says, except where a write has failed. */
class CopyModel extends DiskModel {
  /** Nothing new: the file says what every write of the copy writes. */
  override setWritten(): void {}
}

/** A file that is written to the disk, and read back. */
export class BlkCopyWork implements Work, ReadSink {
  readonly inOrder = false;
  private readonly plan: JobPlan;
  private readonly blk: BlkQueue;
  private readonly slots: BlkSlots;
  private readonly file: SourceFile;
  private readonly source: OperationSource;
  private readonly model: CopyModel;
  private readonly verifier: Verifier;
  /** The first read of all only fetches what follows the file in its last sector. */
  private tailIsMissing: boolean;

  constructor(
    plan: JobPlan,
    blk: BlkQueue,
    capacityBytes: number,
    source: { readonly path: string; readonly offsetBytes: number },
  ) {
    const blockBytes = largestBlockBytes(plan);
    this.plan = plan;
    this.blk = blk;
    this.slots = blk.slots;
    this.file = new SourceFile(source.path, source.offsetBytes, capacityBytes, blockBytes);
    this.source = new CopySource(this.file, blockBytes, blk.cache);
    this.model = new CopyModel(0, capacityBytes / SECTOR_BYTES);
    this.verifier = new Verifier(this.model, this.file, plan.seed);
    this.tailIsMissing = this.file.hasTail;
  }

  get mismatchSamples(): readonly string[] {
    return this.verifier.samples;
  }

  start(): ReturnType<Work['start']> {
    const startNs = nowNs();
    const { workload, seed } = this.plan;
    return {
      requests: new BlkRequests(this.blk, (slot, operation) => this.fill(slot, operation)),
      source: this.source,
      pacing: pacing(workload.arrival, 1, new Rng(seed).fork(Stream.arrivals), startNs),
      model: this.model,
      sink: this,
      limits: runLimits(this.plan, 0, startNs),
    };
  }

  private fill(slot: number, operation: { sector: number; count: number }): void {
    if (this.tailIsMissing) {
      const message = 'what is on the disk behind the end of the file could not be read, and would be lost';
      throw new ScenarioError('COPY_TAIL', message);
    }
    this.slots.bytes(slot).set(this.file.content(operation.sector, operation.count));
  }

  consume(slot: number, request: Request): void {
    if (this.tailIsMissing) {
      this.file.keepLastSector(this.slots.bytes(slot));
      this.tailIsMissing = false;
      return;
    }
    this.verifier.check(this.slots.words(slot), request.sector, request.count);
  }

  rebind(queue: DriverQueue<number>): void {
    this.blk.rebind(queue);
  }

  report(counters: SharedNumbers): void {
    counters.set(GuestCounter.verifiedBytes, this.verifier.verifiedBytes);
    counters.set(GuestCounter.mismatches, this.verifier.mismatches);
  }

  sha256(): null {
    return null;
  }

  close(): void {
    this.file.close();
  }
}
