import { describe, expect, it } from 'vitest';
import type { Recording } from '../../../src/recording/recording.js';
import { requestsOf } from '../../../src/recording/requests.js';
import { chromeTrace } from '../../../src/report/trace/chrome-trace.js';
import { recordTraffic } from '../../support/recording/recorded-traffic.js';
import { checkedTrace } from '../../support/recording/trace-rules.js';
import { seeded } from '../../support/ring/seeded.js';

const { seed } = seeded(1, 815);

function recorded(layout: 'split' | 'packed', which: 'first' | 'last', eventsMax: number): Recording {
  return recordTraffic({ layout, seed, steps: 500, choice: { which, eventsMax } }).recording;
}

describe.each(['split', 'packed'] as const)('a trace of a %s ring', (layout) => {
  it.each(['first', 'last'] as const)('keeps the rules of the format, of the %s events', (which) => {
    const recording = recorded(layout, which, 256);
    const events = checkedTrace(chromeTrace(recording, []));
    const whole = recording.lives
      .flatMap((life) => requestsOf(life.events))
      .filter(({ times }) => {
        return times.postedNs !== null && times.reapedNs !== null;
      });
    expect(whole.length).toBeGreaterThan(0);
    expect(events.filter(({ ph, name }) => ph === 'b' && name.startsWith('#'))).toHaveLength(whole.length);
  });

  it('has an arrow from each kick that was followed by something', () => {
    const recording = recorded(layout, 'first', 1 << 14);
    const events = checkedTrace(chromeTrace(recording, []));
    const kicks = recording.lives
      .flatMap((life) => life.events)
      .filter(({ event }) => event.kind === 'kicked');
    const arrows = events.filter(({ ph, name }) => ph === 's' && name === 'kick');
    expect(arrows.length).toBeGreaterThan(0);
    expect(arrows.length).toBeLessThanOrEqual(kicks.length);
  });

  it('counts what is in the ring, down to what is left', () => {
    const recording = recorded(layout, 'first', 1 << 14);
    const counts = checkedTrace(chromeTrace(recording, [])).filter(({ ph }) => ph === 'C');
    const requests = recording.lives.flatMap((life) => requestsOf(life.events));
    const left = requests.filter(({ times }) => times.reapedNs === null).length;
    for (const { args } of counts) expect(Number(args?.['in the ring'])).toBeGreaterThanOrEqual(0);
    expect(counts.at(-1)?.args?.['in the ring']).toBe(left);
  });
});

it('marks why a job failed', () => {
  const failures = [{ code: 'STALL', message: 'no request moved' }];
  const events = checkedTrace(chromeTrace(recorded('split', 'first', 256), failures));
  expect(events).toContainEqual(expect.objectContaining({ ph: 'i', name: 'FAIL STALL' }));
});
