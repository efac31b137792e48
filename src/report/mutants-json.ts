import { ExitCode } from '../exit-code.js';
import type { ControlReport } from '../mutants/run-control.js';
import type { LaneReport } from '../mutants/run-lane.js';
import type { MutantReport } from '../mutants/run-mutant.js';
import type { ZooOutcome } from '../mutants/run-zoo.js';
import type { NotRecreated } from '../mutants/zoo.js';

/** The document that `vring mutants --json` prints. Its keys are a contract with scripts. */
export interface MutantsReport {
  readonly schemaVersion: 1;
  readonly command: 'mutants';
  readonly verdict: 'pass' | 'fail' | 'interrupted';
  /** 0: each lane made of each mutant what it must; 20: one did not; 130: so far. */
  readonly exitCode: ExitCode;
  /** Of the control: each lane that depends on one was run with all of them. */
  readonly seeds: readonly number[];
  readonly mutants: readonly MutantReport[];
  readonly not_recreated: readonly NotRecreated[];
  readonly control: readonly ControlReport[];
  readonly canary: readonly LaneReport[];
}

export function buildMutantsReport(
  { mutants, control, canary }: ZooOutcome,
  notRecreated: readonly NotRecreated[],
  isInterrupted: boolean,
): MutantsReport {
  const isRight = [...mutants, ...control, ...canary].every((one) => one.as_expected);
  const soFar = isInterrupted ? ExitCode.interrupted : ExitCode.pass;
  const seeds = control.map(({ seed }) => seed).filter((seed) => seed !== null);
  return {
    schemaVersion: 1,
    command: 'mutants',
    verdict: isRight ? (isInterrupted ? 'interrupted' : 'pass') : 'fail',
    exitCode: isRight ? soFar : ExitCode.safety,
    seeds: [...new Set(seeds)].toSorted((a, b) => a - b),
    mutants,
    not_recreated: notRecreated,
    control,
    canary,
  };
}
