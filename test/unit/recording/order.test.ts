import { expect, it } from 'vitest';
import type { RingEvent } from '../../../src/events/ring-event.js';
import { orderEvents } from '../../../src/recording/order.js';
import type { RecordedEvent, RecordedLife, Side } from '../../../src/recording/recording.js';
import { lies } from '../../support/recording/apply.js';
import { recordTraffic } from '../../support/recording/recorded-traffic.js';
import { seeded } from '../../support/ring/seeded.js';

const { seed } = seeded(1, 812);

/** Between two events; a wrong clock is wrong by a dozen of them. */
const STEP_NS = 10;

it.each([
  ['split', 120],
  ['split', -120],
  ['packed', 120],
  ['packed', -120],
] as const)('finds an order for a %s ring when one clock is wrong by %i ns', (layout, wrongNs) => {
  const choice = { which: 'first', eventsMax: 1 << 14 } as const;
  const { recording } = recordTraffic({ layout, eventIdx: true, seed, steps: 400, choice });
  const [life] = recording.lives as [RecordedLife];
  const moved = life.events.map(({ side, event }, i) => {
    return { side, event: { ...event, timeNs: 1000 + STEP_NS * i + (side === 'device' ? wrongNs : 0) } };
  });
  const byTime = moved.toSorted((a, b) => a.event.timeNs - b.event.timeNs);
  expect(lies({ ...life, events: byTime }), 'by time alone it is wrong').not.toEqual([]);
  const [driver, device] = [of(moved, 'driver'), of(moved, 'device')];
  const events = orderEvents(driver, device, Math.abs(wrongNs));
  expect(lies({ ...life, events }), `seed ${seed}`).toEqual([]);
  expect(of(events, 'driver')).toEqual(driver);
  expect(of(events, 'device')).toEqual(device);
});

function of(events: readonly RecordedEvent[], wanted: Side): RingEvent[] {
  return events.filter(({ side }) => side === wanted).map(({ event }) => event);
}
