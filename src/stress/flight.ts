import { commonClockErrorNs } from '../clock.js';
import { createEventRing, EventReader, FREQUENT_KINDS, timedByNext } from '../events/event-ring.js';
import type { EventKind, RingEvent } from '../events/ring-event.js';
import { orderEvents } from '../recording/order.js';
import type { RecordedEvent } from '../recording/recording.js';
import type { RoundPlan } from './round-plan.js';

/** The newest events of both sides of a round, in one order, with times from the first of them on. */
export interface Flight {
  readonly events: readonly RecordedEvent[];
  /** How far apart two times of different threads may be that are the same. */
  readonly clockErrorNs: number;
}

/** Of a pair whose threads left none. */
export const NO_FLIGHT: Flight = { events: [], clockErrorNs: 0 };

/** Newest events that each thread keeps. */
const RING_EVENTS = 512;
/** Threads calibrate their clocks themselves; each is about as exact as the other. */
const CLOCKS = 2;

/** Memory for the newest events of one thread. */
export function createFlightRing(): SharedArrayBuffer {
  return createEventRing('recorder', RING_EVENTS);
}

/** What the first ring of a pair's turn is called in the events of both sides; the next one is one more. */
export function firstLife({ rings }: RoundPlan, turn: number): number {
  return turn * rings;
}

/** At full speed nine of ten looks at the clock are left out, and with them a quarter of what recording costs. */
export function untimedKinds({ perturbation }: RoundPlan): readonly EventKind[] {
  return perturbation === 'none' ? FREQUENT_KINDS : [];
}

/** What the threads of a pair recorded of its turn number `turn`; they may be running still. */
export function readFlight(
  driver: SharedArrayBuffer,
  device: SharedArrayBuffer,
  plan: RoundPlan,
  turn: number,
): Flight {
  const sides = [driver, device].map((buffer) => {
    return sinceLife(new EventReader(buffer).latest(RING_EVENTS), firstLife(plan, turn));
  });
  // Behind what is known to have been before: a thread's very last step may be why all ended.
  const endNs = 1 + Math.max(...sides.flat().map(({ timeNs }) => timeNs));
  const [posts = [], pops = []] = sides.map((events) => timedByNext(events, untimedKinds(plan), endNs));
  const clockErrorNs = CLOCKS * commonClockErrorNs();
  const events = orderEvents(posts, pops, clockErrorNs);
  const startNs = Math.min(...events.map(({ event }) => event.timeNs));
  return {
    events: events.map(({ side, event }) => {
      return { side, event: { ...event, timeNs: event.timeNs - startNs } };
    }),
    clockErrorNs,
  };
}

/** Without what belongs to rounds before. A thread that has not come to this one has nothing of it. */
function sinceLife(events: readonly RingEvent[], life: number): readonly RingEvent[] {
  const lives = events.map((event) => (event.kind === 'lifeBegan' ? event.life : null));
  const first = lives.findIndex((one) => one !== null && one >= life);
  if (first !== -1) return lives[first] === life ? events.slice(first) : events;
  return lives.every((one) => one === null) ? events : [];
}
