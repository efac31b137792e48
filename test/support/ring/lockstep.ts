import { Chain } from '../../../src/virtqueue/chain.js';
import type { RingLayout } from '../../../src/virtqueue/layouts.js';
import { ScatterList } from '../../../src/virtqueue/scatter-list.js';
import { NotificationModel } from './notification-model.js';
import { type Operation, type OperationKind, Tally } from './operations.js';
import { PackedView } from './packed-view.js';
import { chooseRanges, toScatterList, writableBytes } from './random-buffer.js';
import { ReferenceQueue } from './reference-queue.js';
import { makePackedRig, makeRig, type QueueEnds, type RigOptions } from './rig.js';
import type { RingView } from './ring-view.js';
import { same } from './same.js';
import { SplitView } from './split-view.js';

/**
 * Runs operations on both ends and on {@link ReferenceQueue} at once, and after each compares all there is to
 * compare: results, counts, the bytes in memory, and every notification decision.
 */
export class Lockstep {
  readonly rig: QueueEnds;
  readonly tally: Tally = new Tally();
  /** What the ends are compared with. */
  readonly model: ReferenceQueue;
  private readonly kicks: NotificationModel;
  private readonly interrupts: NotificationModel;
  private readonly view: RingView;
  private readonly buffers = new ScatterList();
  private readonly chains = new Map<number, Chain>();
  private readonly spareChains: Chain[] = [];
  private upcomingToken: number;
  private readonly operations: Record<OperationKind, (a: number, b: number) => void> = {
    add: (a, b) => this.post(a, b, true),
    stage: (a, b) => this.post(a, b, false),
    fill: (a, b) => {
      for (let i = 0; this.post(a + i, b + i, false); i++);
    },
    publish: () => this.published(() => this.rig.driver.publish()),
    kickPrepare: () => this.kick('kickPrepare'),
    kick: () => this.kick('kick'),
    getBuf: () => this.getBuf(),
    drain: () => {
      while (this.getBuf());
    },
    // Polls are operations and not checks after each one: they refresh what an end has seen, and an end must also do
    // right by a view that has become old.
    pollDriver: () => same(this.rig.driver.poll(), this.model.used.length > 0, 'what the driver sees'),
    disableCallbacks: () => this.disableCallbacks(),
    enableCallbacks: () => this.enableCallbacks(),
    enableCallbacksDelayed: () => this.enableCallbacksDelayed(),
    pop: () => this.pop(),
    popAll: () => {
      while (this.pop());
    },
    push: (a, b) => this.return(a, b, true),
    stageUsed: (a, b) => this.return(a, b, false),
    stageUsedAll: (a, b) => {
      for (let i = 0; this.return(a + i, b + i, false); i++);
    },
    publishUsed: () => this.publishedUsed(() => this.rig.device.publishUsed()),
    pollDevice: () => same(this.rig.device.poll(), this.model.available.length > 0, 'what the device sees'),
    interruptPrepare: () => this.interrupt('interruptPrepare'),
    interrupt: () => this.interrupt('interrupt'),
    disableKicks: () => this.disableKicks(),
    enableKicks: () => this.enableKicks(),
  };

  /** Tokens count from `firstToken` on, so that those of an earlier ring are never those of this one. */
  constructor(view: RingView, firstToken = 1) {
    this.view = view;
    this.rig = view.rig;
    this.upcomingToken = firstToken;
    const { size, startIndex } = this.rig.options;
    this.model = new ReferenceQueue(size, startIndex, (posted) => this.view.stepOf(posted));
    this.kicks = new NotificationModel(startIndex, this.view.wishes);
    this.interrupts = new NotificationModel(startIndex, this.view.wishes);
  }

  /** Both ends, made for nothing but this, on a memory of their own. */
  static of(options: RigOptions, layout: RingLayout): Lockstep {
    return new Lockstep(viewOf(options, layout));
  }

  /** The token of the next buffer. */
  get nextToken(): number {
    return this.upcomingToken;
  }

  /** How far the ring has moved: by buffers that have gone all the way round, or by their slots. */
  get consumed(): number {
    return this.model.consumed - this.rig.options.startIndex;
  }

  run({ kind, a, b }: Operation): void {
    this.operations[kind](a, b);
    this.checkState();
  }

  /** Brings every buffer home, and checks that there is nothing else. */
  finish(): void {
    for (const kind of ['publish', 'popAll', 'stageUsedAll', 'publishUsed', 'drain'] as const) {
      this.run({ kind, a: 0, b: 0 });
    }
    same(this.rig.driver.freeCount, this.rig.options.size, 'free descriptors at the end');
    same(this.rig.driver.outstandingCount, 0, 'outstanding buffers at the end');
    same(this.rig.driver.detachUnused(), undefined, 'a buffer that never came back');
    same(this.view.occupiedCount, 0, 'descriptors and ids in use at the end');
  }

  private post(a: number, b: number, publish: boolean): boolean {
    const { driver, options, payload } = this.rig;
    const ranges = chooseRanges(payload, options.size, a, b);
    const buffers = toScatterList(ranges, this.buffers);
    const token = this.upcomingToken;
    const slots = this.view.slotsFor(ranges.length);
    if (slots > this.model.freeSlots) {
      same(driver[publish ? 'addBuf' : 'stageBuf'](buffers, token), false, 'a buffer that does not fit');
      this.tally.refused += 1;
      return false;
    }
    this.upcomingToken += 1;
    this.model.stage({ token, ranges, slots, writableBytes: writableBytes(ranges) });
    if (publish) this.published(() => same(driver.addBuf(buffers, token), true, 'a buffer that fits'));
    else same(driver.stageBuf(buffers, token), true, 'a buffer that fits');
    return true;
  }

