import { describe, expect, it } from 'vitest';
import type { RecordedLife } from '../../../src/recording/recording.js';
import { parseRecordings, recordingText } from '../../../src/recording/recording-text.js';
import { requestsOf } from '../../../src/recording/requests.js';
import { lies, Rebuilt } from '../../support/recording/apply.js';
import { recordTraffic } from '../../support/recording/recorded-traffic.js';
import { seeded } from '../../support/ring/seeded.js';

const { seed } = seeded(1, 811);
const ALL = { which: 'first', eventsMax: 1 << 14 } as const;

const RINGS = (['split', 'packed'] as const).flatMap((layout) => [
  { name: `${layout}, plain`, layout },
  { name: `${layout} with event index`, layout, eventIdx: true },
  { name: `${layout} with tables`, layout, directCount: 1 },
  { name: `${layout} in order`, layout, inOrder: true },
  { name: `${layout} from index 65530`, layout, startIndex: 65_530 },
]);

describe.each(RINGS)('a recording of a ring: $name', (ring) => {
  it('gives the bytes that were there at every moment', () => {
    const { recording, moments } = recordTraffic({ ...ring, seed, steps: 400, choice: ALL });
    const life = onlyLife(recording.lives);
    expect(life).toMatchObject({ isFromStart: true, isToEnd: true, life: 4, queue: 0 });
    const memory = new Rebuilt(life);
    for (const { events, bytes } of moments) {
      memory.advance(events);
      expect(memory.parts().map(hex), `after ${events} events, seed ${seed}`).toEqual(bytes.map(hex));
    }
    expect(memory.parts().map(hex)).toEqual(life.atEnd?.map(hex));
    expect(lies(life)).toEqual([]);
  });

  it('gives them too when only the last events were kept', () => {
    const choice = { which: 'last', eventsMax: 256 } as const;
    const { recording } = recordTraffic({ ...ring, seed, steps: 1000, choice });
    const life = onlyLife(recording.lives);
    expect(life).toMatchObject({ isFromStart: false, isToEnd: true, life: null });
    expect(life.events.length).toBeGreaterThan(256);
    const memory = new Rebuilt(life);
    memory.advance(life.events.length);
    expect(memory.parts().map(hex)).toEqual(life.atEnd?.map(hex));
    expect(lies(life)).toEqual([]);
  });

  it('is the same after it was written and read', () => {
    const { recording } = recordTraffic({ ...ring, seed, steps: 100, choice: ALL });
    const text = recordingText(recording) + recordingText({ ...recording, job: 'b' });
    expect(parseRecordings(text, 'x')).toEqual([recording, { ...recording, job: 'b' }]);
  });
});

describe('a recording', () => {
  it('ends where one side has no room left', () => {
    const choice = { which: 'first', eventsMax: 64 } as const;
    const { recording, moments } = recordTraffic({ layout: 'split', seed, steps: 400, choice });
    const life = onlyLife(recording.lives);
    expect(life).toMatchObject({ isFromStart: true, isToEnd: false });
    expect(life.events.length).toBeLessThan(moments.at(-1)?.events ?? 0);
    const driver = life.events.filter(({ side }) => side === 'driver');
    expect(driver).toHaveLength(64);
    expect(lies(life)).toEqual([]);
  });

  it('follows each buffer through its life', () => {
    const { recording } = recordTraffic({ layout: 'packed', seed, steps: 1000, choice: ALL });
    const requests = requestsOf(onlyLife(recording.lives).events);
    const whole = requests.filter(({ times }) => times.reapedNs !== null);
    expect(whole.length).toBeGreaterThan(5);
    for (const { times } of whole) {
      const way = [
        times.postedNs,
        times.shownNs,
        times.poppedNs,
        times.usedNs,
        times.usedShownNs,
        times.reapedNs,
      ];
      expect(way).toEqual(way.toSorted((a, b) => Number(a) - Number(b)));
      expect(way).not.toContain(null);
    }
  });

  it.each([
    ['no JSON', 'x', 'x.ndjson:1:'],
    ['another document', '{"schemaVersion":1,"document":"other"}', 'x.ndjson:1:'],
    ['no lives', headerOf(1), 'x.ndjson:2:'],
  ])('that is none is refused: %s', (_, text, where) => {
    expect(() => parseRecordings(text, 'x.ndjson')).toThrow(where);
  });

  it('with an unknown event is refused', () => {
    const { recording } = recordTraffic({ layout: 'split', seed, steps: 5, choice: ALL });
    const text = recordingText(recording).replace('"kind":"lifeBegan"', '"kind":"lifeEnded"');
    expect(() => parseRecordings(text, 'x.ndjson')).toThrow(/^x\.ndjson:\d+: .*no event/);
  });
});

function headerOf(lives: number): string {
  return JSON.stringify({
    schemaVersion: 1,
    document: 'recording',
    job: 'a',
    which: 'first',
    events_max: 16,
    clock_error_ns: 0,
    lives,
    lives_left_out: 0,
  });
}

function onlyLife(lives: readonly RecordedLife[]): RecordedLife {
  expect(lives).toHaveLength(1);
  return lives[0] as RecordedLife;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
