import { AccessGraph } from './cycle.js';
import { INIT } from './graph.js';
import type { ProfileName } from './models/model.js';
import { acquires, Flag, Kind, Order, releases } from './order.js';
import type { RecordedEvent, RecordedLocation, Recording } from './recording.js';

export type CauseKind =
  /** Two accesses that nothing orders. */
  | 'race'
  /** Two accesses of one thread that took effect in the other order. */
  | 'reordering'
  /** Every thread did what it says, one after the other: the program allows a bad sequence. */
  | 'interleaving';

/** Why an execution failed, in the numbers of its events. */
export interface Cause {
  readonly kind: CauseKind;
  /** The first pair is the cause; the others had a part in it. */
  readonly pairs: readonly (readonly [number, number])[];
  /** For a reordering: accesses that cannot have happened in any sequence, each before the next. */
  readonly cycle: readonly number[];
}

export function causeOf(recording: Recording, profile: ProfileName): Cause {
  const { finding, events } = recording;
  if (finding.kind === 'race') {
    const [a = 0, b = 0] = finding.events;
    return { kind: 'race', pairs: [[a, b], ...messages(events, a, b)], cycle: [] };
  }
  const graph = new AccessGraph(recording);
  const cycle = bestCycle(graph, profile);
  if (cycle !== null) {
    const own = programOrderOf(graph, cycle);
    const loose = own.filter(([a, b]) => !isOrdered(events, a, b, profile));
    return { kind: 'reordering', pairs: loose.length > 0 ? loose : own, cycle };
  }
  return { kind: 'interleaving', pairs: decisivePairs(recording), cycle: [] };
}

/** What came over from the one to the other between two accesses that race: it should have ordered them. */
function messages(events: readonly RecordedEvent[], a: number, b: number): (readonly [number, number])[] {
  const [first, second] = [events[a] as RecordedEvent, events[b] as RecordedEvent];
  const heard = events.flatMap((event, e) => {
    if (event.kind !== Kind.read || event.from === INIT) return [];
    const from = events[event.from] as RecordedEvent;
    const isBetween =
      from.thread === first.thread &&
      from.index >= first.index &&
      event.thread === second.thread &&
      event.index <= second.index;
    return isBetween && event.from !== a && e !== b ? [[event.from, e] as const] : [];
  });
  return heard.slice(-1);
}

/** Of the shortest cycles, the one with the fewest pairs that may be reordered: it needs the least of what is odd. */
function bestCycle(graph: AccessGraph, profile: ProfileName): readonly number[] | null {
  const loose = (cycle: readonly number[]): number =>
    programOrderOf(graph, cycle).filter(([a, b]) => !isOrdered(graph.events, a, b, profile)).length ||
    Infinity;
  return graph.shortestCycles().toSorted((a, b) => loose(a) - loose(b))[0] ?? null;
}

/** The steps of a cycle that stay in one thread and go to another location. */
function programOrderOf(graph: AccessGraph, cycle: readonly number[]): (readonly [number, number])[] {
  return cycle.flatMap((a, at) => {
    const b = cycle[(at + 1) % cycle.length] as number;
    return graph.isProgramOrder(a, b) ? [[a, b] as const] : [];
  });
}

/** Whether the memory model keeps two accesses of one thread in order, as far as what is between them tells. */
function isOrdered(events: readonly RecordedEvent[], a: number, b: number, profile: ProfileName): boolean {
  const [first, second] = [events[a] as RecordedEvent, events[b] as RecordedEvent];
  const between = events.filter(
    ({ thread, index }) => thread === first.thread && index > first.index && index < second.index,
  );
  const hasFence = (order: number): boolean =>
    between.some((event) => event.kind === Kind.fence && event.order === order);
  const isRead = first.kind === Kind.read;
  const isToWrite = second.kind === Kind.write;
  const hasLocked = [first, ...between, second].some((event) => isLocked(event, profile));
  if (profile === 'sc' || profile === 'js' || hasFence(Order.full) || hasLocked) return true;
  if (profile === 'tso') return isRead || isToWrite;
  if (isRead && (acquires(first.order) || hasFence(Order.reads))) return true;
  if (isToWrite && (releases(second.order) || (!isRead && hasFence(Order.writes)))) return true;
  return profile === 'armv8' && releases(first.order) && second.order === Order.acquire;
}

/** Accesses that order what is around them: a read-modify-write, and on x86 an exchange. */
function isLocked({ flags, order, kind }: RecordedEvent, profile: ProfileName): boolean {
  const isUpdate = (flags & Flag.update) !== 0;
  if (profile === 'rc11') return false;
  if (profile === 'tso') return isUpdate || (kind === Kind.write && order === Order.sequential);
  return isUpdate && kind === Kind.write && releases(order);
}

/**
 * In an interleaving that ends asleep, what decided it are the last looks that missed something: the last read of a
 * place that was written again afterwards by another thread, as [read, write]. Elsewhere it is what the failing
 * thread last heard of another one, as [write, read].
 */
function decisivePairs({ events, locations, finding }: Recording): (readonly [number, number])[] {
  if (finding.kind === 'lost-wakeup') {
    const missed = locations.flatMap((location) => missedAt(events, location));
    // The latest look first: the one that let its thread fall asleep.
    return missed.toSorted(([a], [b]) => b - a).slice(0, 2);
  }
  const heard = events.flatMap((event, e) => {
    const isHeard =
      event.kind === Kind.read &&
      event.from !== INIT &&
      (events[event.from] as RecordedEvent).thread !== event.thread &&
      (finding.thread === -1 || event.thread === finding.thread);
    return isHeard ? [[event.from, e] as const] : [];
  });
  return heard.slice(-1);
}

function missedAt(
  events: readonly RecordedEvent[],
  { address, writes }: RecordedLocation,
): [number, number][] {
  const threads = new Set(events.map(({ thread }) => thread));
  return [...threads].flatMap((thread): [number, number][] => {
    const last = events.findLastIndex(
      (event) => event.thread === thread && event.address === address && event.kind !== Kind.notify,
    );
    const event = events[last];
    if (event === undefined || event.kind !== Kind.read) return [];
    const missed = writes.slice(writes.indexOf(event.from) + 1).find((write) => write !== last);
    return missed === undefined ? [] : [[last, missed]];
  });
}
