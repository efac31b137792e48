import { CANARY, controlLanes } from './control.js';
import type { Mutant } from './mutant.js';
import { type ControlReport, runControl } from './run-control.js';
import type { LaneReport } from './run-lane.js';
import { type MutantReport, runMutant, type Workplace } from './run-mutant.js';
import { TreeCopy } from './tree-copy.js';
import { ZooProgress } from './zoo-progress.js';

export interface ZooOptions {
  /** The built package that is copied. */
  readonly source: string;
  readonly mutants: readonly Mutant[];
  /** How many lanes may run at once. */
  readonly jobs: number;
  /** The lanes of the control that depend on no seed are run twice, and must say the same. */
  readonly selfCheck: boolean;
  readonly signal: AbortSignal;
  readonly hooks: ZooHooks;
}

export interface ZooHooks {
  /** Before anything else; what it is given goes on changing. */
  readonly onStart: (progress: ZooProgress) => void;
  readonly onControl: (report: ControlReport) => void;
  readonly onMutant: (report: MutantReport) => void;
}

export interface ZooOutcome {
  readonly mutants: readonly MutantReport[];
  /** What all the lanes make of the code as it is, and what some make of the canary. */
  readonly control: readonly ControlReport[];
  readonly canary: readonly LaneReport[];
}

/** First the canary and the control, then all mutants; what an aborted signal leaves undone is not in the outcome. */
export async function runZoo(options: ZooOptions): Promise<ZooOutcome> {
  const { mutants, hooks } = options;
  const lanes = controlLanes(mutants);
  const canary: MutantReport[] = [];
  const control: ControlReport[] = [];
  const reports: MutantReport[] = [];
  const take = async (workplace: Workplace, mutant: Mutant, into: MutantReport[]): Promise<void> => {
    const report = await runMutant(workplace, mutant);
    into.push(report);
    hooks.onMutant(report);
  };
  const total = [CANARY, ...mutants].reduce((sum, mutant) => sum + mutant.lanes.length, lanes.length);
  await workOff(options, total, [
    (workplace) => take(workplace, CANARY, canary),
    // Each lane by itself, so that they share the workers like mutants do.
    ...lanes.map((lane) => async (workplace: Workplace) => {
      const report = await runControl(workplace, lane, options.selfCheck);
      control.push(report);
      hooks.onControl(report);
    }),
    ...mutants.map((mutant) => (workplace: Workplace) => take(workplace, mutant, reports)),
  ]);
  const order = new Map(mutants.map(({ id }, index) => [id, index]));
  const rank = ({ id }: MutantReport): number => order.get(id) ?? -1;
  return {
    mutants: reports.toSorted((a, b) => rank(a) - rank(b)),
    control,
    canary: canary.flatMap((report) => report.lanes),
  };
}

type Task = (workplace: Workplace) => Promise<void>;

/** In this order, as many at once as there are jobs. An error ends all of them, and is thrown when they have. */
async function workOff(options: ZooOptions, total: number, tasks: readonly Task[]): Promise<void> {
  const { source, jobs, hooks } = options;
  const progress = new ZooProgress(total);
  hooks.onStart(progress);
  const failed = new AbortController();
  const signal = AbortSignal.any([options.signal, failed.signal]);
  const queue = tasks.values();
  const work = async (): Promise<void> => {
    if (signal.aborted) return;
    const copy = TreeCopy.make(source);
    try {
      for (const task of queue) {
        if (signal.aborted) return;
        await task({ copy, signal, progress });
      }
    } catch (error) {
      // Thrown by whatever the abort has ended: nothing that anybody has to know.
      if (!signal.aborted || error !== signal.reason) throw error;
    } finally {
      copy.remove();
    }
  };
  const workers = Array.from({ length: jobs }, () => work().catch((error: unknown) => failed.abort(error)));
  await Promise.all(workers);
  failed.signal.throwIfAborted();
}
