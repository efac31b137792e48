import { crc32 } from 'node:zlib';
import type { VringError } from '../errors.js';
import { asAtFirst, prefixOf } from './early-reads.js';
import type { EarlyRead, FailureKind, Finding } from './failure.js';
import { type Graph, INIT, ThreadState } from './graph.js';
import { compareOddity, linearise, type Oddity, type Sequence } from './linear.js';
import { isScalar, type Locations } from './locations.js';
import { Kind } from './order.js';

/** How a thread ended; what an open one did next is of no interest. */
export type ThreadEnd = 'ended' | 'asleep' | 'threw' | 'open';

/** An access, as far as its own thread is concerned. */
export interface RecordedAccess {
  readonly thread: number;
  /** Position in the thread. */
  readonly index: number;
  readonly kind: number;
  readonly order: number;
  readonly flags: number;
  /** -1 for a fence. */
  readonly address: number;
  readonly lengthBytes: number;
  /** What was read or written: a number, or the checksum of a payload. */
  readonly value: number;
  /** The value that an await does not go on with. */
  readonly expected: number;
}

/** One access of a recorded execution; its number is its place in {@link Recording.events}. */
export interface RecordedEvent extends RecordedAccess {
  /** Reads: the event that wrote the value, or {@link INIT}. One that comes later makes this read an early one. */
  readonly from: number;
  /**
   * Of the writes to the same place that come earlier in the sequence, how many are newer in coherence order than
   * this write, or than what this read took. A read with any is stale.
   */
  readonly behind: number;
  /** Writes: how many events had been carried out when this one reached memory. */
  readonly visibleAt: number;
}

export interface RecordedLocation {
  readonly address: number;
  readonly lengthBytes: number;
  readonly initial: number;
  /** In coherence order. */
  readonly writes: readonly number[];
}

export interface RecordedThread {
  readonly name: string;
  readonly end: ThreadEnd;
}

export interface RecordedFinding {
  readonly kind: FailureKind;
  readonly message: string;
  /** The code of what was thrown; empty when that had none. */
  readonly code: string;
  readonly thread: number;
  readonly events: readonly number[];
}

/** A read that takes its value from a write that comes of it, and what is in its place when the sequence is made. */
export interface RecordedEarlyRead {
  readonly read: number;
  readonly write: number;
  readonly first: Pick<RecordedEvent, 'value' | 'behind'>;
}

/** What makes one failure simpler than another; compared in this order. */
export interface Simplicity extends Oddity {
  /** Compared before all else: a sequence is simpler than none. */
  readonly earlyReads: number;
  readonly events: number;
}

/** A failed execution as plain data: it can go to another thread, and outlives its graph. */
export interface Recording {
  readonly threads: readonly RecordedThread[];
  /** In one sequence, each behind what is before it in program order and, but for early reads, in reads-from. */
  readonly events: readonly RecordedEvent[];
  readonly locations: readonly RecordedLocation[];
  readonly finding: RecordedFinding;
  /** In the order in which they became early. */
  readonly earlyReads: readonly RecordedEarlyRead[];
  /** A range that another execution accessed, which is why an access of this one was refused. */
  readonly otherRange: { readonly address: number; readonly lengthBytes: number } | null;
  readonly simplicity: Simplicity;
}

/** A failed execution, cut down to what its finding is about, in its simplest sequence. */
export interface Extract {
  readonly sequence: Sequence;
  readonly simplicity: Simplicity;
}

/**
 * Finds what of a graph has to do with the finding; null when that is not simpler than `limit`. It is done for every
 * failure, so it gives up early.
 */
export function extract(finding: Finding, graph: Graph, limit: Simplicity | null): Extract | null {
  const { earlyReads = [] } = finding;
  const keep = partOf(finding, graph);
  const early = new Set(earlyReads.flatMap(({ read }) => (keep[read] === true ? [read] : []))).size;
  if (limit !== null && early > limit.earlyReads) return null;
  // What is stale without the early reads need not be so with them.
  const oddest = earlyReads.length === 0 ? limit : null;
  const sequence = asAtFirst(graph, earlyReads, () => linearise(graph, keep, oddest));
  if (sequence === null) return null;
  const simplicity = {
    earlyReads: early,
    staleReads: earlyReads.length === 0 ? sequence.staleReads : staleReadsOf(graph, sequence),
    switches: sequence.switches,
    events: sequence.events.length,
  };
  return limit !== null && compareSimplicity(simplicity, limit) >= 0 ? null : { sequence, simplicity };
}

function staleReadsOf(graph: Graph, sequence: Sequence): number {
  const numbers = numbersOf(graph, sequence);
  return sequence.events.filter((e) => graph.kind[e] === Kind.read && behindOf(graph, e, numbers) > 0).length;
}

/** Below zero when `a` is simpler; also for the best of several explorations. */
export function compareSimplicity(a: Simplicity, b: Simplicity): number {
  return a.earlyReads - b.earlyReads || compareOddity(a, b) || a.events - b.events;
}

/**
 * A thread that threw, and the two accesses of a race, depend on what is before them in program order and reads-from
 * alone. For a sleep, what the others did not do counts too.
 */
function partOf(finding: Finding, graph: Graph): readonly boolean[] {
  const { kind, thread, events, earlyReads = [], thrownAfter = Infinity } = finding;
  if (kind === 'lost-wakeup' || (kind === 'assertion' && thread === -1))
    return Array.from({ length: graph.size }, () => true);
  if (kind === 'race') return prefixOf(graph, events, earlyReads);
  const made = (graph.po[thread] as number[]).slice(0, thrownAfter);
  return prefixOf(graph, made.slice(-1), earlyReads);
}

