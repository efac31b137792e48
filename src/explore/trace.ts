import { describeAccess, describeValue, type Label, nameOfAddress } from './describe.js';
import { INIT } from './graph.js';
import { Flag, Kind, Order, orderName } from './order.js';
import type { RecordedEvent, Recording, ThreadEnd } from './recording.js';
import { type CodePosition, codePosition } from './source-position.js';
import type { Site } from './sites.js';

/** One line of a failure: an access, or both halves of a read-modify-write. */
export interface TraceRow {
  /** Place in the sequence, from 1. All other rows are referred to by theirs. */
  readonly number: number;
  /** Position in {@link Trace.threads}. */
  readonly thread: number;
  /** `W avail.idx=2`. */
  readonly text: string;
  /** How strongly it is ordered; empty for a notification. */
  readonly order: string;
  /** Reads: the row whose value it has, 0 for the initial one; null for all that does not read. */
  readonly from: number | null;
  /** Reads: the row that it takes its value from is a later one, and comes of this one. */
  readonly isEarly: boolean;
  /** Reads: the newest earlier row whose value it should have had; null when it had that. */
  readonly newer: number | null;
  /** Writes that were held up on the way to memory: the row after which they arrived. */
  readonly arrivesAfter: number | null;
  /** The thread stays here for ever. */
  readonly isAsleep: boolean;
  /** An ordinary access that published nothing and decided nothing. */
  readonly isPlain: boolean;
  readonly source: CodePosition;
  /** What it leaves in memory. */
  readonly written: { readonly name: string; readonly value: string } | null;
}

/** A place in memory. */
export interface TraceCell {
  readonly name: string;
  readonly address: number;
  readonly initial: string;
}

export interface TraceThread {
  readonly name: string;
  readonly end: ThreadEnd;
}

/** A thread that sleeps for ever. */
export interface Sleeper {
  readonly thread: string;
  /** What it sleeps on. */
  readonly on: string;
  readonly since: number;
  /** Who else touches that, or is left: how often each rang, and how it ended. */
  readonly wakers: readonly {
    readonly thread: string;
    readonly rings: readonly number[];
    readonly end: ThreadEnd;
  }[];
}

/** A failed execution for people: one sequence, a column for each thread. */
export interface Trace {
  readonly threads: readonly TraceThread[];
  readonly rows: readonly TraceRow[];
  readonly sleepers: readonly Sleeper[];
  /** Memory, by address. */
  readonly cells: readonly TraceCell[];
}

export interface NumberedTrace {
  readonly trace: Trace;
  /** By event of the recording: its row's number. */
  readonly numbers: readonly number[];
}

export function traceOf(recording: Recording, sites: readonly Site[], label: Label): NumberedTrace {
  const { events, threads } = recording;
  const numbers: number[] = [];
  let last = 0;
  for (let e = 0; e < events.length; e++) numbers.push(isSecondHalf(events, e) ? last : ++last);
  const rows = events.flatMap((_, e) =>
    isSecondHalf(events, e) ? [] : [rowOf(recording, e, numbers, label, codePosition(sites[e] as Site))],
  );
  const cells = recording.locations.map(({ address, lengthBytes, initial }) => {
    const name = nameOfAddress(address, label);
    return { name, address, initial: describeValue(initial, lengthBytes, name) };
  });
  return { trace: { threads, rows, sleepers: sleepersOf(recording, numbers, label), cells }, numbers };
}

/** The write of a read-modify-write is on the line of its read, when nothing came in between. */
function isSecondHalf(events: readonly RecordedEvent[], e: number): boolean {
  const [before, event] = [events[e - 1], events[e] as RecordedEvent];
  const isUpdate = (event.flags & Flag.update) !== 0 && event.kind === Kind.write;
  return isUpdate && before?.thread === event.thread && before.index === event.index - 1;
}

function rowOf(
  recording: Recording,
  e: number,
  numbers: readonly number[],
  label: Label,
  source: CodePosition,
): TraceRow {
  const { events, threads } = recording;
  const event = events[e] as RecordedEvent;
  const next = events[e + 1];
  const second = next !== undefined && isSecondHalf(events, e + 1) ? next : null;
  const write = event.kind === Kind.write ? event : second;
  const isLast = !events.some(({ thread, index }) => thread === event.thread && index === event.index + 1);
  const name = nameOfAddress(write?.address ?? 0, label);
  const written = write && { name, value: describeValue(write.value, write.lengthBytes, name) };
  const isRead = event.kind === Kind.read;
  const from = isRead ? event.from : null;
  return {
    number: numbers[e] as number,
    thread: event.thread,
    text: second === null ? describeAccess(event, label) : describeUpdate(event, second, label),
    order: event.kind === Kind.notify ? '' : orderName(event.order),
    from: from === null || from === INIT ? from && 0 : (numbers[from] as number),
    isEarly: isRead && event.from > e,
    newer: isRead && event.behind > 0 ? newestBefore(recording, e, numbers) : null,
    arrivesAfter:
      event.kind === Kind.write && event.visibleAt > e + 1 ? (numbers[event.visibleAt - 1] as number) : null,
    isAsleep: isLast && (event.flags & Flag.await) !== 0 && threads[event.thread]?.end === 'asleep',
    isPlain: event.order === Order.plain && event.kind !== Kind.notify,
    source,
    written,
  };
}

function describeUpdate(read: RecordedEvent, write: RecordedEvent, label: Label): string {
  const name = nameOfAddress(read.address, label);
  const [before, after] = [read, write].map(({ value, lengthBytes }) =>
    describeValue(value, lengthBytes, name),
  );
  return `RMW ${name}=${before} -> ${after}`;
}

/** The last write in coherence order that is in front of event `e`. */
function newestBefore({ events, locations }: Recording, e: number, numbers: readonly number[]): number {
  const { address } = events[e] as RecordedEvent;
  const { writes = [] } = locations.find((location) => location.address === address) ?? {};
  return numbers[writes.findLast((write) => write < e) as number] as number;
}

function sleepersOf({ events, threads }: Recording, numbers: readonly number[], label: Label): Sleeper[] {
  return threads.flatMap(({ name, end }, t): Sleeper[] => {
    if (end !== 'asleep') return [];
    const sleep = events.findLastIndex(({ thread }) => thread === t);
    const { address } = events[sleep] as RecordedEvent;
    const wakers = threads.flatMap((other, at) => {
      if (at === t) return [];
      const rings = events.flatMap((event, e) => {
        const isRing = event.thread === at && event.kind === Kind.notify && event.address === address;
        return isRing ? [numbers[e] as number] : [];
      });
      return [{ thread: other.name, rings, end: other.end }];
    });
    return [{ thread: name, on: nameOfAddress(address, label), since: numbers[sleep] as number, wakers }];
  });
}
