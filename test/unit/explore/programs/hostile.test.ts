import { describe, expect, it } from 'vitest';
import type { ProfileName } from '../../../../src/explore/models/model.js';
import { type AttackName, LIES, type Victim } from '../../../../src/explore/programs/attacks.js';
import { hostileProgram } from '../../../../src/explore/programs/hostile.js';
import { explore, expectToPass } from '../../../support/explore/exhaust.js';

/** The models without races: an attacker orders nothing. */
const MODELS: readonly ProfileName[] = ['sc', 'tso', 'armv8'];

/** How the victim may end, besides working on: what it says of each lie. */
const REFUSALS = {
  split: {
    device: {
      address: ['VIRTQ_DESC_ADDRESS'],
      length: ['VIRTQ_DESC_ADDRESS'],
      id: ['VIRTQ_HEAD_RANGE'],
      chain: ['VIRTQ_DESC_ORDER', 'VIRTQ_NEXT_RANGE'],
      index: ['VIRTQ_AVAIL_IDX_JUMP'],
      again: ['VIRTQ_HEAD_REPEATED'],
      events: [],
    },
    // What the device writes to descriptors is nothing to a driver, which goes by its own record.
    driver: {
      address: [],
      length: ['VIRTQ_USED_LENGTH'],
      id: ['VIRTQ_USED_ID_RANGE'],
      chain: [],
      index: ['VIRTQ_USED_IDX_JUMP'],
      again: ['VIRTQ_USED_IDX_JUMP'],
      events: [],
    },
  },
  packed: {
    device: {
      address: ['VIRTQ_PACKED_DESC_ADDRESS'],
      length: ['VIRTQ_PACKED_DESC_ADDRESS'],
      id: ['VIRTQ_PACKED_ID_RANGE'],
      chain: ['VIRTQ_PACKED_CHAIN_FLAGS'],
      index: [],
      again: ['VIRTQ_PACKED_ID_REPEATED'],
      events: ['VIRTQ_PACKED_EVENT_FLAGS'],
    },
    driver: {
      address: [],
      length: ['VIRTQ_PACKED_USED_LENGTH'],
      id: ['VIRTQ_PACKED_USED_ID_RANGE'],
      chain: [],
      index: [],
      again: ['VIRTQ_PACKED_USED_ID_UNKNOWN'],
      events: ['VIRTQ_PACKED_EVENT_FLAGS'],
    },
  },
} as const;

describe.each(['split', 'packed'] as const)('%s', (layout) => {
  const attacked = (attack: AttackName, by: Victim, readsTwice = false): ReturnType<typeof hostileProgram> =>
    hostileProgram({ layout, victim: by, attack, readsTwice, eventIdx: true });

  describe.each(['device', 'driver'] as const)('%s', (victim) => {
    it.each(LIES)('works on, or refuses, when it is lied to about %s', (lie) => {
      const ends = new Set<unknown>();
      const program = attacked(lie, victim);
      for (const model of MODELS) {
        expectToPass({ ...program, check: (results) => void ends.add(results[1]) }, model);
      }
      expect(ends).toEqual(new Set<unknown>([...REFUSALS[layout][victim][lie], 'worked']));
    });

    it('works on, or refuses, when it is lied to about everything', () => {
      expectToPass(attacked('all', victim), 'sc');
    });

    it('is left to models that take no race for a fault', () => {
      expect(explore(attacked('all', victim), 'js').finding?.kind).toBe('race');
    });
  });

  it.each(['address', 'length'] as const)('shows that a device reads the %s twice', (lie) => {
    const { finding } = explore(attacked(lie, 'device', true), 'sc');
    expect(finding).toMatchObject({
      kind: 'assertion',
      message: expect.stringContaining('is about to use'),
    });
  });
});
