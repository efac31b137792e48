import type { ControlLane } from './control.js';
import { type LaneReport, type LaneResult, runLane } from './run-lane.js';
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

/** Sends the code as it is through a lane; twice at once, when `isRepeated` and it depends on no seed. */
export async function runControl(
  { copy, signal, progress }: Workplace,
  { lane, mutant }: ControlLane,
  isRepeated: boolean,
): Promise<ControlReport> {
  signal.throwIfAborted();
  copy.mutate([]);
  const isTwice = isRepeated && lane.seed === undefined;
  const replay = `vring mutants --only ${mutant}`;
  return progress.during(CONTROL_ID, lane.lane, async () => {
    const one = (): Promise<LaneResult> => runLane(copy.root, lane, signal);
    const [first, again] = await bothEnded(one(), isTwice ? one() : null);
    // What was ended because its time was up has said nothing that could be compared: an alarm, not a difference.
    const results = again === null ? [first] : [first, again];
    const cut = results.find(({ report }) => report.exitCode === null);
    if (cut !== undefined) return { ...cut.report, repeated: false, replay };
    if (again !== null) checkRepeated(first.report, first.stdout, again.stdout);
    return { ...first.report, repeated: again !== null, replay };
  });
}

/** Waits for both also when one of them fails: neither may be at it in a copy that is gone. */
async function bothEnded<A, B>(a: Promise<A>, b: Promise<B> | null): Promise<[A, B | null]> {
  await Promise.allSettled([a, b]);
  return Promise.all([a, b]);
}
