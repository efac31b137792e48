import { nowNs } from '../clock.js';
import { LivenessError } from '../errors.js';
import { GuestCounter } from '../stats/counters.js';
import { SplitReader } from '../stats/split-reader.js';
import { TimeUse } from '../stats/time-use.js';
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
import { notOutstanding, takeBackAll } from './tokens.js';

/** How long to wait for others to give bounce slots back, and how often. */
const REFUSED_MS = 1;
const REFUSALS_MAX = 2000;

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
  /** Something is to be done to the ring or to the device: leave both alone, at once. */
  pauseRequested(): boolean;
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
  /** Left out: nobody wants to know. */
  readonly timeUse?: TimeUse;
  /** Is to be told when another ring begins. Left out: nobody wants to know. */
  readonly split?: SplitReader;
}

/**
 * How a run came to its end. It goes on when {@link Runner.run} is called again: after `needs-reset`, and after any
 * pause in which the ring was reset, first with {@link Runner.takeBack} and {@link Runner.restart}.
 */
export type RunEnd = 'done' | 'needs-reset' | 'paused';

/** Runs a workload on one queue, on the calling thread, until it is done. */
export class Runner implements Armable {
  private readonly parts: RunnerParts;
  private readonly table: RequestTable;
  private readonly timeUse: TimeUse;
  private readonly split: SplitReader;
  private queue: DriverQueue<number>;
  private needsReset = false;
  /** Requests that were taken back and are not in the new ring yet, in their old order. */
  private backlog: number[] = [];
  private tokensAreWrong = false;
  /** The operation that is next, once drawn; it keeps its turn until it can be posted. */
  private readonly operation: Operation = newOperation();
  private hasOperation = false;
  private generation = 0;
  private sourceEnded = false;
  /** When this turn began to post; 0: it has not yet. */
  private postingSinceNs = 0;
  /** Nothing can be posted before a request comes back: time alone changes nothing. */
  private waitsForBell = false;
  private barrier = false;
  /** How often the request that is next was refused since one was taken, while nothing was in flight. */
  private refusals = 0;
  private submittedCount = 0;
  private completedCount = 0;
  private warmupIsOver: boolean;

  constructor(parts: RunnerParts, depth: number) {
    this.parts = parts;
    this.table = new RequestTable(depth);
    this.queue = parts.queue;
    this.timeUse = parts.timeUse ?? new TimeUse(null);
    this.split = parts.split ?? new SplitReader(null, depth);
    this.warmupIsOver = parts.limits.warmupOperations === 0 && parts.limits.warmupNs === 0;
  }

  run(): RunEnd {
    const { control, waiter } = this.parts;
    this.needsReset = false;
    this.queue.disableCallbacks();
    while (!control.aborted()) {
      this.timeUse.begin();
      const posted = this.post();
      this.timeUse.spent(GuestCounter.postingNs);
      // Behind the post: whatever is done to the ring now, it is full, and the device at work on it.
      if (control.pauseRequested()) return 'paused';
      const reaped = this.reap();
      this.timeUse.spent(GuestCounter.reapingNs);
      if (posted || reaped) {
        waiter.busy();
        continue;
      }
      if (this.table.count === 0 && this.isOver()) return 'done';
      const isWoken = waiter.idle(this, this.idleMs());
      this.timeUse.spent(GuestCounter.waitingNs);
      this.serveInterrupt(isWoken);
      this.timeUse.spent(GuestCounter.reapingNs);
      if (this.needsReset) return 'needs-reset';
    }
    return 'done';
  }

  /**
   * Takes every request that was not answered out of a ring that a reset has stopped (not before: until then the
   * buffers are the device's, 3.3, N0240), and makes sure that each comes out once. Whether the device had begun them
   * nobody can say (2.1.1, N0004); done twice they are the same.
   */
  takeBack(): void {
    this.parts.ledger.takenBack(this.takeOut());
    this.backlog = this.table.slotsIn('waiting');
  }

  /** Takes back what a reset at the end leaves unanswered, for good; returns how many requests that are. */
  abandon(): number {
    // After a token went wrong there is nothing left in the ring, and nothing new to say about it.
    if (!this.tokensAreWrong) this.takeOut();
    return this.table.slotsIn('waiting').length;
  }

  /** Goes on with another ring: what was taken back is posted again in its old order, before anything new. */
  restart(queue: DriverQueue<number>): void {
    this.queue = queue;
  }

