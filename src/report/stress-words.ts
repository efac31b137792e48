import type { Grade } from '../stress/outcomes.js';
import type { ModeRow } from '../stress/run-stress.js';
import { plural } from './format.js';
import type { StressFailureReport, StressReport } from './stress-json.js';

/** The rows of one class of rounds, in one mode of the engine. */
export interface OutcomeClass {
  readonly title: string;
  readonly rows: readonly ModeRow[];
}

export function outcomeClasses({ outcomes }: StressReport): readonly OutcomeClass[] {
  const titles = [...new Set(outcomes.map(titleOf))];
  return titles.map((title) => ({ title, rows: outcomes.filter((row) => titleOf(row) === title) }));
}

function titleOf({ layout, perturbation, v8 }: ModeRow): string {
  const engine = v8 === 'as-is' ? '' : `, ${v8}`;
  return `${layout}, ${perturbation === 'none' ? 'not perturbed' : perturbation}${engine}`;
}

/** `120 rounds, 960 rings, 1.2M buffers in 10.0 s`. */
export function stressTotals({ rounds, executions, buffers, elapsed_s: elapsedS }: StressReport): string {
  const raced = [plural(rounds, 'round'), plural(executions, 'ring'), plural(buffers, 'buffer')];
  return `${raced.join(', ')} in ${elapsedS.toFixed(1)} s`;
}

/** Where all recorded events of a failure are. */
export function eventsKept({ recorded_events: count, events_file: file }: StressFailureReport): string {
  if (count === 0) return 'no event of the two sides was recorded';
  if (file === null) return `${count} events were recorded; they are not kept, since nothing of this run is`;
  return `the seed and all ${count} recorded events are kept: ${file}, in the directory of this run`;
}

/** Worst first. */
export const GRADES: readonly Grade[] = ['forbidden', 'interesting', 'acceptable'];
