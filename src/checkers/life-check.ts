import { ProtocolViolation, type VringError } from '../errors.js';
import { describeEvent, LifeFeature, NO_ORDINAL, type RingEvent } from '../events/ring-event.js';
import { checkShape } from './buffer-shape.js';
import { CompletionOrder } from './completion-order.js';
import { Conservation } from './conservation.js';
import { Fifo } from './fifo.js';
import { Suppression } from './suppression.js';
import { checkUsedLength } from './used-length.js';

/** A buffer from its post until it is back, by what both sides say. */
interface Buffer {
  readonly descriptors: number;
  readonly readableBytes: number;
  readonly writableBytes: number;
  state: 'posted' | 'popped' | 'used';
  writtenBytes: number;
  /** Used as which; 0 is the first. */
  usedAs: number;
}

/** What became of an event: it was right, it is wrong, or its cause on the other side is not known yet. */
type Outcome = VringError | 'ok' | 'waits';

export type RingSide = 'driver' | 'device';

/** What a check needs to know besides the events. */
export interface LifeCheckSetup {
  /** Tokens are below it. */
  readonly tokenCount: number;
  /** How far the clocks of the two threads may be apart. */
  readonly clockErrorNs: number;
}

/**
 * Both sides of a ring from its set-up to its reset. Each side's events come in its own order; how the two fit together
 * is not for clocks to say: an event waits here until what caused it on the other side is here too. Causes are recorded
 * before they have an effect, so what still waits at the end never had one.
 */
export class LifeCheck {
  readonly kicks: Suppression;
  readonly interrupts: Suppression;
  private readonly pending: Readonly<Record<RingSide, Fifo<RingEvent>>> = {
    driver: new Fifo(),
    device: new Fifo(),
  };
  private readonly buffers: Map<number, Buffer> = new Map();
  private readonly conservation: Conservation;
  private readonly usedOrder: CompletionOrder;
  private readonly reapedOrder: CompletionOrder;
  private readonly size: number;
  private shown = 0;
  private used = 0;
  private usedShown = 0;
  private descriptorsTaken = 0;
  private shownNs: number;
  private usedShownNs: number;

  constructor(began: RingEvent<'lifeBegan'>, { tokenCount, clockErrorNs }: LifeCheckSetup) {
    const has = (feature: number): boolean => (began.features & feature) !== 0;
    const eventIdx = has(LifeFeature.eventIdx);
    const inOrder = has(LifeFeature.inOrder);
    const isSplit = began.layout === 0;
    this.size = began.size;
    this.conservation = new Conservation(tokenCount);
    this.usedOrder = new CompletionOrder(inOrder);
    this.reapedOrder = new CompletionOrder(inOrder);
    this.shownNs = began.timeNs;
    this.usedShownNs = began.timeNs;
    const setup = { eventIdx, clockErrorNs };
    this.kicks = new Suppression({ ...setup, what: 'kick', section: isSplit ? '2.7.10.1' : '2.8.10' });
    this.interrupts = new Suppression({
      ...setup,
      what: 'interrupt',
      section: isSplit ? '2.7.7.2' : '2.8.10',
    });
  }

  /** Events of one side, in its order; judged at once as far as can be. */
  add(side: RingSide, event: RingEvent): VringError | null {
    this.pending[side].push(event);
    return this.advance();
  }

  /** Both sides are past this ring, or have ended. `isWhole`: in good order, so that nothing may be missing. */
  ended(isWhole: boolean): VringError | null {
    const wrong = this.kicks.judge(true) ?? this.interrupts.judge(true);
    if (wrong !== null) return wrong;
    const waiting = this.pending.device.first ?? this.pending.driver.first;
    if (waiting !== undefined) return withoutCause(waiting, this.shown, this.usedShown);
    return isWhole ? this.conservation.ended() : null;
  }

  private advance(): VringError | null {
    for (let hasMoved = true; hasMoved;) {
      hasMoved = false;
      for (const side of ['driver', 'device'] as const) {
        const pending = this.pending[side];
        for (let event = pending.first; event !== undefined; event = pending.first) {
          const outcome = this.apply(event);
          if (outcome === 'waits') break;
          if (outcome !== 'ok') return outcome;
          if (side === 'driver') this.driverWishes(event);
          else this.deviceWishes(event);
          pending.drop();
          hasMoved = true;
        }
      }
    }
    return this.kicks.judge() ?? this.interrupts.judge();
  }

  private apply(event: RingEvent): Outcome {
    if (event.kind === 'posted') return this.posted(event);
    if (event.kind === 'reaped') return this.reaped(event);
    if (event.kind === 'detached') return this.detached(event);
    if (event.kind === 'popped') return this.popped(event);
    if (event.kind === 'used') return this.returned(event);
    this.notes(event);
    return 'ok';
  }

  private posted({
    token,
    ordinal,
    descriptors,
    readableBytes,
    writableBytes,
  }: RingEvent<'posted'>): Outcome {
    this.conservation.posted(token);
    this.buffers.set(ordinal, {
      descriptors,
      readableBytes,
      writableBytes,
      state: 'posted',
      writtenBytes: 0,
      usedAs: -1,
    });
    this.descriptorsTaken += descriptors;
    if (this.descriptorsTaken <= this.size) return 'ok';
    return new ProtocolViolation('DESCRIPTORS', 'more descriptors are in use than the ring has', {
      section: '2.7.13',
      expected: `at most ${this.size}`,
      actual: this.descriptorsTaken,
    });
  }

