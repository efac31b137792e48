/**
 * What can happen at one end of a ring, by kind, and the numbers that come with it. They are counts of buffers since
 * the ring's life began unless said otherwise: `ordinal` is which buffer, from 0 on, `count` how many so far. Buffers
 * are popped in the order they were posted, so an ordinal means the same buffer on both sides.
 *
 * What gives something to the other side is recorded before it is done, what takes something from it afterwards: if a
 * buffer was popped, then `shown` stands in the driver's ring already, and at an earlier time.
 *
 * The order of this table is the encoding of a kind. Both ends of a process come from one build: nothing is kept.
 */
const KINDS = {
  /** A new ring. `life` is the same on both sides, `layout` 0: split, 1: packed; `features` see {@link LifeFeature}. */
  lifeBegan: ['life', 'size', 'layout', 'startIndex', 'features'],

  /** The driver staged a buffer; `descriptors` of the ring are what it took. */
  posted: ['token', 'ordinal', 'descriptors', 'readableBytes', 'writableBytes'],
  /** It shows the device all buffers below `count`. */
  shown: ['count'],
  /** Of the buffers from `from` up to `count` it told the device, or decided that the device did not want to know. */
  kicked: ['from', 'count'],
  kickSuppressed: ['from', 'count'],
  /** It asked for interrupts, having reaped `count` buffers; `isLate`: once three quarters of the rest are used. */
  callbacksEnabled: ['count', 'maySleep', 'isLate'],
  callbacksDisabled: ['count'],
  /** A buffer is back, and so many descriptors are free again; `ordinal` is {@link NO_ORDINAL} if it was not posted. */
  reaped: ['token', 'ordinal', 'usedBytes', 'descriptors'],
  /** Taken back from a ring that a reset has stopped. */
  detached: ['token', 'ordinal', 'descriptors'],

  /** The device found a buffer. */
  popped: ['ordinal', 'head', 'readableBytes', 'writableBytes'],
  /** It is done with it; `ordinal` is {@link NO_ORDINAL} if it does not hold it. */
  used: ['ordinal', 'writtenBytes'],
  /** It shows the driver that `count` buffers are used. */
  usedShown: ['count'],
  interrupted: ['from', 'count'],
  interruptSuppressed: ['from', 'count'],
  /** It asked for kicks, having popped `count` buffers. */
  kicksEnabled: ['count', 'maySleep'],
  kicksDisabled: ['count'],

  /** Only where memory is recorded too. Before a life begins: where its ring is. */
  ringAt: ['desc', 'driver', 'device'],
  /** About to be stored: `before` is what is there still, of a word that is the storing side's own. */
  stored: ['address', 'widthBytes', 'value', 'before'],
  /** A word that both sides use, read, and found to be another than this side last stored or saw there. */
  saw: ['address', 'widthBytes', 'value'],

  /** The thread of either side goes to sleep on its bell, and is awake again. */
  slept: [],
  woke: [],
} as const;

type Kinds = typeof KINDS;

export type EventKind = keyof Kinds;

/** An event as plain data. Times are {@link commonNowNs}: those of two threads can be compared. */
export type RingEvent<Kind extends EventKind = EventKind> = {
  [K in Kind]: { readonly kind: K; readonly timeNs: number; readonly queue: number } & Readonly<
    Record<Kinds[K][number], number>
  >;
}[Kind];

/** Stands where there is no ordinal. */
export const NO_ORDINAL = 0xffffffff;

/** Bits of `features` in `lifeBegan`. */
export const LifeFeature = { eventIdx: 1, indirect: 2, inOrder: 4 } as const;

const NAMES = Object.keys(KINDS) as readonly EventKind[];

/** What a kind is called in a record. */
export const KindCode: Readonly<Record<EventKind, number>> = Object.fromEntries(
  NAMES.map((name, code) => [name, code]),
) as Record<EventKind, number>;

/** An event from what a record holds; `argumentOf(i)` is its i-th number. */
export function decodeEvent(
  code: number,
  queue: number,
  timeNs: number,
  argumentOf: (index: number) => number,
): RingEvent {
  const kind = NAMES[code];
  if (kind === undefined) throw new RangeError(`${code} is no kind of event`);
  return makeEvent(kind, queue, timeNs, (_, index) => argumentOf(index));
}

/** An event from its numbers, each by its name and its place. */
export function makeEvent(
  kind: EventKind,
  queue: number,
  timeNs: number,
  numberOf: (name: string, index: number) => number,
): RingEvent {
  const event: Record<string, number | string> = { kind, timeNs, queue };
  KINDS[kind].forEach((name, index) => {
    event[name] = numberOf(name, index);
  });
  return event as unknown as RingEvent;
}

/** The numbers of an event with their names, in the order of its kind. */
export function numbersOf(event: RingEvent): [name: string, value: number][] {
  const numbers = event as unknown as Readonly<Record<string, number>>;
  return KINDS[event.kind].map((name) => [name, numbers[name] as number]);
}

export function isEventKind(name: string): name is EventKind {
  return Object.hasOwn(KINDS, name);
}

/** An event as text: its kind and its numbers, without the time. */
export function describeEvent(event: RingEvent): string {
  const values = numbersOf(event).map(([name, value]) => {
    return `${name} ${name === 'ordinal' && value === NO_ORDINAL ? 'unknown' : value}`;
  });
  return [event.kind, ...values].join(' ');
}
