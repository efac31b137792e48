import { assert } from '../assert.js';
import { nowNs } from '../clock.js';
import { InterruptCause } from '../transport/status.js';
import type { InterruptLine } from '../transport/transport.js';
import type { Armable, Waiter } from '../transport/waiter.js';
import type { DriverQueue } from '../virtqueue/queue.js';
import type { DiskModel } from './disk-model.js';
import type { Ledger } from './ledger.js';
import { isWrite, newOperation, type Operation, type OperationSource } from './operation.js';
import type { Pacing } from './pacing.js';
import { type Request, RequestTable } from './request-table.js';
import type { Requests } from './requests.js';

/** How the rest of the machine reaches into a running workload. */
export interface RunnerControl {
  /** Post nothing more, wait for what is outstanding, and end. */
  stopRequested(): boolean;
  /** End at once, whatever is outstanding. */
  aborted(): boolean;
  /** The device raised these interrupt causes. True: it asks for a reset, and answers nothing any more. */
  interrupted(causes: number): boolean;
  /** A deliberate failure of this thread may strike here. */
  afterCompletion(completedCount: number): void;
}

/** Takes the data of reads. */
export interface ReadSink {
  /** Takes the data of a read that succeeded. */
  consume(slot: number, request: Request): void;
  /** Reads must be consumed in the order of their submission: a slot stays taken until its turn. */
  readonly inOrder: boolean;
}

/** How long to go on, and what not to count. */
export interface RunLimits {
  readonly startNs: number;
  readonly durationNs: number;
  readonly warmupOperations: number;
  readonly warmupNs: number;
}

export interface RunnerParts {
  readonly requests: Requests;
  readonly queue: DriverQueue<number>;
  readonly waiter: Waiter;
  readonly interrupts: InterruptLine;
  readonly source: OperationSource;
  readonly pacing: Pacing;
  /** Null when nothing is ever written: then no two requests can conflict. */
  readonly model: DiskModel | null;
  readonly sink: ReadSink;
  readonly ledger: Ledger;
  readonly limits: RunLimits;
  readonly control: RunnerControl;
}

/** How a run came to its end; after `needs-reset` it goes on with {@link Runner.restart}. */
export type RunEnd = 'done' | 'needs-reset';

/** Runs a workload on one queue, on the calling thread, until it is done. */
export class Runner implements Armable {
  readonly #parts: RunnerParts;
  readonly #table: RequestTable;
  #queue: DriverQueue<number>;
  #needsReset = false;
  /** The operation that is next, once drawn; it keeps its turn until it can be posted. */
  readonly #operation: Operation = newOperation();
  #hasOperation = false;
  #generation = 0;
  #sourceEnded = false;
  /** Nothing can be posted before a request comes back: time alone changes nothing. */
  #waitsForBell = false;
  #barrier = false;
  #submittedCount = 0;
  #completedCount = 0;
  #warmupIsOver: boolean;

  constructor(parts: RunnerParts, depth: number) {
    this.#parts = parts;
    this.#table = new RequestTable(depth);
    this.#queue = parts.queue;
    this.#warmupIsOver = parts.limits.warmupOperations === 0 && parts.limits.warmupNs === 0;
  }