  /** A change of configuration, or a wish to pause, rings the same bell, once: nobody may sleep over it. */
  arm(): boolean {
    const { interrupts, control } = this.parts;
    if (!this.queue.enableCallbacks() || control.pauseRequested()) return false;
    return (interrupts.pending() & InterruptCause.configChange) === 0;
  }

  disarm(): void {
    this.queue.disableCallbacks();
  }

  private takeOut(): number {
    const posted = new Set(this.table.slotsIn('posted'));
    this.tokensAreWrong = true;
    takeBackAll(this.queue, posted, (slot) => {
      this.table.at(slot).state = 'waiting';
    });
    this.tokensAreWrong = false;
    return posted.size;
  }

  /** Posts what is due and fits, and kicks once for all of it. */
  private post(): boolean {
    this.postingSinceNs = 0;
    let posted = this.postBacklog();
    while (this.postOne()) posted = true;
    if (posted) this.parts.ledger.kicked(this.queue.kick());
    return posted;
  }

  /** The new ring may be smaller than the old one: what does not fit waits for room. */
  private postBacklog(): boolean {
    if (this.backlog.length === 0) return false;
    const operation = newOperation();
    const now = nowNs();
    let count = 0;
    for (const slot of this.backlog) {
      const request = this.table.at(slot);
      operation.kind = request.kind;
      operation.sector = request.sector;
      operation.count = request.count;
      operation.segments = request.segments;
      if (!this.parts.requests.post(slot, operation, request.generation)) break;
      request.state = 'posted';
      this.split.posted(slot, now);
      count += 1;
    }
    if (count === 0) this.refused(operation.segments);
    if (count > 0) this.refusals = 0;
    this.backlog.splice(0, count);
    this.parts.ledger.reposted(count);
    return count > 0;
  }

  private postOne(): boolean {
    this.waitsForBell = true;
    // Nothing new overtakes what was posted before.
    if (this.backlog.length > 0) return false;
    if (!this.drawOperation()) return false;
    const { pacing, model, ledger, requests } = this.parts;
    const operation = this.operation;
    const slot = this.table.freeSlot;
    if (slot === -1) return false;
    // One reading for all that are posted in a turn: they are shown to the device together, when the turn ends.
    if (this.postingSinceNs === 0) this.postingSinceNs = nowNs();
    const now = this.postingSinceNs;
    if (pacing.waitNs(now) > 0) {
      this.waitsForBell = false;
      return false;
    }
    if (this.mustWaitForOthers(operation)) return false;
    if (!requests.post(slot, operation, this.generation)) {
      this.refused(operation.segments);
      return false;
    }
    this.refusals = 0;
    const writes = isWrite(operation.kind);
    this.table.post(slot);
    this.split.posted(slot, now);
    model?.begin(operation.sector, operation.count, writes);
    const startNs = pacing.take(now);
    const request = this.table.at(slot);
    request.kind = operation.kind;
    request.sector = operation.sector;
    request.count = operation.count;
    request.segments = operation.segments;
    request.generation = this.generation;
    request.startNs = startNs;
    request.measured = this.isMeasured(startNs);
    ledger.submitted(operation, startNs, request.measured);
    this.barrier = operation.barrier;
    this.submittedCount += 1;
    this.hasOperation = false;
    return true;
  }

  /**
   * A request was not taken. With others in flight it waits for one of them. With none, only its mapping can have
   * failed: another queue has the bounce slots, and nothing tells when they are free.
   */
  private refused(segments: number): void {
    if (this.queue.outstandingCount > 0) return;
    this.refusals += 1;
    this.waitsForBell = false;
    if (this.refusals < REFUSALS_MAX) return;
    const message = `a request of ${segments} segments was refused ${REFUSALS_MAX} times, with nothing in flight`;
    const ring = `it does not fit a ring of ${this.queue.size}`;
    const why = `${ring}, or cannot be mapped: the bounce pool is too small for it`;
    throw new LivenessError('CANNOT_POST', `${message}: ${why}`, { segments, queueSize: this.queue.size });
  }

  private drawOperation(): boolean {
    if (this.parts.control.stopRequested() || this.isTimeUp()) return false;
    if (this.hasOperation) return true;
    if (this.sourceEnded) return false;
    this.hasOperation = this.parts.source.next(this.operation);
    this.sourceEnded = !this.hasOperation;
    this.generation = this.operation.kind === 'write' ? (this.parts.model?.newGeneration() ?? 0) : 0;
    return this.hasOperation;
  }

