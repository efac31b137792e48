import type { ControlLane } from './control.js';
import { type LaneReport, runLane } from './run-lane.js';
import type { Workplace } from './run-mutant.js';
import { checkRepeated } from './self-check.js';

/** What a lane has made of the code as it is. Its keys are a contract with scripts. */
export interface ControlReport extends LaneReport {
  /** It was run twice, and both documents are the same. */
  readonly repeated: boolean;
  /** Sends the code as it is through this lane again. */
  readonly replay: string;
}

/** The name under which the lanes of the control go by. */
const CONTROL_ID = 'control';

/** Sends the code as it is through a lane; what depends on no seed, twice, when `isRepeated`. */
export async function runControl(
  { copy, signal, progress }: Workplace,
  { lane, mutant }: ControlLane,
  isRepeated: boolean,
): Promise<ControlReport> {
  signal.throwIfAborted();
  copy.mutate([]);
  return progress.during(CONTROL_ID, lane.lane, async () => {
    const { report, stdout } = await runLane(copy.root, lane, signal);
    const repeated = isRepeated && lane.seed === undefined;
    if (repeated) {
      const again = await runLane(copy.root, lane, signal);
      checkRepeated(report, stdout, again.stdout);
    }
    return { ...report, repeated, replay: `vring mutants --only ${mutant}` };
  });
}
