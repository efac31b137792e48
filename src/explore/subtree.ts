import type { Alternative, Frame } from './alternative.js';
import { computeClocks, type HappensBefore } from './clocks.js';
import { type Graph, INIT } from './graph.js';
import { isScalar, type Locations } from './locations.js';
import { Kind } from './order.js';

/**
 * Work that one explorer gives to another, as plain data: a graph, and what is still to be tried in it. Locations and
 * contents stand for themselves, since each explorer numbers them as it comes across them.
 */
export interface Subtree {
  /** Of each location that the events are about: first byte and length. */
  readonly places: readonly (readonly [start: number, lengthBytes: number])[];
  readonly contents: readonly Uint8Array[];
  readonly thread: Uint8Array;
  readonly kind: Uint8Array;
  readonly order: Uint8Array;
  readonly flags: Uint8Array;
  /** Index into `places`. */
  readonly place: Uint16Array;
  /** Index into `contents` where the place holds more than a number. */
  readonly value: Float64Array;
  readonly expected: Float64Array;
  readonly rf: Int32Array;
  /** Writes to each place in coherence order. */
  readonly co: readonly (readonly number[])[];
  readonly alternatives: readonly Alternative[];
}

/** Copies what the alternatives of a frame need of its graph. */
export function packFrame({ graph, alternatives }: Frame, locations: Locations): Subtree {
  // The last write may have been cut off for its revisits; its columns are still there.
  const size = (alternatives.at(-1)?.event ?? -1) + 1;
  const numbers = new Map<number, number>();
  const contents: Uint8Array[] = [];
  const place = new Uint16Array(size);
  const value = graph.value.slice(0, size);
  for (let e = 0; e < size; e++) {
    const location = graph.location[e] as number;
    if (location === -1) continue;
    if (!numbers.has(location)) numbers.set(location, numbers.size);
    place[e] = numbers.get(location) as number;
    if (graph.kind[e] !== Kind.write || isScalar(locations.lengthBytes[location] as number)) continue;
    value[e] = contents.push(locations.contentOf(value[e] as number)) - 1;
  }
  const used = [...numbers.keys()];
  const co = used.map((location) => (graph.co[location] as number[]).filter((e) => e < size));
  const last = size - 1;
  if (graph.size === last) co[place[last] as number]?.push(last);
  return {
    places: used.map((x) => [locations.start[x] as number, locations.lengthBytes[x] as number]),
    contents,
    thread: graph.thread.slice(0, size),
    kind: graph.kind.slice(0, size),
    order: graph.order.slice(0, size),
    flags: graph.flags.slice(0, size),
    place,
    value,
    expected: graph.expected.slice(0, size),
    rf: graph.rf.slice(0, size),
    co,
    alternatives: [...alternatives],
  };
}

/** Makes a new frame what was packed. Threads are run again from their start, so their results are not packed. */
export function unpackFrame(
  subtree: Subtree,
  { graph, alternatives }: Frame,
  locations: Locations,
  happensBefore: HappensBefore,
): void {
  const { thread, kind, order, flags, place, value, expected, rf, co } = subtree;
  const at = subtree.places.map(([start, lengthBytes]) => locations.at(start, lengthBytes));
  const contentNumbers = subtree.contents.map((content) => locations.numberOf(content));
  graph.clear();
  for (let e = 0; e < thread.length; e++) {
    const isFence = kind[e] === Kind.fence;
    const location = isFence ? -1 : (at[place[e] as number] as number);
    const isContent = kind[e] === Kind.write && !isScalar(locations.lengthBytes[location] as number);
    graph.append({
      thread: thread[e] as number,
      kind: kind[e] as number,
      order: order[e] as number,
      flags: flags[e] as number,
      location,
      value: isContent ? (contentNumbers[value[e] as number] as number) : (value[e] as number),
      expected: expected[e] as number,
    });
  }
  for (const writes of co) for (const [position, e] of writes.entries()) graph.place(e, position);
  linkReads(graph, rf, locations);
  computeAllClocks(graph, happensBefore);
  alternatives.push(...subtree.alternatives);
}

function linkReads(graph: Graph, rf: Int32Array, locations: Locations): void {
  for (let e = 0; e < graph.size; e++) {
    if (graph.kind[e] !== Kind.read) continue;
    const write = rf[e] as number;
    graph.link(e, write);
    graph.value[e] = (
      write === INIT ? locations.initial[graph.location[e] as number] : graph.value[write]
    ) as number;
  }
}

/** In an order in which each comes after what it depends on: a read may take its value from a later number. */
function computeAllClocks(graph: Graph, happensBefore: HappensBefore): void {
  const next = graph.po.map(() => 0);
  const isKnown = new Uint8Array(graph.size);
  for (let known = 0; known < graph.size;) {
    for (const [t, po] of graph.po.entries()) {
      for (; (next[t] as number) < po.length; next[t] = (next[t] as number) + 1) {
        const e = po[next[t] as number] as number;
        const from = graph.kind[e] === Kind.read ? (graph.rf[e] as number) : INIT;
        if (from !== INIT && isKnown[from] === 0) break;
        computeClocks(graph, e, happensBefore);
        isKnown[e] = 1;
        known += 1;
      }
    }
  }
}
