import { assert } from '../assert.js';
import { SECTOR_BYTES } from '../devices/blk.js';
import type { Rng } from '../rng.js';
import type { BlkOperation, WorkloadPlan } from '../scenario/plan.js';
import type { Operation, OperationSource } from './operation.js';

/** Draws an index with the given weights. */
class Weighted {
  private readonly bounds: readonly number[];
  private readonly total: number;

  constructor(weights: readonly number[]) {
    let total = 0;
    this.bounds = weights.map((weight) => (total += weight));
    this.total = total;
    assert(total > 0, 'at least one weight must be above 0');
  }

  draw(rng: Rng): number {
    if (this.bounds.length === 1) return 0;
    const at = rng.unit() * this.total;
    return this.bounds.findIndex((bound) => at < bound);
  }
}

/** The reads, writes and the rest of one queue, over its own range of sectors. */
export class BlkSource implements OperationSource {
  private readonly rng: Rng;
  private readonly kinds: readonly BlkOperation[];
  private readonly kindWeights: Weighted;
  private readonly blockSectors: readonly number[];
  private readonly blockWeights: Weighted;
  private readonly plan: WorkloadPlan;
  private readonly fromSector: number;
  private readonly toSector: number;
  private readonly onePass: boolean;
  private remaining: number;
  private cursor: number;

  /** `operations` is this queue's share; null: no end, or with `onePass` the end of the range. */
  constructor(
    plan: WorkloadPlan,
    rng: Rng,
    fromSector: number,
    toSector: number,
    operations: number | null,
    onePass: boolean,
  ) {
    this.plan = plan;
    this.rng = rng;
    this.kinds = plan.mix.map((part) => part.operation);
    this.kindWeights = new Weighted(plan.mix.map((part) => part.weight));
    this.blockSectors = plan.blocks.map((block) => block.sizeBytes / SECTOR_BYTES);
    this.blockWeights = new Weighted(plan.blocks.map((block) => block.weight));
    this.fromSector = fromSector;
    this.toSector = toSector;
    this.remaining = operations ?? Infinity;
    this.onePass = onePass;
    this.cursor = fromSector;
  }

  next(operation: Operation): boolean {
    if (this.remaining === 0) return false;
    if (this.onePass && this.cursor === this.toSector) return false;
    this.remaining -= 1;
    operation.kind = this.kinds[this.kindWeights.draw(this.rng)] as BlkOperation;
    operation.barrier = false;
    operation.segments = 1;
    operation.sector = 0;
    operation.count = 0;
    if (operation.kind !== 'flush') this.place(operation);
    return true;
  }

  private place(operation: Operation): void {
    const wanted = this.blockSectors[this.blockWeights.draw(this.rng)] as number;
    operation.count = Math.min(wanted, this.toSector - this.fromSector);
    operation.sector =
      this.plan.pattern === 'random' ? this.randomSector(operation.count) : this.advance(operation);
    const { min, max } = this.plan.segments;
    if (operation.kind === 'read' || operation.kind === 'write') {
      operation.segments = min === max ? min : min + this.rng.below(max - min + 1);
    }
  }

  /** Aligned to the block's own size, as a file system would place it. */
  private randomSector(count: number): number {
    const places = Math.floor((this.toSector - this.fromSector) / count);
    return this.fromSector + this.rng.below(places) * count;
  }

  private advance(operation: Operation): number {
    if (this.cursor === this.toSector) this.cursor = this.fromSector;
    const sector = this.cursor;
    operation.count = Math.min(operation.count, this.toSector - sector);
    this.cursor = sector + operation.count;
    return sector;
  }
}
