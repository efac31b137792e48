import type { RingLayout } from '../virtqueue/layouts.js';
import { type Grade, OUTCOME_NAMES, OUTCOMES } from './outcomes.js';
import type { Perturbation } from './perturbation.js';
import { ROUND_CLASSES, type Tally } from './tally.js';

/** One line of the table: how often something was seen, in one class of rounds. */
export interface OutcomeRow {
  readonly layout: RingLayout;
  readonly perturbation: Perturbation;
  readonly result: string;
  readonly samples: number;
  /** Samples for each buffer that came back. */
  readonly frequency: number;
  readonly grade: Grade;
  readonly reason: string;
  readonly section: string;
}

/** Only what was seen. */
export function outcomeRows(tallies: readonly Tally[]): OutcomeRow[] {
  return ROUND_CLASSES.flatMap(({ layout, perturbation }, index) => {
    const buffers = tallies.reduce((sum, tally) => sum + tally.buffers(index), 0);
    return OUTCOME_NAMES.flatMap((name) => {
      const samples = tallies.reduce((sum, tally) => sum + tally.samples(index, name), 0);
      if (samples === 0) return [];
      const { result, grade, reason, section } = OUTCOMES[name];
      const frequency = buffers === 0 ? 0 : samples / buffers;
      return [{ layout, perturbation, result, samples, frequency, grade, reason, section }];
    });
  });
}

/** Over all classes. */
export function sumOf(tallies: readonly Tally[], of: (tally: Tally, classIndex: number) => number): number {
  return tallies.reduce(
    (sum, tally) => sum + ROUND_CLASSES.reduce((total, _, index) => total + of(tally, index), 0),
    0,
  );
}
