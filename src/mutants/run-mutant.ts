import { nowMs } from '../clock.js';
import type { Lane, LaneName, Mutant } from './mutant.js';
import { type LaneReport, runLane } from './run-lane.js';
import { TreeCopy } from './tree-copy.js';

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

/** Makes the mutant in a copy of the package at `source`, and sends it through its lanes; the copy does not stay. */
export async function runMutant(source: string, mutant: Mutant, signal: AbortSignal): Promise<MutantReport> {
  const startMs = nowMs();
  const { id, title, origin, side, layout, needs, note = null, patches } = mutant;
  const lanes = await inCopy(source, patches, mutant.lanes, signal);
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

async function inCopy(
  source: string,
  patches: Mutant['patches'],
  lanes: readonly Lane[],
  signal: AbortSignal,
): Promise<LaneReport[]> {
  signal.throwIfAborted();
  const copy = TreeCopy.make(source, patches);
  try {
    const reports: LaneReport[] = [];
    for (const lane of lanes) reports.push(await runLane(copy.root, lane, signal));
    return reports;
  } finally {
    copy.remove();
  }
}
