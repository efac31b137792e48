import { ExitCode } from '../exit-code.js';
import type { LaneReport } from '../mutants/run-lane.js';
import type { MutantReport } from '../mutants/run-mutant.js';
import type { ZooOutcome } from '../mutants/run-zoo.js';
import type { NotRecreated } from '../mutants/zoo.js';

/** The document that `vring mutants --json` prints. Its keys are a contract with scripts. */
export interface MutantsReport {
  readonly schemaVersion: 1;
  readonly command: 'mutants';
  /** 0: each lane made of each mutant what it must; 20: one did not. */
  readonly exitCode: ExitCode;
  readonly mutants: readonly MutantReport[];
  readonly not_recreated: readonly NotRecreated[];
  readonly control: readonly LaneReport[];
  readonly canary: readonly LaneReport[];
}

export function buildMutantsReport(
  { mutants, control, canary }: ZooOutcome,
  notRecreated: readonly NotRecreated[],
  isInterrupted: boolean,
): MutantsReport {
  const isRight = [...mutants, ...control, ...canary].every((one) => one.as_expected);
  const exitCode = isRight ? ExitCode.pass : ExitCode.safety;
  return {
    schemaVersion: 1,
    command: 'mutants',
    exitCode: isRight && isInterrupted ? ExitCode.interrupted : exitCode,
    mutants,
    not_recreated: notRecreated,
    control,
    canary,
  };
}