/** All of a failed execution; `part` is what {@link extract} made of it without a limit, or a limit that it met. */
export function record(
  finding: Finding,
  graph: Graph,
  locations: Locations,
  threadNames: readonly string[],
  { sequence, simplicity }: Extract,
): Recording {
  const numbers = numbersOf(graph, sequence);
  const events = sequence.events.map((e) => eventOf(graph, locations, e, numbers, sequence));
  return {
    threads: threadNames.map((name, t) => ({ name, end: endOf(finding, graph, t) })),
    events,
    locations: locationsOf(graph, locations, numbers),
    finding: findingOf(finding, numbers),
    earlyReads: (finding.earlyReads ?? [])
      .filter(({ read }) => numbers[read] !== -1)
      .map((early) => earlyReadOf(graph, locations, early, numbers)),
    otherRange: otherRangeOf(finding.error),
    simplicity,
  };
}

/** By event: its place in the sequence, or -1. */
function numbersOf(graph: Graph, { events }: Sequence): Int32Array {
  const numbers = new Int32Array(graph.size).fill(-1);
  events.forEach((e, number) => (numbers[e] = number));
  return numbers;
}

function earlyReadOf(
  graph: Graph,
  locations: Locations,
  { read, write, first, firstValue }: EarlyRead,
  numbers: Int32Array,
): RecordedEarlyRead {
  const lengthBytes = locations.lengthBytes[graph.location[read] as number] as number;
  const position = first === INIT ? -1 : (graph.coPosition[first] as number);
  return {
    read: numbers[read] as number,
    write: numbers[write] as number,
    first: {
      value: valueOf(locations, lengthBytes, firstValue),
      behind: newerThan(graph, read, position, numbers),
    },
  };
}

function eventOf(
  graph: Graph,
  locations: Locations,
  e: number,
  numbers: Int32Array,
  sequence: Sequence,
): RecordedEvent {
  const isRead = graph.kind[e] === Kind.read;
  const rf = isRead ? (graph.rf[e] as number) : INIT;
  return {
    ...accessOf(graph, locations, e),
    from: rf === INIT ? INIT : (numbers[rf] as number),
    behind: behindOf(graph, e, numbers),
    visibleAt: graph.kind[e] === Kind.write ? (sequence.visibleAt[e] as number) : 0,
  };
}

/** An access as its thread made it. */
export function accessOf(graph: Graph, locations: Locations, e: number): RecordedAccess {
  const { thread, kind, order, flags, location, value, expected } = graph.shapeOf(e);
  const isFence = kind === Kind.fence;
  const lengthBytes = isFence ? 0 : (locations.lengthBytes[location] as number);
  return {
    thread,
    index: graph.index[e] as number,
    kind,
    order,
    flags,
    address: isFence ? -1 : (locations.start[location] as number),
    lengthBytes,
    value: valueOf(locations, lengthBytes, value),
    expected,
  };
}

function behindOf(graph: Graph, e: number, numbers: Int32Array): number {
  const kind = graph.kind[e];
  if (kind !== Kind.read && kind !== Kind.write) return 0;
  const position = kind === Kind.write ? (graph.coPosition[e] as number) : graph.rfPosition(e);
  return newerThan(graph, e, position, numbers);
}

/** Of the writes in front of event `e`, how many are behind `position` in coherence order. */
function newerThan(graph: Graph, e: number, position: number, numbers: Int32Array): number {
  const co = graph.co[graph.location[e] as number] as number[];
  const own = numbers[e] as number;
  return co.slice(position + 1).filter((write) => numbers[write] !== -1 && (numbers[write] as number) < own)
    .length;
}

function valueOf(locations: Locations, lengthBytes: number, value: number): number {
  return lengthBytes === 0 || isScalar(lengthBytes) ? value : crc32(locations.contentOf(value));
}

function endOf({ kind, thread }: Finding, graph: Graph, t: number): ThreadEnd {
  if (kind === 'race') return 'open';
  if (kind === 'assertion' && thread !== -1) return t === thread ? 'threw' : 'open';
  return graph.state[t] === ThreadState.blocked ? 'asleep' : 'ended';
}

/** The locations of the recorded events, by address. */
function locationsOf(graph: Graph, locations: Locations, numbers: Int32Array): RecordedLocation[] {
  const used = new Set<number>();
  numbers.forEach((number, e) => {
    if (number !== -1 && graph.kind[e] !== Kind.fence) used.add(graph.location[e] as number);
  });
  const recorded = [...used].map((location) => {
    const writes = (graph.co[location] as number[]).map((e) => numbers[e] as number).filter((e) => e !== -1);
    const lengthBytes = locations.lengthBytes[location] as number;
    const initial = valueOf(locations, lengthBytes, locations.initial[location] as number);
    return { address: locations.start[location] as number, lengthBytes, initial, writes };
  });
  return recorded.toSorted((a, b) => a.address - b.address);
}

function findingOf(finding: Finding, numbers: Int32Array): RecordedFinding {
  const { kind, message, error, thread, events } = finding;
  const code = (error as Partial<VringError> | undefined)?.code;
  return {
    kind,
    message,
    code: typeof code === 'string' ? code : '',
    thread,
    events: events.map((e) => numbers[e] as number),
  };
}

/** Which ranges are accessed anywhere is known of the whole program, so a refusal can be about another execution. */
function otherRangeOf(error: unknown): Recording['otherRange'] {
  const { code, fields } = (error ?? {}) as Partial<VringError>;
  if (code !== 'EXPLORE_MIXED_SIZES') return null;
  return { address: Number(fields?.['otherAddress']), lengthBytes: Number(fields?.['otherLengthBytes']) };
}
