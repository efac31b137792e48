import { expect, it } from 'vitest';
import type { RingEvent } from '../../../src/events/ring-event.js';
import { orderEvents } from '../../../src/recording/order.js';
import type { RecordedLife, Side } from '../../../src/recording/recording.js';
import { lies } from '../../support/recording/apply.js';
import { recordTraffic } from '../../support/recording/recorded-traffic.js';
import { seeded } from '../../support/ring/seeded.js';

const { seed } = seeded(1, 812);

it.each([
  ['split', 3_000_000],
  ['split', -3_000_000],
  ['packed', 3_000_000],
  ['packed', -3_000_000],
] as const)('finds an order for a %s ring when one clock is wrong by %i ns', (layout, wrongNs) => {
  const choice = { which: 'first', eventsMax: 1 << 14 } as const;
  const { recording } = recordTraffic({ layout, eventIdx: true, seed, steps: 400, choice });
  const [life] = recording.lives as [RecordedLife];
  const late = of(life, 'device').map((event): RingEvent => ({ ...event, timeNs: event.timeNs + wrongNs }));
  const driver = of(life, 'driver');
  const byTime = [...driver.map((event) => ({ side: 'driver' as const, event }))];
  const naive = [...byTime, ...late.map((event) => ({ side: 'device' as const, event }))];
  naive.sort((a, b) => a.event.timeNs - b.event.timeNs);
  expect(lies({ ...life, events: naive }), 'by time alone it is wrong').not.toEqual([]);
  const events = orderEvents(driver, late, Math.abs(wrongNs));
  expect(lies({ ...life, events }), `seed ${seed}`).toEqual([]);
  expect(of({ ...life, events }, 'driver')).toEqual(driver);
  expect(of({ ...life, events }, 'device')).toEqual(late);
});

function of(life: RecordedLife, wanted: Side): RingEvent[] {
  return life.events.filter(({ side }) => side === wanted).map(({ event }) => event);
}
