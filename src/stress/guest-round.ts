import { CompletionOrder } from '../checkers/completion-order.js';
import { Conservation } from '../checkers/conservation.js';
import { checkDriverBalance } from '../checkers/ring-balance.js';
import { Stamp, StampSide } from '../checkers/stamp.js';
import { checkUsedLength } from '../checkers/used-length.js';
import type { VringError } from '../errors.js';
import { mix32 } from '../rng.js';
import type { Armable } from '../transport/waiter.js';
import type { IndirectTables } from '../virtqueue/indirect-tables.js';
import type { DriverQueue } from '../virtqueue/queue.js';
import { ScatterList } from '../virtqueue/scatter-list.js';
import type { Board } from './board.js';
import { BufferShape } from './buffer-shape.js';
import type { FlightRecorder } from './flight-recorder.js';
import type { RingLength } from './ring-length.js';
import type { RoundPlan } from './round-plan.js';
import { type RoundParts, Side } from './side.js';
import type { StressRig } from './stress-rig.js';
import type { Tally } from './tally.js';

const COUNT_EVERY = 4096;

/** The driver's side of one round: posts stamped buffers, takes them back, and believes nothing. */
export class GuestRound implements Armable {
  private readonly plan: RoundPlan;
  private readonly recorder: FlightRecorder;
  private readonly rig: StressRig;
  private readonly board: Board;
  private readonly tally: Tally;
  private readonly side: Side;
  private readonly length: RingLength;
  private readonly tables: IndirectTables;
  private readonly stamp: Stamp;
  private readonly answer: Stamp;
  private readonly shape: BufferShape;
  private readonly buffers: ScatterList = new ScatterList();
  private readonly conservation: Conservation;
  /** Which buffer of the ring is in a slot, and slots that hold none, as a stack. */
  private readonly numberIn: Uint32Array;
  private readonly freeSlots: Uint16Array;
  private queue: DriverQueue<number>;
  private order: CompletionOrder;
  private salt = 0;
  private posted = 0;
  private returned = 0;
  private showCount = 0;
  private kickCount = 0;
  private countedBuffers = 0;
  private countedOutOfOrder = 0;

  constructor(parts: RoundParts) {
    const { plan, rig, board, tally, length, recorder } = parts;
    this.plan = plan;
    this.recorder = recorder;
    this.rig = rig;
    this.board = board;
    this.tally = tally;
    this.length = length;
    this.side = new Side('guest', parts);
    this.tables = rig.newTables();
    this.stamp = new Stamp(this.side.port, StampSide.fromDriver);
    this.answer = new Stamp(this.side.port, StampSide.fromDevice);
    this.shape = new BufferShape(plan.elementsMax);
    this.conservation = new Conservation(plan.depth);
    this.numberIn = new Uint32Array(plan.depth);
    this.freeSlots = Uint16Array.from({ length: plan.depth }, (_, slot) => slot);
    this.queue = this.newEnd(0);
    this.order = new CompletionOrder(plan.inOrder);
  }

  run(): void {
    for (let ring = 0; ring < this.plan.rings; ring++) {
      this.begin(ring);
      this.race();
      this.end();
    }
    this.side.finish('guest', this.tally);
  }

  arm(): boolean {
    this.board.step = 'asking to be told';
    this.side.notifier.flush();
    const maySleep = this.plan.asksLate ? this.queue.enableCallbacksDelayed() : this.queue.enableCallbacks();
    return this.side.asked(maySleep);
  }

  disarm(): void {
    this.queue.disableCallbacks();
  }

  private newEnd(ring: number): DriverQueue<number> {
    const end = this.rig.driver(this.side.port, ring, this.side.notifier, this.tables);
    return this.recorder.driver(end, ring);
  }

  private begin(ring: number): void {
    this.board.beginRing(ring);
    this.salt = mix32(this.plan.round, ring);
    this.posted = 0;
    this.returned = 0;
    this.showCount = 0;
    this.kickCount = 0;
    this.countedBuffers = 0;
    this.countedOutOfOrder = 0;
    if (ring > 0) this.queue = this.newEnd(ring);
    this.order = new CompletionOrder(this.plan.inOrder);
    this.side.notifier.setCalm(false);
    this.queue.disableCallbacks();
  }

