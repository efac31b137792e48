import { describe, expect, it } from 'vitest';
import { memoryModel, PROFILES } from '../../../src/explore/models/profiles.js';
import { Order } from '../../../src/explore/order.js';
import type { ExplorerPort } from '../../../src/explore/port.js';
import { ringProgram, type RingProgramOptions } from '../../../src/explore/programs/ring.js';
import { RandomExplorer } from '../../../src/explore/random.js';
import type { Strategy } from '../../../src/explore/schedule.js';
import { currentSite } from '../../../src/explore/sites.js';

const RING: RingProgramOptions = {
  layout: 'split',
  buffers: 6,
  size: 4,
  eventIdx: true,
  indirect: false,
  inOrder: false,
  batch: 1,
  startIndex: 0xfffe,
};

function strategies(lengths: readonly number[]): Strategy[] {
  return [{ kind: 'walk' }, { kind: 'pct', depth: 3, lengths }, { kind: 'uniform', lengths }];
}

describe('random executions', () => {
  it.each(PROFILES)('find nothing wrong with the rings under %s', (profile) => {
    for (const layout of ['split', 'packed'] as const) {
      const explorer = new RandomExplorer(ringProgram({ ...RING, layout }), memoryModel(profile, 2));
      for (const strategy of strategies([100, 100])) {
        for (let seed = 0; seed < 40; seed++) {
          const run = explorer.run(seed, strategy);
          expect(run.finding, `${layout} ${strategy.kind} seed ${seed}`).toBeNull();
          expect(run.outcome).toBe('complete');
        }
      }
    }
  });

  it('are the same for the same seed, and others for others', () => {
    const explorer = new RandomExplorer(ringProgram(RING), memoryModel('rc11', 2));
    const shapeOf = (seed: number, strategy: Strategy): string => {
      const { graph } = explorer.run(seed, strategy);
      return JSON.stringify([graph.po, [...graph.rf.subarray(0, graph.size)]]);
    };
    for (const strategy of strategies([100, 100])) {
      const first = shapeOf(7, strategy);
      const others = new Set(Array.from({ length: 10 }, (_, seed) => shapeOf(100 + seed, strategy)));
      expect(shapeOf(7, strategy)).toBe(first);
      expect(others.size).toBeGreaterThan(5);
    }
  });

  it.each(['tso', 'armv8', 'rc11'] as const)(
    'find the kick that is lost without a fence under %s',
    (profile) => {
      const adjust = (kind: string, order: number): number =>
        kind === 'fence' && currentSite().name === 'SplitDriver.kickPrepare' ? Order.none : order;
      const explorer = new RandomExplorer(ringProgram(RING), memoryModel(profile, 2), { adjust });
      for (const strategy of strategies([100, 100])) {
        const kinds = Array.from({ length: 300 }, (_, seed) => explorer.run(seed, strategy).finding?.kind);
        expect(kinds).toContain('lost-wakeup');
      }
    },
  );

  it('see no lost kick under sc, where no fence is needed', () => {
    const adjust = (kind: string, order: number): number => (kind === 'fence' ? Order.none : order);
    const explorer = new RandomExplorer(ringProgram(RING), memoryModel('sc', 2), { adjust });
    for (let seed = 0; seed < 100; seed++) expect(explorer.run(seed, { kind: 'walk' }).finding).toBeNull();
  });

  it('are looked at once more, whether the program is still the same', () => {
    let runs = 0;
    const program = {
      name: 'forgetful',
      memoryBytes: 8,
      threads: [{ name: 'one', run: (port: ExplorerPort) => port.store32(0, ++runs) }],
    };
    const explorer = new RandomExplorer(program, memoryModel('sc', 1));
    expect(() => explorer.run(1, { kind: 'pct', depth: 1, lengths: [1] })).toThrow(/not deterministic/);
  });

  it('end when they have grown too large', () => {
    const explorer = new RandomExplorer(ringProgram(RING), memoryModel('sc', 2), { maxEvents: 30 });
    expect(explorer.run(1, { kind: 'walk' }).outcome).toBe('bounded');
  });
});
