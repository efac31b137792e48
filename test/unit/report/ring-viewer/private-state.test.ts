import { describe, expect, it } from 'vitest';
import type { RecordedLife } from '../../../../src/recording/recording.js';
import { privateState } from '../../../../src/report/ring-viewer/private-state.js';
import { recordTraffic } from '../../../support/recording/recorded-traffic.js';
import { seeded } from '../../../support/ring/seeded.js';

const { seed } = seeded(1, 813);
const ALL = { which: 'first', eventsMax: 1 << 14 } as const;

/** What is shown of a field after so many events. */
function shownAfter(life: RecordedLife): (events: number, side: string, label: string) => string {
  const { fields, changes } = privateState(life);
  return (events, side, label) => {
    const at = fields.findIndex((field) => field.side === side && field.label === label);
    const last = changes.slice(0, events).findLast((change) => change.fields.some(([field]) => field === at));
    return last?.fields.find(([field]) => field === at)?.[1] ?? (fields[at]?.start as string);
  };
}

describe.each(['split', 'packed'] as const)('what both sides of a %s ring keep to themselves', (layout) => {
  it('is what the ends say of themselves at every moment', () => {
    const { recording, moments } = recordTraffic({ layout, eventIdx: true, seed, steps: 300, choice: ALL });
    const shown = shownAfter(recording.lives[0] as RecordedLife);
    for (const { events, freeCount, heldCount } of moments) {
      expect(shown(events, 'driver', 'free descriptors'), `after ${events}`).toBe(String(freeCount));
      expect(shown(events, 'device', 'buffers held'), `after ${events}`).toBe(String(heldCount));
    }
  });

  it('is in the bytes too, where it was shown to the other side', () => {
    const { recording, moments } = recordTraffic({ layout, seed, steps: 300, startIndex: 9, choice: ALL });
    const shown = shownAfter(recording.lives[0] as RecordedLife);
    for (const { events, bytes } of moments.filter((_, i) => i % 10 === 0)) {
      const [ring, avail, used] = bytes.map((part) => Buffer.from(part)) as [Buffer, Buffer, Buffer];
      const next = shown(events, 'driver', 'next available');
      if (layout === 'split') {
        const staged = (Number(next) - avail.readUInt16LE(2)) & 0xffff;
        expect(staged).toBeLessThanOrEqual(8);
        const unseen = (Number(shown(events, 'device', 'next used')) - used.readUInt16LE(2)) & 0xffff;
        expect(unseen).toBeLessThanOrEqual(8);
      } else {
        const [, slot = '', wrap = ''] = /^slot (\d), wrap ([01])$/.exec(next) ?? [];
        const flags = ring.readUInt16LE(16 * Number(slot) + 14);
        const isAvailable = (flags & 0x8080) === (wrap === '1' ? 0x80 : 0x8000);
        expect(isAvailable, `the next free slot ${slot} is not available, after ${events}`).toBe(false);
      }
    }
  });

  it('is not guessed where the beginning was not recorded', () => {
    const choice = { which: 'last', eventsMax: 64 } as const;
    const { recording } = recordTraffic({ layout, seed, steps: 400, choice });
    const { fields } = privateState(recording.lives[0] as RecordedLife);
    for (const { label, start } of fields)
      expect([label, start]).toEqual([label, label === 'thread' ? 'awake' : '?']);
  });
});