  /** A barrier, or a request on the same sectors, is in the way. */
  private mustWaitForOthers(operation: Operation): boolean {
    if (this.table.count > 0 && (operation.barrier || this.barrier)) return true;
    const { model } = this.parts;
    return model !== null && !model.isFree(operation.sector, operation.count, isWrite(operation.kind));
  }

  private reap(): boolean {
    let reaped = false;
    const { requests } = this.parts;
    for (let slot = requests.complete(); slot !== -1; slot = requests.complete()) {
      reaped = true;
      this.complete(slot);
      // What is used already stays where it is: with a reset it is lost to the driver, like anything in flight.
      if (this.parts.control.pauseRequested()) break;
    }
    return reaped;
  }

  private complete(slot: number): void {
    const { requests, ledger, sink, control } = this.parts;
    const request = this.table.at(slot);
    if (request.state !== 'posted') throw notOutstanding(slot);
    const error = requests.error(slot);
    request.state = error === null ? 'ok' : 'failed';
    const dataBytes = requests.dataBytes(slot, request);
    const now = nowNs();
    ledger.completed(request, error, dataBytes, slot === this.table.oldest, now);
    this.split.reaped(slot, request.startNs, now, request.measured);
    this.settle(request);
    if (sink.inOrder) this.releaseInOrder();
    else this.release(slot, request);
    this.completedCount += 1;
    control.afterCompletion(this.completedCount);
  }

  private releaseInOrder(): void {
    for (let slot = this.table.oldest; slot !== -1; slot = this.table.oldest) {
      const request = this.table.at(slot);
      if (request.state === 'posted') return;
      this.release(slot, request);
    }
  }

  private release(slot: number, request: Request): void {
    if (request.kind === 'read' && request.state === 'ok') {
      this.timeUse.spent(GuestCounter.reapingNs);
      this.parts.sink.consume(slot, request);
      this.timeUse.spent(GuestCounter.checkingNs);
    }
    this.table.release(slot);
  }

  /** What the disk must hold from now on. A write that failed may have written anything, or nothing. */
  private settle(request: Request): void {
    const { model } = this.parts;
    if (model === null || request.kind === 'flush') return;
    const { kind, sector, count } = request;
    if (kind !== 'read' && (request.state === 'failed' || kind === 'discard'))
      model.setUnknown(sector, count);
    else if (kind === 'write') model.setWritten(sector, count, request.generation);
    else if (kind === 'write_zeroes') model.setZeroes(sector, count);
    model.end(sector, count, isWrite(kind));
  }

  /** 4.2.3.4: look at the rings, acknowledge, and look again (the next turn does), so nothing in between is lost. */
  private serveInterrupt(isWoken: boolean): void {
    const { interrupts, control, waiter, ledger } = this.parts;
    const causes = interrupts.pending();
    if (causes === 0) return;
    if (this.reap()) waiter.busy();
    else if (isWoken && this.isForNothing(causes)) ledger.wokenForNothing();
    interrupts.acknowledge(causes);
    this.needsReset = control.interrupted(causes);
  }

  /** The bell is also rung to end this thread's sleep for other reasons. */
  private isForNothing(causes: number): boolean {
    const { control } = this.parts;
    if (control.pauseRequested() || control.stopRequested()) return false;
    return causes === InterruptCause.usedBuffer;
  }

  private isMeasured(startNs: number): boolean {
    if (this.warmupIsOver) return true;
    const { limits } = this.parts;
    // Both at each request: what is behind an && that was never true is no code, see Ledger.
    const isOften = this.submittedCount >= limits.warmupOperations;
    const isLate = startNs - limits.startNs >= limits.warmupNs;
    this.warmupIsOver = isOften && isLate;
    return this.warmupIsOver;
  }

  private isTimeUp(): boolean {
    const { startNs, durationNs } = this.parts.limits;
    return durationNs !== Infinity && nowNs() - startNs >= durationNs;
  }

  private isOver(): boolean {
    return this.parts.control.stopRequested() || this.isTimeUp() || (this.sourceEnded && !this.hasOperation);
  }

  /** How long to sleep at most: until the next arrival or the end of the time, else until the bell. */
  private idleMs(): number {
    const { pacing, limits } = this.parts;
    const now = nowNs();
    const untilEndNs = limits.startNs + limits.durationNs - now;
    if (this.waitsForBell || untilEndNs <= 0) return Infinity;
    if (this.refusals > 0) return REFUSED_MS;
    return Math.max(0, Math.min(pacing.waitNs(now), untilEndNs)) / 1e6;
  }
}
