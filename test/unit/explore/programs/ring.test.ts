import { describe, expect, it } from 'vitest';
import { PROFILES } from '../../../../src/explore/models/profiles.js';
import { ringProgram, type RingProgramOptions } from '../../../../src/explore/programs/ring.js';
import { explore, expectToPass } from '../../../support/explore/exhaust.js';
import { DEAF, onFaultyMachine } from '../../../support/explore/faulty-port.js';

const TWO: Omit<RingProgramOptions, 'layout'> = {
  buffers: 2,
  size: 4,
  eventIdx: true,
  indirect: false,
  inOrder: false,
  batch: 1,
  startIndex: 0,
};

const VARIANTS: Readonly<Record<string, Partial<RingProgramOptions>>> = {
  'one buffer': { buffers: 1 },
  'flag suppression': { eventIdx: false },
  'indirect tables': { indirect: true, size: 2 },
  'in order, both in batches': { inOrder: true, batch: 2, deviceBatch: 2 },
  'bounce buffers': { bounced: true },
  'bounce buffers, tables among them': { bounced: true, indirect: true, size: 2 },
  'flag suppression in batches': { eventIdx: false, batch: 2 },
  'descriptors that are used again': { size: 2 },
  'descriptors that are used again, with flags': { size: 2, eventIdx: false },
};

describe.each(['split', 'packed'] as const)('%s', (layout) => {
  describe.each(PROFILES)('under %s', (profile) => {
    it.each(Object.keys(VARIANTS))('passes with %s', (variant) => {
      expectToPass(ringProgram({ ...TWO, layout, ...VARIANTS[variant] }), profile);
    });

    it('passes where its indices wrap', () => {
      const startIndex = layout === 'split' ? 0xffff : 2 * TWO.size - 1;
      expectToPass(ringProgram({ ...TWO, layout, startIndex }), profile);
    });
  });

  it('shows that a notification is missing', () => {
    const { finding } = explore(onFaultyMachine(ringProgram({ ...TWO, layout }), DEAF), 'sc');
    expect(finding?.kind).toBe('lost-wakeup');
  });

  it.each([false, true])(
    'shows that nothing orders buffers before what shows them; bounced: %s',
    (bounced) => {
      const program = onFaultyMachine(ringProgram({ ...TWO, layout, bounced }), (port) => ({
        store16Release: (address, value) => port.store16Relaxed(address, value),
      }));
      expect(explore(program, 'rc11').finding?.kind).toBe('race');
      expect(explore(program, 'armv8').finding?.kind).toBe('assertion');
    },
  );
});
