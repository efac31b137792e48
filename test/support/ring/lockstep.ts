import { Chain } from '../../../src/virtqueue/chain.js';
import { ScatterList } from '../../../src/virtqueue/scatter-list.js';
import { NotificationModel } from './notification-model.js';
import { chooseRanges, toScatterList, writableBytes } from './random-buffer.js';
import { type Posted, ReferenceQueue } from './reference-queue.js';
import { makeRig, type Rig, type RigOptions } from './rig.js';
import { holds, same } from './same.js';
import { checkChain, checkUsedEntries } from './wire-rules.js';

/** One call on one end. `a` and `b` are any numbers: they choose sizes, buffers and lengths. */
export interface Operation {
  readonly kind: OperationKind;
  readonly a: number;
  readonly b: number;
}

export type OperationKind =
  | ('add' | 'stage' | 'fill' | 'publish' | 'kickPrepare' | 'kick' | 'getBuf' | 'drain' | 'pollDriver')
  | ('disableCallbacks' | 'enableCallbacks' | 'enableCallbacksDelayed')
  | ('pop' | 'popAll' | 'push' | 'stageUsed' | 'stageUsedAll' | 'publishUsed' | 'pollDevice')
  | ('interruptPrepare' | 'interrupt' | 'disableKicks' | 'enableKicks');

/** How often each is chosen; the heavy ones are those that move buffers on. */
const WEIGHTS: Record<OperationKind, number> = {
  add: 3,
  stage: 3,
  fill: 1,
  publish: 1,
  kickPrepare: 1,
  kick: 3,
  getBuf: 3,
  drain: 1,
  pollDriver: 1,
  disableCallbacks: 1,
  enableCallbacks: 2,
  enableCallbacksDelayed: 2,
  pop: 3,
  popAll: 1,
  push: 3,
  stageUsed: 3,
  stageUsedAll: 1,
  publishUsed: 1,
  pollDevice: 1,
  interruptPrepare: 1,
  interrupt: 3,
  disableKicks: 1,
  enableKicks: 2,
};

/** Every kind, as many times as it weighs. */
export const OPERATION_KINDS: readonly OperationKind[] = Object.entries(WEIGHTS).flatMap(([kind, weight]) =>
  Array.from({ length: weight }, () => kind as OperationKind),
);

/** How often things happened, so that a test can tell whether it tested anything. */
export class Tally {
  refused = 0;
  buffersReturned = 0;
  usedEntries = 0;
  indirectChains = 0;
  kicksSent = 0;
  kicksSuppressed = 0;
  interruptsSent = 0;
  interruptsSuppressed = 0;

  add(other: Tally): void {
    for (const key of Object.keys(this) as (keyof Omit<Tally, 'add'>)[]) this[key] += other[key];
  }
}

/**
 * Runs operations on both ends and on {@link ReferenceQueue} at once, and after each compares all there is to
 * compare: results, counts, the bytes in memory, and every notification decision.
 */