  run(): RunEnd {
    const { control, waiter } = this.#parts;
    this.#queue.disableCallbacks();
    while (!control.aborted()) {
      const posted = this.#post();
      const reaped = this.#reap();
      if (posted || reaped) {
        waiter.busy();
        continue;
      }
      if (this.#table.count === 0 && this.#isOver()) return 'done';
      waiter.idle(this, this.#idleMs());
      this.#serveInterrupt();
      if (this.#needsReset) return 'needs-reset';
    }
    return 'done';
  }

  /**
   * Goes on with a new queue after the device was reset: posts again, in their old order, all requests that were
   * never answered. Whether the device had begun them nobody can say (virtio 1.4, 2.1.1, N0004); done twice they are
   * the same.
   */
  restart(queue: DriverQueue<number>): void {
    this.#queue = queue;
    this.#needsReset = false;
    const operation = newOperation();
    for (let slot = this.#table.oldest; slot !== -1; slot = this.#table.after(slot)) {
      const request = this.#table.at(slot);
      if (request.state !== 'posted') continue;
      operation.kind = request.kind;
      operation.sector = request.sector;
      operation.count = request.count;
      operation.segments = request.segments;
      const fits = this.#parts.requests.post(slot, operation, request.generation);
      assert(fits, `request in slot ${slot} was in the ring before the reset, and does not fit it now`);
    }
    this.#parts.ledger.recovered();
    if (this.#table.count > 0) queue.kick();
  }

  /** A change of configuration rings the same bell, once: nobody may sleep over one that is pending. */
  arm(): boolean {
    const { interrupts } = this.#parts;
    return this.#queue.enableCallbacks() && (interrupts.pending() & InterruptCause.configChange) === 0;
  }

  disarm(): void {
    this.#queue.disableCallbacks();
  }

  /** Posts what is due and fits, and kicks once for all of it. */
  #post(): boolean {
    let posted = false;
    while (this.#postOne()) posted = true;
    if (posted) this.#parts.ledger.kicked(this.#queue.kick());
    return posted;
  }

  #postOne(): boolean {
    this.#waitsForBell = true;
    if (!this.#drawOperation()) return false;
    const { pacing, model, ledger, requests } = this.#parts;
    const operation = this.#operation;
    const slot = this.#table.freeSlot;
    const now = nowNs();
    if (pacing.waitNs(now) > 0) {
      this.#waitsForBell = false;
      return false;
    }
    if (slot === -1 || this.#mustWaitForOthers(operation)) return false;
    if (!requests.post(slot, operation, this.#generation)) return false;
    const writes = isWrite(operation.kind);
    this.#table.post(slot);
    model?.begin(operation.sector, operation.count, writes);
    const startNs = pacing.take(now);
    const request = this.#table.at(slot);
    request.kind = operation.kind;
    request.sector = operation.sector;
    request.count = operation.count;
    request.segments = operation.segments;
    request.generation = this.#generation;
    request.startNs = startNs;
    request.measured = this.#isMeasured(startNs);
    ledger.submitted(operation, startNs, request.measured);
    this.#barrier = operation.barrier;
    this.#submittedCount += 1;
    this.#hasOperation = false;
    return true;
  }

  #drawOperation(): boolean {
    if (this.#parts.control.stopRequested() || this.#isTimeUp()) return false;
    if (this.#hasOperation) return true;
    if (this.#sourceEnded) return false;
    this.#hasOperation = this.#parts.source.next(this.#operation);
    this.#sourceEnded = !this.#hasOperation;
    this.#generation = this.#operation.kind === 'write' ? (this.#parts.model?.newGeneration() ?? 0) : 0;
    return this.#hasOperation;
  }

  /** A barrier, or a request on the same sectors, is in the way. */
  #mustWaitForOthers(operation: Operation): boolean {
    if (this.#table.count > 0 && (operation.barrier || this.#barrier)) return true;
    const { model } = this.#parts;
    return model !== null && !model.isFree(operation.sector, operation.count, isWrite(operation.kind));
  }

  #reap(): boolean {
    let reaped = false;
    const { requests } = this.#parts;
    for (let slot = requests.complete(); slot !== -1; slot = requests.complete()) {
      reaped = true;
      this.#complete(slot);
    }
    return reaped;
  }

  #complete(slot: number): void {
    const { requests, ledger, sink, control } = this.#parts;
    const request = this.#table.at(slot);
    const error = requests.error(slot);
    request.state = error === null ? 'ok' : 'failed';
    const dataBytes = requests.dataBytes(slot, request);
    ledger.completed(request, error, dataBytes, slot === this.#table.oldest, nowNs());
    this.#settle(request);
    if (sink.inOrder) this.#releaseInOrder();
    else this.#release(slot, request);
    this.#completedCount += 1;
    control.afterCompletion(this.#completedCount);
  }

  #releaseInOrder(): void {
    for (let slot = this.#table.oldest; slot !== -1; slot = this.#table.oldest) {
      const request = this.#table.at(slot);
      if (request.state === 'posted') return;
      this.#release(slot, request);
    }
  }

  #release(slot: number, request: Request): void {
    if (request.kind === 'read' && request.state === 'ok') this.#parts.sink.consume(slot, request);
    this.#table.release(slot);
  }

  /** What the disk must hold from now on. A write that failed may have written anything, or nothing. */
  #settle(request: Request): void {
    const { model } = this.#parts;
    if (model === null || request.kind === 'flush') return;
    const { kind, sector, count } = request;
    if (kind !== 'read' && (request.state === 'failed' || kind === 'discard'))
      model.setUnknown(sector, count);
    else if (kind === 'write') model.setWritten(sector, count, request.generation);
    else if (kind === 'write_zeroes') model.setZeroes(sector, count);
    model.end(sector, count, isWrite(kind));
  }

  /** 4.2.3.4: look at the rings, acknowledge, and look again (the next turn does), so nothing in between is lost. */
  #serveInterrupt(): void {
    const { interrupts, control, waiter } = this.#parts;
    const causes = interrupts.pending();
    if (causes === 0) return;
    if (this.#reap()) waiter.busy();
    interrupts.acknowledge(causes);
    this.#needsReset = control.interrupted(causes);
  }

  #isMeasured(startNs: number): boolean {
    if (this.#warmupIsOver) return true;
    const { limits } = this.#parts;
    this.#warmupIsOver =
      this.#submittedCount >= limits.warmupOperations && startNs - limits.startNs >= limits.warmupNs;
    return this.#warmupIsOver;
  }

  #isTimeUp(): boolean {
    const { startNs, durationNs } = this.#parts.limits;
    return durationNs !== Infinity && nowNs() - startNs >= durationNs;
  }

  #isOver(): boolean {
    return (
      this.#parts.control.stopRequested() || this.#isTimeUp() || (this.#sourceEnded && !this.#hasOperation)
    );
  }

  /** How long to sleep at most: until the next arrival or the end of the time, else until the bell. */
  #idleMs(): number {
    const { pacing, limits } = this.#parts;
    const now = nowNs();
    const untilEndNs = limits.startNs + limits.durationNs - now;
    if (this.#waitsForBell || untilEndNs <= 0) return Infinity;
    return Math.max(0, Math.min(pacing.waitNs(now), untilEndNs)) / 1e6;
  }
}
