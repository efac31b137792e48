import { CANARY, controlLanes } from './control.js';
import type { Mutant } from './mutant.js';
import type { LaneReport } from './run-lane.js';
import { runMutant, type MutantReport } from './run-mutant.js';
import { StaleMutant } from './apply-patches.js';

export interface ZooOptions {
  /** The built package that is copied. */
  readonly source: string;
  readonly mutants: readonly Mutant[];
  /** How many lanes may run at once. */
  readonly jobs: number;
  readonly signal: AbortSignal;
  readonly onMutant: (report: MutantReport) => void;
}

export interface ZooOutcome {
  readonly mutants: readonly MutantReport[];
  /** What all the lanes make of the code as it is, and what some make of the canary. */
  readonly control: readonly LaneReport[];
  readonly canary: readonly LaneReport[];
}

/** First the control, then all mutants; what an aborted signal leaves undone is not in the outcome. */
export async function runZoo({ source, mutants, jobs, signal, onMutant }: ZooOptions): Promise<ZooOutcome> {
  const lanes = controlLanes(mutants);
  // Each lane by itself, so that they share the workers like mutants do.
  const controls = lanes.map((lane) => ({
    ...CANARY,
    id: 'control',
    title: 'no mutant',
    patches: [],
    lanes: [lane],
  }));
  const reports: MutantReport[] = [];
  const queue = [CANARY, ...controls, ...mutants].values();
  const work = async (): Promise<void> => {
    for (const mutant of queue) {
      const report = await runOne(source, mutant, signal);
      if (report === null) return;
      reports.push(report);
      onMutant(report);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  const order = new Map(mutants.map(({ id }, index) => [id, index]));
  const rank = ({ id }: MutantReport): number => order.get(id) ?? -1;
  const lanesOf = (id: string): LaneReport[] =>
    reports.filter((report) => report.id === id).flatMap((report) => report.lanes);
  return {
    mutants: reports.filter(({ id }) => order.has(id)).toSorted((a, b) => rank(a) - rank(b)),
    control: lanesOf('control'),
    canary: lanesOf('canary'),
  };
}

/** Null: interrupted. */
async function runOne(source: string, mutant: Mutant, signal: AbortSignal): Promise<MutantReport | null> {
  if (signal.aborted) return null;
  try {
    return await runMutant(source, mutant, signal);
  } catch (error) {
    if (signal.aborted && !(error instanceof StaleMutant)) return null;
    throw error;
  }
}
