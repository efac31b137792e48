import { numbersOf, type RingEvent } from '../../events/ring-event.js';
import type { RecordedLife, Side } from '../../recording/recording.js';
import { describeOperation, type OperationKind } from '../ring-viewer/describe-operation.js';
import { microseconds, placeOf, type TraceEvent } from './trace-event.js';

/** What takes no time cannot be seen, and an operation has none on record: as long as this, or up to the next. */
const SEEN_NS = 1000;

/** What each thread did, as slices that follow each other: a sleep as long as it was, and operations. */
export function threadSlices(life: RecordedLife, endNs: number): TraceEvent[] {
  return (['driver', 'device'] as const).flatMap((side) => {
    const events = life.events.filter((event) => event.side === side).map(({ event }) => event);
    return events.flatMap((event, i) => {
      const nextNs = events[i + 1]?.timeNs ?? endNs;
      return event.kind === 'woke' || isWord(event) ? [] : slice(life, side, event, nextNs);
    });
  });
}

type Operation = RingEvent<OperationKind>;

/** Stores and reads are too many to be of use here: the ring viewer has them. */
function isWord(event: RingEvent): event is RingEvent<'stored' | 'saw'> {
  return event.kind === 'stored' || event.kind === 'saw';
}

function slice(life: RecordedLife, side: Side, event: Operation, nextNs: number): TraceEvent {
  const isSleep = event.kind === 'slept';
  const lengthNs = Math.max(0, isSleep ? nextNs - event.timeNs : Math.min(SEEN_NS, nextNs - event.timeNs));
  const { text, section } = describeOperation(event, side, life);
  const numbers = Object.fromEntries(numbersOf(event));
  return {
    ph: 'X',
    cat: isSleep ? 'sleep' : 'operation',
    name: isSleep ? 'asleep' : NAMES[event.kind],
    ...placeOf(side, life.queue),
    ts: microseconds(event.timeNs),
    dur: microseconds(lengthNs),
    args: { what: text, ...(section === '' ? {} : { section }), ...numbers },
  };
}

const NAMES: Readonly<Record<OperationKind, string>> = {
  ringAt: 'ring',
  lifeBegan: 'begin',
  posted: 'post',
  shown: 'show',
  kicked: 'kick',
  kickSuppressed: 'no kick',
  callbacksEnabled: 'enable interrupts',
  callbacksDisabled: 'disable interrupts',
  reaped: 'reap',
  detached: 'take back',
  popped: 'pop',
  used: 'use',
  usedShown: 'show used',
  interrupted: 'interrupt',
  interruptSuppressed: 'no interrupt',
  kicksEnabled: 'enable kicks',
  kicksDisabled: 'disable kicks',
  slept: 'asleep',
  woke: 'awake',
};