  private popped({ ordinal, readableBytes, writableBytes }: RingEvent<'popped'>): Outcome {
    const buffer = this.buffers.get(ordinal);
    if (buffer === undefined || ordinal >= this.shown) return 'waits';
    buffer.state = 'popped';
    return checkShape(buffer.readableBytes, readableBytes, buffer.writableBytes, writableBytes) ?? 'ok';
  }

  private returned({ ordinal, writtenBytes }: RingEvent<'used'>): Outcome {
    const buffer = this.buffers.get(ordinal);
    if (buffer?.state !== 'popped') {
      return new ProtocolViolation('USED_NOT_HELD', 'the device returned a buffer that it does not hold', {
        section: '2.7.8',
        expected: 'a buffer that was popped and not returned',
        actual: ordinal === NO_ORDINAL ? 'another one' : `buffer ${ordinal}`,
      });
    }
    buffer.state = 'used';
    buffer.writtenBytes = writtenBytes;
    buffer.usedAs = this.used;
    this.used += 1;
    return this.usedOrder.returned(ordinal) ?? 'ok';
  }

  private reaped({ token, ordinal, usedBytes, descriptors }: RingEvent<'reaped'>): Outcome {
    const buffer = this.buffers.get(ordinal);
    if (buffer === undefined) return this.conservation.returned(token) ?? 'ok';
    if (buffer.state !== 'used' || buffer.usedAs >= this.usedShown) return 'waits';
    this.buffers.delete(ordinal);
    return (
      this.conservation.returned(token) ??
      this.reapedOrder.returned(ordinal) ??
      checkUsedLength(buffer.writtenBytes, usedBytes) ??
      this.freed(buffer, descriptors)
    );
  }

  /** The device may be behind with its record: the buffer is kept for it. */
  private detached({ token, ordinal, descriptors }: RingEvent<'detached'>): Outcome {
    const buffer = this.buffers.get(ordinal);
    const wrong = this.conservation.returned(token);
    return wrong ?? (buffer === undefined ? 'ok' : this.freed(buffer, descriptors));
  }

  private freed(buffer: Buffer, descriptors: number): Outcome {
    this.descriptorsTaken -= descriptors;
    if (descriptors === buffer.descriptors) return 'ok';
    return new ProtocolViolation('DESCRIPTORS', 'a buffer frees another number of descriptors than it took', {
      section: '2.7.13',
      expected: buffer.descriptors,
      actual: descriptors,
    });
  }

  /** What is no buffer's: counts that were shown, and decisions. */
  private notes(event: RingEvent): void {
    const { timeNs } = event;
    if (event.kind === 'shown') {
      this.shown = event.count;
      this.shownNs = timeNs;
      this.kicks.acted(timeNs);
    } else if (event.kind === 'usedShown') {
      this.usedShown = event.count;
      this.usedShownNs = timeNs;
      this.interrupts.acted(timeNs);
    } else if (event.kind === 'kickSuppressed') {
      const { from, count } = event;
      this.kicks.suppressed({ from, count, fromNs: this.shownNs, toNs: timeNs });
    } else if (event.kind === 'interruptSuppressed') {
      const { from, count } = event;
      this.interrupts.suppressed({ from, count, fromNs: this.usedShownNs, toNs: timeNs });
    }
  }

  /** With EVENT_IDX a driver moves its wish with every buffer that it takes back. */
  private driverWishes(event: RingEvent): void {
    const { interrupts } = this;
    const { timeNs } = event;
    if (event.kind === 'callbacksEnabled')
      interrupts.peerWished(timeNs, event.isLate === 1 ? null : event.count);
    else if (event.kind === 'callbacksDisabled') interrupts.peerWished(timeNs, null, timeNs);
    else if (event.kind === 'reaped') interrupts.peerWished(timeNs, null);
    else interrupts.peerActed(timeNs);
  }

  private deviceWishes(event: RingEvent): void {
    const { timeNs } = event;
    if (event.kind === 'kicksEnabled') this.kicks.peerWished(timeNs, event.count);
    else if (event.kind === 'kicksDisabled') this.kicks.peerWished(timeNs, null, timeNs);
    else this.kicks.peerActed(timeNs);
  }
}

function withoutCause(event: RingEvent, shown: number, usedShown: number): ProtocolViolation {
  const isDevice = event.kind === 'popped';
  return new ProtocolViolation(
    isDevice ? 'POPPED_NOT_SHOWN' : 'REAPED_NOT_USED',
    isDevice
      ? 'the device took a buffer that the driver had not shown'
      : 'the driver took back a buffer that the device had not returned',
    {
      section: isDevice ? '2.7.13' : '2.7.8',
      expected: isDevice ? `a buffer below ${shown}` : `one of the ${usedShown} that were shown as used`,
      actual: describeEvent(event),
    },
  );
}
