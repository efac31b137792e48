import { describe, expect, it } from 'vitest';
import type { RecordedLife } from '../../../../src/recording/recording.js';
import { stepsOf, type ViewerStep } from '../../../../src/report/ring-viewer/steps.js';
import { recordTraffic } from '../../../support/recording/recorded-traffic.js';
import { seeded } from '../../../support/ring/seeded.js';

const { seed } = seeded(1, 814);
const ALL = { which: 'first', eventsMax: 1 << 14 } as const;

function steps(layout: 'split' | 'packed', directCount: number | null = null): ViewerStep[] {
  const { recording } = recordTraffic({ layout, directCount, eventIdx: true, seed, steps: 300, choice: ALL });
  return stepsOf(recording.lives[0] as RecordedLife);
}

describe('the events of a ring in words', () => {
  it.each([
    ['driver', /^stores avail\.idx = \d+: .* visible to the device from here on$/, '2.7.6'],
    ['driver', /^writes into descriptor \d+ where the data is: 0x[0-9a-f]+$/, '2.7.5'],
    ['driver', /^writes into descriptor \d+ flags .*NEXT: the chain goes on at \d+$/, '2.7.5'],
    ['driver', /^puts head \d+ into slot \d+ of the available ring/, '2.7.6'],
    ['driver', /^stores used_event = \d+: interrupt once used\.idx has passed \d+$/, '2.7.7'],
    ['driver', /^has buffer #\d+ \(token \d+\) back, \d+ bytes? written/, '2.7.14'],
    ['device', /^sees avail\.idx = \d+/, '2.7.6'],
    ['device', /^puts head \d+ into slot \d+ of the used ring/, '2.7.8'],
    ['device', /^stores used\.idx = \d+: .* the driver\u2019s again from here on$/, '2.7.8'],
    ['device', /^stores avail_event = \d+: kick once/, '2.7.10'],
    ['device', /^has taken buffer #\d+/, '2.7.6'],
  ])('of a split ring: the %s %s', (side, text, section) => {
    const found = steps('split').find((step) => step.side === side && text.test(step.text));
    expect(found).toMatchObject({ side, section });
  });

  it.each([
    ['driver', /^stores flags AVAIL.* in slot \d+: AVAIL and USED differ, the device\u2019s$/, '2.8.1'],
    ['device', /^stores flags .* in slot \d+: both alike, the driver\u2019s$/, '2.8.1'],
    ['driver', /^writes into slot \d+ the id of the buffer: \d+$/, '2.8.6'],
    ['device', /event flags: DESC, kicks from that position on$/, '2.8.10'],
  ])('of a packed ring: the %s %s', (side, text, section) => {
    const found = steps('packed').find((step) => step.side === side && text.test(step.text));
    expect(found).toMatchObject({ side, section });
  });

  it.each(['split', 'packed'] as const)('name the indirect table of a %s ring', (layout) => {
    const found = steps(layout, 0).find(({ text }) => text.includes('entry 1 of the indirect table at 0x'));
    expect(found?.section).toBe(layout === 'split' ? '2.7.5.3' : '2.8.7');
  });

  it.each(['split', 'packed'] as const)('leave no word of a %s ring without a name', (layout) => {
    for (const { text } of steps(layout, 1)) expect(text).not.toContain('no part of the ring');
  });

  it('belong to the buffer that the stores are for', () => {
    const all = steps('split');
    for (const [i, { text, ordinal }] of all.entries()) {
      if (!text.startsWith('has written buffer')) continue;
      const own = all.slice(0, i).filter((step) => step.ordinal === ordinal && step.kind === 'store');
      expect(own.filter((step) => step.text.startsWith('puts head'))).toHaveLength(1);
      expect(own.length % 4).toBe(1);
    }
  });
});
