import { LifeFeature, type RingEvent } from '../events/ring-event.js';
import type { RingLayout } from '../virtqueue/layouts.js';
import type { QueueOptions } from '../virtqueue/queue.js';
import type { RingAddresses } from '../virtqueue/split-layout.js';
import { orderEvents } from './order.js';
import type { RecordedEvent, RecordedLife } from './recording.js';
import { areasBefore, initialBytes } from './ring-image.js';
import type { Window } from './window.js';

/** What is known of a ring without its beginning having been recorded: the last one of its queue. */
export interface LastRing {
  readonly queue: number;
  readonly layout: RingLayout;
  readonly options: QueueOptions;
  readonly addresses: RingAddresses;
  /** The bytes of its three parts when all threads had ended. */
  readonly bytes: readonly Uint8Array[];
}

/** What one side did to one ring. */
interface Part {
  /** Null: it began before. */
  readonly began: RingEvent<'lifeBegan'> | null;
  readonly at: RingEvent<'ringAt'> | null;
  readonly events: readonly RingEvent[];
}

type Parts = readonly [Part | undefined, Part | undefined];

/** The rings that a queue had during `window`, and of how many the bytes are not known. */
export function livesOf(
  window: Window,
  last: LastRing | null,
  clockErrorNs: number,
): { readonly lives: readonly RecordedLife[]; readonly leftOut: number } {
  const sides = [split(window.driver), split(window.device)] as const;
  const known = [...new Set(sides.flat().flatMap(({ began }) => began?.life ?? []))].sort((a, b) => a - b);
  const lives: RecordedLife[] = [];
  let leftOut = 0;
  const ofLife = (life: number | null): Parts => {
    const part = (parts: readonly Part[]): Part | undefined =>
      parts.find(({ began }) => (began?.life ?? null) === life);
    return [part(sides[0]), part(sides[1])];
  };
  const earlier = ofLife(null);
  const hasEarlier = earlier.some((part) => (part?.events.length ?? 0) > 0);
  if (hasEarlier && !window.isFromStart) {
    if (known.length === 0 && last !== null) lives.push(toEnd(window, earlier, last, clockErrorNs));
    else leftOut += 1;
  }
  for (const [i, life] of known.entries()) {
    const isLast = i === known.length - 1;
    const whole = fromStart(window, ofLife(life), isLast ? last : null, clockErrorNs);
    if (whole === null) leftOut += 1;
    else lives.push(whole);
  }
  return { lives, leftOut };
}

/** A side's events by ring. What it did before its first ring, it did to one that is older than the window. */
function split(events: readonly RingEvent[]): Part[] {
  const parts: { began: Part['began']; at: Part['at']; events: RingEvent[] }[] = [
    { began: null, at: null, events: [] },
  ];
  for (const event of events) {
    // Where the ring is comes first.
    if (event.kind === 'ringAt') parts.push({ began: null, at: event, events: [] });
    else if (event.kind === 'lifeBegan') (parts.at(-1) as { began: Part['began'] }).began = event;
    (parts.at(-1) as { events: RingEvent[] }).events.push(event);
  }
  // A window may end between the two.
  return parts.filter(({ began }, i) => began !== null || i === 0);
}

/** A ring whose beginning was recorded, by one side at least. Null: the other side's events begin in the middle. */
function fromStart(
  window: Window,
  parts: Parts,
  last: LastRing | null,
  clockErrorNs: number,
): RecordedLife | null {
  const first = parts[0] ?? parts[1];
  if (first === undefined || first.began === null || first.at === null) return null;
  const isTorn = !window.isFromStart && parts.includes(undefined);
  if (isTorn) return null;
  const { queue, life } = first.began;
  const options = optionsOf(first.began);
  const layout: RingLayout = first.began.layout === 1 ? 'packed' : 'split';
  const events = ordered(parts, clockErrorNs);
  const { desc, driver, device } = first.at;
  const addresses = { desc, driver, device };
  return {
    queue,
    life,
    layout,
    options,
    addresses,
    areas: areasBefore(addresses, initialBytes(layout, options), storesOf(events)),
    events,
    isFromStart: true,
    isToEnd: last !== null && window.isToEnd,
    atEnd: last?.bytes ?? null,
  };
}

/** The ring that was there all the time: its bytes before are what they are at the end, without what was stored. */
function toEnd(window: Window, parts: Parts, last: LastRing, clockErrorNs: number): RecordedLife {
  const { queue, layout, options, addresses, bytes } = last;
  const events = ordered(parts, clockErrorNs);
  const areas = areasBefore(addresses, bytes, storesOf(events));
  const { isToEnd } = window;
  return {
    queue,
    life: null,
    layout,
    options,
    addresses,
    areas,
    events,
    isFromStart: false,
    isToEnd,
    atEnd: bytes,
  };
}

function ordered(parts: Parts, clockErrorNs: number): RecordedEvent[] {
  return orderEvents(parts[0]?.events ?? [], parts[1]?.events ?? [], clockErrorNs);
}

function storesOf(events: readonly RecordedEvent[]): RingEvent<'stored'>[] {
  return events.flatMap(({ event }) => (event.kind === 'stored' ? event : []));
}

function optionsOf({ size, startIndex, features }: RingEvent<'lifeBegan'>): QueueOptions {
  return {
    size,
    startIndex,
    eventIdx: (features & LifeFeature.eventIdx) !== 0,
    indirect: (features & LifeFeature.indirect) !== 0,
    inOrder: (features & LifeFeature.inOrder) !== 0,
  };
}
