import { checkShape } from '../checkers/buffer-shape.js';
import { checkDeviceBalance } from '../checkers/ring-balance.js';
import { Stamp, StampSide } from '../checkers/stamp.js';
import type { VringError } from '../errors.js';
import { mix32 } from '../rng.js';
import type { Armable } from '../transport/waiter.js';
import { Chain } from '../virtqueue/chain.js';
import type { DeviceQueue } from '../virtqueue/queue.js';
import type { Board } from './board.js';
import { BufferShape } from './buffer-shape.js';
import type { FlightRecorder } from './flight-recorder.js';
import type { RingLength } from './ring-length.js';
import type { RoundPlan } from './round-plan.js';
import { type RoundParts, Side } from './side.js';
import type { StressRig } from './stress-rig.js';
import type { Tally } from './tally.js';

/** The device's side of one round: checks what it finds, answers it, and returns it in an order of its own. */
export class HostRound implements Armable {
  private readonly plan: RoundPlan;
  private readonly recorder: FlightRecorder;
  private readonly rig: StressRig;
  private readonly board: Board;
  private readonly tally: Tally;
  private readonly side: Side;
  private readonly length: RingLength;
  private readonly stamp: Stamp;
  private readonly answer: Stamp;
  private readonly shape: BufferShape;
  /** Buffers that the device holds, as a ring, and which they are; all other chains are there to be filled. */
  private readonly held: Chain[];
  private readonly numbers: Uint32Array;
  private heldFirst = 0;
  private heldCount = 0;
  private queue: DeviceQueue;
  private salt = 0;
  private popped = 0;
  private used = 0;
  private showCount = 0;
  private interruptCount = 0;

  constructor(parts: RoundParts) {
    const { plan, rig, board, tally, length, recorder } = parts;
    this.plan = plan;
    this.recorder = recorder;
    this.rig = rig;
    this.board = board;
    this.tally = tally;
    this.length = length;
    this.side = new Side('host', parts);
    this.stamp = new Stamp(this.side.port, StampSide.fromDriver);
    this.answer = new Stamp(this.side.port, StampSide.fromDevice);
    this.shape = new BufferShape(plan.elementsMax);
    this.held = Array.from({ length: plan.size }, () => new Chain());
    this.numbers = new Uint32Array(plan.size);
    this.queue = this.newEnd(0);
  }

  run(): void {
    for (let ring = 0; ring < this.plan.rings; ring++) {
      this.begin(ring);
      this.serve();
      this.end();
    }
    this.side.finish('host', this.tally);
  }

  arm(): boolean {
    this.board.step = 'asking to be told';
    this.side.notifier.flush();
    const maySleep = this.side.asked(this.queue.enableKicks());
    // The end of a long ring rings the bell, too: it is looked for where all is that does.
    return !this.hearsEnd() && maySleep;
  }

  disarm(): void {
    this.queue.disableKicks();
  }

  private newEnd(ring: number): DeviceQueue {
    const end = this.rig.device(this.side.port, ring, this.side.notifier);
    return this.recorder.device(end, ring);
  }

  private begin(ring: number): void {
    this.board.beginRing(ring);
    this.salt = mix32(this.plan.round, ring);
    this.popped = 0;
    this.used = 0;
    this.showCount = 0;
    this.interruptCount = 0;
    if (ring > 0) this.queue = this.newEnd(ring);
    this.side.notifier.setCalm(false);
    this.queue.disableKicks();
  }

  private serve(): void {
    const { window, size } = this.plan;
    const length = this.length;
    while (this.used < length.buffers) {
      if (this.hearsEnd()) continue;
      let hasMoved = false;
      while (this.heldCount < Math.min(window, size) && this.pop()) hasMoved = true;
      if (this.heldCount > 0 && (this.heldCount >= window || !hasMoved)) {
        this.returnSome();
        hasMoved = true;
      }
      if (hasMoved) this.side.worked();
      else this.side.idle(this);
    }
  }

  private hearsEnd(): boolean {
    const hasEnded = this.length.hears();
    if (hasEnded) this.side.notifier.setCalm(true);
    return hasEnded;
  }

  private pop(): boolean {
    const at = this.heldAt(this.heldCount);
    const chain = this.held[at] as Chain;
    if (!this.queue.pop(chain)) return false;
    this.board.step = 'popping';
    // Buffers are popped in the order of their posts: the number is known.
    const number = this.popped;
    const shape = this.shape;
    shape.become(this.salt, number);
    this.refuse(
      checkShape(shape.readableBytes, chain.readableBytes, shape.writableBytes, chain.writableBytes),
    );
    this.stamp.begin(this.salt, number);
    const { buffers } = chain;
    for (let i = 0; i < buffers.readableCount; i++) {
      this.refuse(this.stamp.check(buffers.address(i), buffers.length(i)));
    }
    this.numbers[at] = number;
    this.heldCount += 1;
    this.popped += 1;
    if (this.popped === this.length.buffers) this.side.notifier.setCalm(true);
    this.board.countFirst(this.popped);
    return true;
  }

  /** A burst: some of those that are held, shown together. */
  private returnSome(): void {
    const count = Math.min(this.heldCount, this.plan.host.batch);
    this.board.step = 'returning';
    for (let i = 0; i < count; i++) this.return(this.take());
    if (this.queue.interrupt()) this.interruptCount += 1;
    this.showCount += 1;
    this.used += count;
    this.board.countSecond(this.used);
  }

  /** Where the buffer that goes back next is; its place is free from here on. */
  private take(): number {
    const { serviceOrder } = this.plan;
    this.heldCount -= 1;
    if (serviceOrder === 'newest') return this.heldAt(this.heldCount);
    const first = this.heldFirst;
    if (serviceOrder === 'random') this.swap(first, this.heldAt(this.side.rng.below(this.heldCount + 1)));
    this.heldFirst = this.heldAt(1);
    return first;
  }

  private heldAt(offset: number): number {
    return (this.heldFirst + offset) % this.plan.size;
  }

  private swap(a: number, b: number): void {
    const [chain, number] = [this.held[a] as Chain, this.numbers[a] as number];
    this.held[a] = this.held[b] as Chain;
    this.numbers[a] = this.numbers[b] as number;
    this.held[b] = chain;
    this.numbers[b] = number;
  }

  private return(at: number): void {
    const chain = this.held[at] as Chain;
    const number = this.numbers[at] as number;
    this.shape.become(this.salt, number);
    this.write(chain, number);
    this.queue.stageUsed(chain, this.shape.writtenBytes);
  }

  private write({ buffers }: Chain, number: number): void {
    this.answer.begin(this.salt, number);
    let left = this.shape.writtenBytes;
    for (let i = buffers.readableCount; left > 0; i++) {
      const length = Math.min(left, buffers.length(i));
      this.answer.fill(buffers.address(i), length);
      left -= length;
    }
  }

  private end(): void {
    this.board.step = 'at the end of a ring';
    this.side.notifier.flush();
    this.refuse(checkDeviceBalance(this.queue));
    this.tally.add('interrupt', this.interruptCount);
    this.tally.add('interruptSuppressed', this.showCount - this.interruptCount);
  }

  private refuse(wrong: VringError | null): void {
    if (wrong !== null) throw wrong;
  }
}