  private published(act: () => void): void {
    let position = this.model.published;
    const fresh = this.model.publish();
    act();
    for (const posted of fresh) {
      if (this.view.checkPosted(position, posted)) this.tally.indirectChains += 1;
      position += this.view.stepOf(posted);
    }
  }

  private kick(call: 'kick' | 'kickPrepare'): void {
    const { driver, kicks } = this.rig;
    const before = kicks.count;
    let decision = false;
    this.published(() => (decision = driver[call]()));
    const { published } = this.model;
    this.kicks.decide(decision, published, 0);
    this.tally.kicksSent = this.kicks.sent;
    this.tally.kicksSuppressed = this.kicks.suppressed;
    same(kicks.count - before, decision && call === 'kick' ? 1 : 0, 'kicks sent');
    if (kicks.count > before && kicks.lastIndex !== null) {
      same(kicks.lastIndex, this.view.kickData(published), 'data of a kick');
    }
  }

  private getBuf(): boolean {
    const { driver } = this.rig;
    const expected = this.model.getBuf();
    same(driver.getBuf(), expected?.posted.token, 'the token');
    if (expected === undefined) {
      this.interrupts.rely(this.model.consumed);
      return false;
    }
    same(driver.usedLength, expected.writtenBytes, 'the used length');
    this.view.consumed(expected.posted);
    this.tally.buffersReturned += 1;
    // With callbacks on, each buffer taken re-arms for the next; whether one is there already is not looked at.
    if (!this.interrupts.off) this.interrupts.arm(this.model.consumed, false);
    return true;
  }

  private disableCallbacks(): void {
    const wasOff = this.interrupts.off;
    this.rig.driver.disableCallbacks();
    this.interrupts.disarm();
    if (!wasOff)
      this.interrupts.event = this.view.eventWhenDisabled(this.model.consumed) ?? this.interrupts.event;
  }

  private enableCallbacks(): void {
    const idle = this.model.used.length === 0;
    same(this.rig.driver.enableCallbacks(), idle, 'whether the driver may sleep');
    this.interrupts.arm(this.model.consumed, idle);
  }

  private enableCallbacksDelayed(): void {
    const { event, maySleep } = this.view.delayed(this.model);
    same(this.rig.driver.enableCallbacksDelayed(), maySleep, 'whether the driver may sleep longer');
    this.interrupts.arm(event, maySleep);
  }

  private pop(): boolean {
    const chain = this.spareChains.pop() ?? new Chain();
    const expected = this.model.pop();
    same(this.rig.device.pop(chain), expected !== undefined, 'whether there is a buffer');
    if (expected === undefined) {
      this.spareChains.push(chain);
      return false;
    }
    const { buffers } = chain;
    same(this.view.tokenOf(chain.head), expected.token, 'whose chain it is');
    same(buffers.count, expected.ranges.length, 'ranges of the chain');
    for (const [i, { address, length, writable }] of expected.ranges.entries()) {
      same(buffers.address(i), address, 'address of a range');
      same(buffers.length(i), length, 'length of a range');
      same(buffers.isWritable(i), writable, 'direction of a range');
    }
    same(chain.writableBytes, expected.writableBytes, 'writable bytes');
    this.chains.set(expected.token, chain);
    return true;
  }

  private return(a: number, b: number, publish: boolean): boolean {
    const { device, options } = this.rig;
    const { held } = this.model;
    const posted = held[options.inOrder ? 0 : a % held.length];
    if (posted === undefined) return false;
    const writtenBytes = b % 3 === 0 ? b % (posted.writableBytes + 1) : posted.writableBytes;
    const chain = this.chains.get(posted.token) as Chain;
    this.chains.delete(posted.token);
    this.model.stageUsed(posted, writtenBytes);
    if (publish) this.publishedUsed(() => device.push(chain, writtenBytes));
    else device.stageUsed(chain, writtenBytes);
    this.spareChains.push(chain);
    return true;
  }

  private publishedUsed(act: () => void): void {
    const position = this.model.usedPublished;
    const fresh = this.model.publishUsed();
    act();
    this.tally.usedEntries += this.view.checkReturned(position, fresh);
  }

  private interrupt(call: 'interrupt' | 'interruptPrepare'): void {
    const { device, interrupts } = this.rig;
    const before = interrupts.count;
    let decision = false;
    this.publishedUsed(() => (decision = device[call]()));
    this.interrupts.decide(decision, this.model.usedPublished, this.model.consumed);
    this.tally.interruptsSent = this.interrupts.sent;
    this.tally.interruptsSuppressed = this.interrupts.suppressed;
    same(interrupts.count - before, decision && call === 'interrupt' ? 1 : 0, 'interrupts sent');
  }

  private disableKicks(): void {
    this.rig.device.disableKicks();
    this.kicks.disarm();
  }

  private enableKicks(): void {
    const idle = this.model.available.length === 0;
    same(this.rig.device.enableKicks(), idle, 'whether the device may sleep');
    this.kicks.arm(this.model.popped, idle);
  }

  private checkState(): void {
    const { driver, device } = this.rig;
    const model = this.model;
    same(driver.freeCount, model.freeSlots, 'free descriptors');
    same(driver.outstandingCount, model.outstandingCount, 'outstanding buffers');
    same(device.inFlightCount, model.held.length, 'buffers in flight');
    this.view.checkState(model, this.kicks, this.interrupts);
  }
}

function viewOf(options: RigOptions, layout: RingLayout): RingView {
  const { directCount = null } = options;
  if (layout === 'split') return new SplitView(makeRig(options), directCount);
  return new PackedView(makePackedRig(options), directCount);
}