  private race(): void {
    const { depth, reapAfter } = this.plan;
    const length = this.length;
    const { batch } = this.plan.guest;
    let hidden = 0;
    while (this.returned < length.buffers) {
      if (length.cut(this.posted)) {
        this.side.notifier.setCalm(true);
        continue;
      }
      let hasMoved = false;
      const inFlight = this.posted - this.returned;
      if (this.posted < length.buffers && inFlight < depth && this.post()) {
        hidden += 1;
        hasMoved = true;
      }
      if (hidden > 0 && (hidden >= batch || !hasMoved)) {
        this.show();
        hidden = 0;
      }
      if (!hasMoved || this.posted - this.returned >= reapAfter) {
        while (this.takeBack()) hasMoved = true;
      }
      if (hasMoved) this.side.worked();
      else this.side.idle(this);
    }
  }

  private post(): boolean {
    const slot = this.freeSlots[this.plan.depth - 1 - this.conservation.outstandingCount] as number;
    const shape = this.shape;
    const buffers = this.buffers;
    shape.become(this.salt, this.posted);
    if (!this.queue.hasRoomFor(shape.elements)) return false;
    this.board.step = 'posting';
    this.stamp.begin(this.salt, this.posted);
    buffers.clear();
    for (let i = 0; i < shape.elements; i++) {
      const address = this.rig.elementAddress(slot, i);
      const length = shape.lengthOf(i);
      if (i < shape.readableElements) {
        this.stamp.fill(address, length);
        buffers.addReadable(address, length);
      } else buffers.addWritable(address, length);
    }
    if (!this.queue.stageBuf(buffers, slot)) return false;
    this.conservation.posted(slot);
    this.numberIn[slot] = this.posted;
    this.posted += 1;
    // Racing is over, draining begins: from here on nothing goes wrong any more, and all must come back.
    if (this.posted === this.length.buffers) this.side.notifier.setCalm(true);
    return true;
  }

  private show(): void {
    this.board.step = 'showing';
    if (this.queue.kick()) this.kickCount += 1;
    this.showCount += 1;
    this.board.countFirst(this.posted);
  }

  private takeBack(): boolean {
    const slot = this.queue.getBuf();
    if (slot === undefined) return false;
    this.board.step = 'taking back';
    this.refuse(this.conservation.returned(slot));
    this.freeSlots[this.plan.depth - 1 - this.conservation.outstandingCount] = slot;
    const number = this.numberIn[slot] as number;
    this.refuse(this.order.returned(number));
    this.shape.become(this.salt, number);
    this.refuse(checkUsedLength(this.shape.writtenBytes, this.queue.usedLength));
    this.checkAnswer(slot, number);
    this.returned += 1;
    this.board.countSecond(this.returned);
    if (this.returned % COUNT_EVERY === 0) this.count();
    return true;
  }

  private checkAnswer(slot: number, number: number): void {
    const shape = this.shape;
    this.answer.begin(this.salt, number);
    let left = shape.writtenBytes;
    for (let i = shape.readableElements; left > 0; i++) {
      const length = Math.min(left, shape.lengthOf(i));
      this.refuse(this.answer.check(this.rig.elementAddress(slot, i), length));
      left -= length;
    }
  }

  private end(): void {
    this.board.step = 'at the end of a ring';
    this.side.notifier.flush();
    this.refuse(this.conservation.ended());
    this.refuse(checkDriverBalance(this.queue));
    this.count();
    this.tally.add('kick', this.kickCount);
    this.tally.add('kickSuppressed', this.showCount - this.kickCount);
    this.tally.addRing();
  }

  /** Adds up what came back since the last time: the table of a race that breaks off shall have most of it. */
  private count(): void {
    const { outOfOrderCount } = this.order;
    const buffers = this.returned - this.countedBuffers;
    const outOfOrder = outOfOrderCount - this.countedOutOfOrder;
    this.countedBuffers = this.returned;
    this.countedOutOfOrder = outOfOrderCount;
    this.tally.add('inOrder', buffers - outOfOrder);
    this.tally.add('outOfOrder', outOfOrder);
    this.tally.addBuffers(buffers);
  }

  private refuse(wrong: VringError | null): void {
    if (wrong !== null) throw wrong;
  }
}