export class Lockstep {
  readonly rig: Rig;
  readonly tally: Tally = new Tally();
  readonly #model: ReferenceQueue;
  readonly #kicks: NotificationModel;
  readonly #interrupts: NotificationModel;
  readonly #directCount: number | null;
  readonly #buffers = new ScatterList();
  readonly #chains = new Map<number, Chain>();
  readonly #spareChains: Chain[] = [];
  /** Token of the buffer that occupies each descriptor the device was shown. */
  readonly #occupied = new Map<number, number>();
  readonly #descriptorsOf = new Map<number, number[]>();
  #nextToken = 1;
  readonly #operations: Record<OperationKind, (a: number, b: number) => void> = {
    add: (a, b) => this.#post(a, b, true),
    stage: (a, b) => this.#post(a, b, false),
    fill: (a, b) => {
      for (let i = 0; this.#post(a + i, b + i, false); i++);
    },
    publish: () => this.#published(() => this.rig.driver.publish()),
    kickPrepare: () => this.#kick('kickPrepare'),
    kick: () => this.#kick('kick'),
    getBuf: () => this.#getBuf(),
    drain: () => {
      while (this.#getBuf());
    },
    // Polls are operations and not checks after each one: they refresh what an end has seen, and an end must also do
    // right by a view that has become old.
    pollDriver: () => same(this.rig.driver.poll(), this.#model.used.length > 0, 'what the driver sees'),
    disableCallbacks: () => this.#disableCallbacks(),
    enableCallbacks: () => this.#enableCallbacks(),
    enableCallbacksDelayed: () => this.#enableCallbacksDelayed(),
    pop: () => this.#pop(),
    popAll: () => {
      while (this.#pop());
    },
    push: (a, b) => this.#return(a, b, true),
    stageUsed: (a, b) => this.#return(a, b, false),
    stageUsedAll: (a, b) => {
      for (let i = 0; this.#return(a + i, b + i, false); i++);
    },
    publishUsed: () => this.#publishedUsed(() => this.rig.device.publishUsed()),
    pollDevice: () => same(this.rig.device.poll(), this.#model.available.length > 0, 'what the device sees'),
    interruptPrepare: () => this.#interrupt('interruptPrepare'),
    interrupt: () => this.#interrupt('interrupt'),
    disableKicks: () => this.#disableKicks(),
    enableKicks: () => this.#enableKicks(),
  };

  constructor(options: RigOptions) {
    this.rig = makeRig(options);
    this.#directCount = options.directCount ?? null;
    const { size, startIndex, eventIdx } = this.rig.options;
    this.#model = new ReferenceQueue(size, startIndex);
    this.#kicks = new NotificationModel(startIndex, eventIdx);
    this.#interrupts = new NotificationModel(startIndex, eventIdx);
  }

  /** Buffers that have gone all the way round. */
  get consumed(): number {
    return this.#model.consumed - this.rig.options.startIndex;
  }

  run({ kind, a, b }: Operation): void {
    this.#operations[kind](a, b);
    this.#checkState();
  }

  /** Brings every buffer home, and checks that there is nothing else. */
  finish(): void {
    for (const kind of ['publish', 'popAll', 'stageUsedAll', 'publishUsed', 'drain'] as const) {
      this.run({ kind, a: 0, b: 0 });
    }
    same(this.rig.driver.freeCount, this.rig.options.size, 'free descriptors at the end');
    same(this.rig.driver.outstandingCount, 0, 'outstanding buffers at the end');
    same(this.rig.driver.detachUnused(), undefined, 'a buffer that never came back');
    same(this.#occupied.size, 0, 'descriptors in use at the end');
    this.tally.kicksSent = this.#kicks.sent;
    this.tally.kicksSuppressed = this.#kicks.suppressed;
    this.tally.interruptsSent = this.#interrupts.sent;
    this.tally.interruptsSuppressed = this.#interrupts.suppressed;
  }

  #post(a: number, b: number, publish: boolean): boolean {
    const { driver, options, payload } = this.rig;
    const ranges = chooseRanges(payload, options.size, a, b);
    const buffers = toScatterList(ranges, this.#buffers);
    const token = this.#nextToken;
    const slots = this.#slotsFor(ranges.length);
    if (slots > this.#model.freeSlots) {
      same(driver[publish ? 'addBuf' : 'stageBuf'](buffers, token), false, 'a buffer that does not fit');
      this.tally.refused += 1;
      return false;
    }
    this.#nextToken += 1;
    this.#model.stage({ token, ranges, slots, writableBytes: writableBytes(ranges) });
    if (publish) this.#published(() => same(driver.addBuf(buffers, token), true, 'a buffer that fits'));
    else same(driver.stageBuf(buffers, token), true, 'a buffer that fits');
    return true;
  }

  #slotsFor(count: number): number {
    if (this.#directCount === null) return count;
    const direct = Math.min(this.#directCount, this.rig.options.size - 1);
    return count - direct < 2 ? count : direct + 1;
  }

  #published(act: () => void): void {
    const first = this.#model.published;
    const fresh = this.#model.publish();
    act();
    for (const [i, posted] of fresh.entries()) this.#checkPosted(first + i, posted);
  }

  #checkPosted(position: number, posted: Posted): void {
    const chain = this.rig.wire.chain(this.rig.wire.availEntry(position));
    checkChain(chain, posted, this.rig.options);
    if (chain.indirect.length > 0) this.tally.indirectChains += 1;
    const indices = chain.direct.map((placed) => placed.index);
    for (const index of indices) {
      holds(!this.#occupied.has(index), 'a descriptor that belongs to another buffer');
      this.#occupied.set(index, posted.token);
    }
    this.#descriptorsOf.set(posted.token, indices);
  }

  #kick(call: 'kick' | 'kickPrepare'): void {
    const { driver, kicks } = this.rig;
    const before = kicks.count;
    let decision = false;
    this.#published(() => (decision = driver[call]()));
    const { published } = this.#model;
    this.#kicks.decide(decision, published, 0);
    same(kicks.count - before, decision && call === 'kick' ? 1 : 0, 'kicks sent');
    if (kicks.count > before) same(kicks.lastIndex, published & 0xffff, 'index in a kick');
  }

  #getBuf(): boolean {
    const { driver, options } = this.rig;
    const expected = this.#model.getBuf();
    same(driver.getBuf(), expected?.posted.token, 'the token');
    if (expected === undefined) {
      // Nothing there and callbacks on: whoever sleeps now relies on being woken.
      const { event, off } = this.#interrupts;
      if (!off) this.#interrupts.promised = options.eventIdx ? event : this.#model.consumed;
      return false;
    }
    same(driver.usedLength, expected.writtenBytes, 'the used length');
    for (const index of this.#descriptorsOf.get(expected.posted.token) ?? []) this.#occupied.delete(index);
    this.#descriptorsOf.delete(expected.posted.token);
    this.tally.buffersReturned += 1;
    // With callbacks on, each buffer taken re-arms for the next; whether one is there already is not looked at.
    if (!this.#interrupts.off) this.#interrupts.arm(this.#model.consumed, false);
    return true;
  }

  #disableCallbacks(): void {
    const { driver, options, wire } = this.rig;
    const wasOff = this.#interrupts.off;
    driver.disableCallbacks();
    this.#interrupts.disarm();
    if (!options.eventIdx || wasOff) return;
    // Where the event word goes is the driver's choice, so long as it is not an entry to come.
    const behind = (this.#model.consumed - wire.usedEvent) & 0xffff;
    holds(behind >= 1 && behind <= 0x8000, 'a disabled event lies behind');
    this.#interrupts.event = this.#model.consumed - behind;
  }

  #enableCallbacks(): void {
    const idle = this.#model.used.length === 0;
    same(this.rig.driver.enableCallbacks(), idle, 'whether the driver may sleep');
    this.#interrupts.arm(this.#model.consumed, idle);
  }

  #enableCallbacksDelayed(): void {
    const { published, consumed, used } = this.#model;
    const later = Math.floor(((published - consumed) * 3) / 4);
    const idle = used.length <= later;
    same(this.rig.driver.enableCallbacksDelayed(), idle, 'whether the driver may sleep longer');
    this.#interrupts.arm(consumed + later, idle);
  }

  #pop(): boolean {
    const chain = this.#spareChains.pop() ?? new Chain();
    const expected = this.#model.pop();
    same(this.rig.device.pop(chain), expected !== undefined, 'whether there is a buffer');
    if (expected === undefined) {
      this.#spareChains.push(chain);
      return false;
    }
    const { buffers } = chain;
    same(this.#occupied.get(chain.head), expected.token, 'whose chain it is');
    same(buffers.count, expected.ranges.length, 'ranges of the chain');
    for (const [i, { address, length, writable }] of expected.ranges.entries()) {
      same(buffers.address(i), address, 'address of a range');
      same(buffers.length(i), length, 'length of a range');
      same(buffers.isWritable(i), writable, 'direction of a range');
    }
    same(chain.writableBytes, expected.writableBytes, 'writable bytes');
    this.#chains.set(expected.token, chain);
    return true;
  }

  #return(a: number, b: number, publish: boolean): boolean {
    const { device, options } = this.rig;
    const { held } = this.#model;
    const posted = held[options.inOrder ? 0 : a % held.length];
    if (posted === undefined) return false;
    const writtenBytes = b % 3 === 0 ? b % (posted.writableBytes + 1) : posted.writableBytes;
    const chain = this.#chains.get(posted.token) as Chain;
    this.#chains.delete(posted.token);
    this.#model.stageUsed(posted, writtenBytes);
    if (publish) this.#publishedUsed(() => device.push(chain, writtenBytes));
    else device.stageUsed(chain, writtenBytes);
    this.#spareChains.push(chain);
    return true;
  }

  #publishedUsed(act: () => void): void {
    const first = this.#model.usedPublished;
    const fresh = this.#model.publishUsed();
    act();
    const expected = fresh.map(({ posted, writtenBytes }) => {
      const head = (this.#descriptorsOf.get(posted.token) as number[])[0] as number;
      return { head, writtenBytes, full: writtenBytes === posted.writableBytes };
    });
    this.tally.usedEntries += checkUsedEntries(this.rig.wire, first, expected, this.rig.options.inOrder);
  }

  #interrupt(call: 'interrupt' | 'interruptPrepare'): void {
    const { device, interrupts } = this.rig;
    const before = interrupts.count;
    let decision = false;
    this.#publishedUsed(() => (decision = device[call]()));
    this.#interrupts.decide(decision, this.#model.usedPublished, this.#model.consumed);
    same(interrupts.count - before, decision && call === 'interrupt' ? 1 : 0, 'interrupts sent');
  }

  #disableKicks(): void {
    this.rig.device.disableKicks();
    this.#kicks.disarm();
  }

  #enableKicks(): void {
    const idle = this.#model.available.length === 0;
    same(this.rig.device.enableKicks(), idle, 'whether the device may sleep');
    this.#kicks.arm(this.#model.popped, idle);
  }

  #checkState(): void {
    const { driver, device, wire, options } = this.rig;
    const model = this.#model;
    same(driver.freeCount, model.freeSlots, 'free descriptors');
    same(driver.outstandingCount, model.outstandingCount, 'outstanding buffers');
    same(device.inFlightCount, model.held.length, 'buffers in flight');
    same(wire.availIdx, model.published & 0xffff, 'avail.idx');
    same(wire.usedIdx, model.usedPublished & 0xffff, 'used.idx');
    const { eventIdx, startIndex } = options;
    same(wire.availFlags, !eventIdx && this.#interrupts.off ? 1 : 0, 'avail.flags');
    same(wire.usedFlags, !eventIdx && this.#kicks.off ? 1 : 0, 'used.flags');
    same(wire.usedEvent, eventIdx ? this.#interrupts.event & 0xffff : startIndex, 'used_event');
    same(wire.availEvent, eventIdx ? this.#kicks.event & 0xffff : startIndex, 'avail_event');
  }
}
