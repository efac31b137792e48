import { nowMs } from '../clock.js';
import type { LaneName, Mutant } from './mutant.js';
import { type LaneReport, runLane } from './run-lane.js';
import type { TreeCopy } from './tree-copy.js';
import type { ZooProgress } from './zoo-progress.js';

/** Where one mutant after the other is made. */
export interface Workplace {
  readonly copy: TreeCopy;
  readonly signal: AbortSignal;
  readonly progress: ZooProgress;
}

/** What has become of a mutant. Its keys are a contract with scripts. */
export interface MutantReport {
  readonly id: string;
  readonly title: string;
  readonly origin: string;
  readonly side: Mutant['side'];
  readonly layout: Mutant['layout'];
  readonly needs: Mutant['needs'];
  readonly note: string | null;
  readonly lanes: readonly LaneReport[];
  /** The first lane that did; null: none. */
  readonly caught_by: LaneName | null;
  readonly survived: boolean;
  /** Each lane has made of it what it must. */
  readonly as_expected: boolean;
  readonly elapsed_s: number;
  readonly replay: string;
}

/** Makes the mutant in the copy, and sends it through its lanes. */
export async function runMutant(
  { copy, signal, progress }: Workplace,
  mutant: Mutant,
): Promise<MutantReport> {
  signal.throwIfAborted();
  const startMs = nowMs();
  const { id, title, origin, side, layout, needs, note = null } = mutant;
  copy.mutate(mutant.patches);
  const lanes: LaneReport[] = [];
  for (const lane of mutant.lanes) {
    const { report } = await progress.during(id, lane.lane, () => runLane(copy.root, lane, signal));
    lanes.push(report);
  }
  const first = lanes.find((lane) => lane.caught);
  return {
    id,
    title,
    origin,
    side,
    layout,
    needs,
    note,
    lanes,
    caught_by: first?.lane ?? null,
    survived: first === undefined,
    as_expected: lanes.every((lane) => lane.as_expected),
    elapsed_s: (nowMs() - startMs) / 1000,
    replay: `vring mutants --only ${id}`,
  };
}
