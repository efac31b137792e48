import { exercised, interleaved, running, SEEDS } from './lanes.js';
import type { Lane, Mutant } from './mutant.js';
import { patch, SPLIT_DRIVER } from './zoo/patch.js';

/** A driver that never shows the device anything: what does not notice this notices nothing. */
export const CANARY: Mutant = {
  id: 'canary',
  title: 'the driver never shows its buffers',
  origin: 'made for this',
  side: 'driver',
  layout: 'split',
  needs: 'D',
  patches: [patch(SPLIT_DRIVER, 'this.port.store16Release(this.availIdxAt, this.availIdx);', '')],
  lanes: [
    ...interleaved('split', 'lost-wakeup'),
    ...running('blk', 'STALL'),
    ...exercised('late-decision', 'NO_INTERRUPT'),
  ],
};

/** A lane that the code as it is has to survive, and the first mutant that is sent through it. */
export interface ControlLane {
  readonly lane: Lane;
  readonly mutant: string;
}

/** Every lane of the mutants once, and what depends on a seed with each of the seeds. */
export function controlLanes(mutants: readonly Mutant[]): ControlLane[] {
  const lanes = new Map<string, ControlLane>();
  for (const { id, lanes: own } of mutants) {
    for (const lane of own) {
      const words = lane.words.join(' ');
      if (!lanes.has(words)) lanes.set(words, { lane, mutant: id });
    }
  }
  return [...lanes.values()].flatMap(({ lane: { lane, words, budgetS, endless, seed }, mutant }) => {
    const budget = endless === true ? CONTROL_BUDGET_S : budgetS;
    const survived = { lane, words, expected: 'survived', budgetS: budget } as const;
    if (seed === undefined) return [{ lane: survived, mutant }];
    return SEEDS.map((one) => ({ lane: { ...survived, seed: one }, mutant }));
  });
}

/** For what is ended soon with the bug in it: without one it may take its time on a machine that is busy. */
const CONTROL_BUDGET_S = 20;
