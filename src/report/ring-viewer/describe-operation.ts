import { NO_ORDINAL, type EventKind, type RingEvent } from '../../events/ring-event.js';
import type { RecordedLife, Side } from '../../recording/recording.js';
import { counted } from './counted.js';
import type { Line } from './describe-word.js';

export type OperationKind = Exclude<EventKind, 'stored' | 'saw'>;

/** For each kind of operation the sections of a split and of a packed ring. */
const SECTIONS: Readonly<Record<OperationKind, readonly [string, string]>> = {
  ringAt: ['2.7', '2.8'],
  lifeBegan: ['2.7', '2.8'],
  posted: ['2.7.13', '2.8.21'],
  shown: ['2.7.13', '2.8.21'],
  kicked: ['2.7.13', '2.8.21'],
  kickSuppressed: ['2.7.10', '2.8.10'],
  callbacksEnabled: ['2.7.7', '2.8.10'],
  callbacksDisabled: ['2.7.7', '2.8.10'],
  reaped: ['2.7.14', '2.8.22'],
  detached: ['2.6.1', '2.6.1'],
  popped: ['2.7.6', '2.8.1'],
  used: ['2.7.8', '2.8.6'],
  usedShown: ['2.7.8', '2.8.6'],
  interrupted: ['2.7.7', '2.8.10'],
  interruptSuppressed: ['2.7.7', '2.8.10'],
  kicksEnabled: ['2.7.10', '2.8.10'],
  kicksDisabled: ['2.7.10', '2.8.10'],
  slept: ['', ''],
  woke: ['', ''],
};

type Texts = { readonly [Kind in OperationKind]: (event: RingEvent<Kind>, side: Side) => string };

const TEXTS: Texts = {
  ringAt: ({ desc, driver, device }) => `finds the ring at ${[desc, driver, device].map(hex).join(', ')}`,
  lifeBegan: ({ size, layout }) =>
    `begins to work on a ${layout === 1 ? 'packed' : 'split'} ring of ${counted(size, 'entry', 'entries')}`,
  posted: (event) =>
    `has written buffer ${nameOf(event.ordinal)} (token ${event.token}) into ` +
    `${counted(event.descriptors, 'descriptor')} of the ring: ${sizes(event)}`,
  shown: ({ count }) => `is about to show the device every buffer before ${nameOf(count)}`,
  kicked: (event) => `kicks the device for ${span(event)}`,
  kickSuppressed: (event) => `does not kick for ${span(event)}: the device has not asked for it`,
  callbacksEnabled: ({ maySleep, isLate }) =>
    `asks for an interrupt${isLate === 1 ? ', once three quarters of the rest are used' : ''}: ${outcome(maySleep)}`,
  callbacksDisabled: () => 'wants no interrupts: it looks at the ring anyway',
  reaped: ({ ordinal, token, usedBytes, descriptors }) =>
    `has buffer ${nameOf(ordinal)} (token ${token}) back, ${counted(usedBytes, 'byte')} written; ` +
    `${counted(descriptors, 'descriptor')} free again`,
  detached: ({ ordinal, token }) =>
    `takes buffer ${nameOf(ordinal)} (token ${token}) out of a ring that a reset has stopped`,
  popped: (event) =>
    `has taken buffer ${nameOf(event.ordinal)}, known in the ring as ${event.head}: ${sizes(event)}`,
  used: ({ ordinal, writtenBytes }) =>
    `is done with buffer ${nameOf(ordinal)}: ${counted(writtenBytes, 'byte')} written`,
  usedShown: ({ count }) => `is about to show the driver what is used: ${counted(count, 'buffer')} so far`,
  interrupted: (event) => `interrupts the driver for ${used(event)}`,
  interruptSuppressed: (event) => `does not interrupt for ${used(event)}: the driver has not asked for it`,
  kicksEnabled: ({ maySleep }) => `asks for a kick: ${outcome(maySleep)}`,
  kicksDisabled: () => 'wants no kicks: it looks at the ring anyway',
  slept: (_, side) => `goes to sleep until it is ${side === 'driver' ? 'interrupted' : 'kicked'}`,
  woke: () => 'is awake again',
};

/** What one side does to its end of a ring, in words. */
export function describeOperation(event: RingEvent<OperationKind>, side: Side, life: RecordedLife): Line {
  const text = TEXTS[event.kind] as (event: RingEvent<OperationKind>, side: Side) => string;
  return { text: text(event, side), section: SECTIONS[event.kind][life.layout === 'split' ? 0 : 1] };
}

function outcome(maySleep: number): string {
  return maySleep === 1 ? 'nothing is there now, so it may sleep' : 'something is there already';
}

function nameOf(ordinal: number): string {
  return ordinal === NO_ORDINAL ? 'that is not known' : `#${ordinal}`;
}

function sizes({ readableBytes, writableBytes }: { readableBytes: number; writableBytes: number }): string {
  return `${counted(readableBytes, 'byte')} to be read, ${counted(writableBytes, 'byte')} to be written`;
}

function span({ from, count }: { from: number; count: number }): string {
  return count - from === 1 ? `buffer ${nameOf(from)}` : `buffers ${nameOf(from)} to ${nameOf(count - 1)}`;
}

/** Used buffers come in any order: they are counted, not named. */
function used({ from, count }: { from: number; count: number }): string {
  return counted(count - from, 'used buffer');
}

function hex(address: number): string {
  return `0x${address.toString(16)}`;
}
