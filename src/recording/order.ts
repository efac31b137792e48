import type { RingEvent } from '../events/ring-event.js';
import type { RecordedEvent, Side } from './recording.js';

/** An event, and those of the other side that come before it for other reasons than time. */
interface Node {
  readonly side: Side;
  readonly event: RingEvent;
  readonly after: Node[];
  isDone: boolean;
}

type Stored = RingEvent<'stored'>;

/** A store that seems to be so much later than who saw it is another one of the same value. */
const LATE_NS = 1e5;

/**
 * Puts the events of both sides into one order: by time, and, where the clocks are too coarse to tell, by what was
 * read. A read comes after the store that it took its value from, and before the next store to the same word. Both
 * sides go on in their own order, so what goes before such a store goes before the read too.
 */
export function orderEvents(
  driver: readonly RingEvent[],
  device: readonly RingEvent[],
  clockErrorNs: number,
): RecordedEvent[] {
  const lanes = [nodes('driver', driver), nodes('device', device)] as const;
  tie(lanes[0], lanes[1], clockErrorNs);
  tie(lanes[1], lanes[0], clockErrorNs);
  const next = [0, 0];
  const order: RecordedEvent[] = [];
  for (;;) {
    const heads = [lanes[0][next[0] as number], lanes[1][next[1] as number]];
    const lane = pick(heads);
    const node = heads[lane];
    if (node === undefined) return order;
    node.isDone = true;
    next[lane] = (next[lane] as number) + 1;
    order.push({ side: node.side, event: node.event });
  }
}

function nodes(side: Side, events: readonly RingEvent[]): Node[] {
  return events.map((event) => ({ side, event, after: [], isDone: false }));
}

/** The earlier of two events that has nothing to wait for. Where both have, a clock is worse than it said. */
function pick([a, b]: readonly (Node | undefined)[]): 0 | 1 {
  if (a === undefined) return 1;
  if (b === undefined) return 0;
  const isBlocked = ({ after }: Node): boolean => after.some((node) => !node.isDone);
  if (isBlocked(a) !== isBlocked(b)) return isBlocked(a) ? 1 : 0;
  return b.event.timeNs < a.event.timeNs ? 1 : 0;
}

/** Ties the reads of one side to the stores of the other. */
function tie(readers: readonly Node[], writers: readonly Node[], clockErrorNs: number): void {
  const stores = storesByAddress(writers);
  /** By address: stores that were seen already. A word is never seen as it was before it was last seen. */
  const seen = new Map<number, number>();
  for (const reader of readers) {
    const { event } = reader;
    if (event.kind !== 'saw') continue;
    const list = stores.get(event.address) ?? [];
    const from = seen.get(event.address) ?? 0;
    const source = sourceOf(list, from, event.value, event.timeNs + clockErrorNs);
    const writer = list[source];
    if (writer !== undefined) {
      reader.after.push(writer);
      seen.set(event.address, source + 1);
      list.find((next, i) => i > source && (next.event as Stored).value !== event.value)?.after.push(reader);
    } else if (from === 0 && (list[0]?.event as Stored | undefined)?.before === event.value) {
      // What was there before anything that is recorded.
      list[0]?.after.push(reader);
    }
  }
}

function storesByAddress(writers: readonly Node[]): Map<number, Node[]> {
  const stores = new Map<number, Node[]>();
  for (const node of writers) {
    if (node.event.kind !== 'stored') continue;
    const list = stores.get(node.event.address);
    if (list === undefined) stores.set(node.event.address, [node]);
    else list.push(node);
  }
  return stores;
}

/**
 * Which of the stores from `from` on a value was read from: of those that had been made by then the latest, or one that
 * can only just have been made; -1: none of them. Where the same value was stored again and again, the first time: all
 * that is known is that it was there, and nothing else had come since.
 */
function sourceOf(stores: readonly Node[], from: number, value: number, untilNs: number): number {
  let source = -1;
  for (let i = from; i < stores.length; i++) {
    const event = stores[i]?.event as Stored;
    const isLate = event.timeNs > untilNs;
    if (isLate && (source !== -1 || event.timeNs > untilNs + LATE_NS)) break;
    if (event.value !== value) continue;
    const isRepeated = source !== -1 && ((stores[i - 1] as Node).event as Stored).value === value;
    if (!isRepeated) source = i;
    if (isLate) break;
  }
  return source;
}
