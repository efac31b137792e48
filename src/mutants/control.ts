import { exercised, interleaved, running } from './lanes.js';
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
  patches: [patch(SPLIT_DRIVER, 'this.#port.store16Release(this.#availIdxAt, this.#availIdx);', '')],
  lanes: [
    ...interleaved('split', 'lost-wakeup'),
    ...running('blk', 'STALL'),
    ...exercised('late-decision', 'NO_INTERRUPT'),
  ],
};

/** Every lane of the mutants once, as one that the code as it is has to survive. */
export function controlLanes(mutants: readonly Mutant[]): Lane[] {
  const lanes = new Map(
    mutants.flatMap((mutant) => mutant.lanes).map((lane) => [lane.words.join(' '), lane]),
  );
  return [...lanes.values()].map(({ lane, words, budgetS, endless }) => {
    const budget = endless === true ? CONTROL_BUDGET_S : budgetS;
    return { lane, words, expected: 'survived', budgetS: budget };
  });
}

/** For what is ended soon with the bug in it: without one it may take its time on a machine that is busy. */
const CONTROL_BUDGET_S = 20;
