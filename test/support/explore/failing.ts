import { BestFinding } from './best-finding.js';
import { Explorer } from '../../../src/explore/explorer.js';
import type { ProfileName } from '../../../src/explore/models/model.js';
import { memoryModel } from '../../../src/explore/models/profiles.js';
import { loadProgram } from '../../../src/explore/load-program.js';
import type { Program } from '../../../src/explore/program.js';
import type { ProgramSpec } from '../../../src/explore/program-spec.js';
import { type Extract, extract, record, type Recording } from '../../../src/explore/recording.js';
import { adjustOf, type OrderChange } from '../../../src/explore/weaken.js';

/** Of programs that are in no registry. */
const NO_SPEC: ProgramSpec = { program: './none.js', options: {} };

/** A program that fails, and its failures. */
export interface Failing {
  readonly program: Program;
  readonly spec: ProgramSpec;
  readonly profile: ProfileName;
  readonly all: readonly Recording[];
  readonly best: BestFinding;
}

/** A ring of two entries with changed accesses: what fails, under one profile. */
export async function failingRing(
  profile: ProfileName,
  layout: 'split' | 'packed',
  weaken: readonly OrderChange[],
  options: ProgramSpec['options'] = {},
): Promise<Failing> {
  const spec = { program: layout, options: { buffers: 1, ringSize: 2, eventIdx: false, ...options, weaken } };
  return failing(await loadProgram(spec), profile, spec);
}

export function failing(program: Program, profile: ProfileName, spec: ProgramSpec = NO_SPEC): Failing {
  const names = program.threads.map(({ name }) => name);
  const all: Recording[] = [];
  const explorer: Explorer = new Explorer(program, memoryModel(profile, names.length), {
    adjust: adjustOf(spec),
    onFinding: (finding, graph) => {
      const part = extract(finding, graph, null) as Extract;
      all.push(record(finding, graph, explorer.locations, names, part));
      best.offer(finding, graph);
      return false;
    },
  });
  const best = new BestFinding(program, explorer.locations);
  explorer.run();
  return { program, spec, profile, all, best };
}

export const NO_KICK_FENCE: OrderChange = {
  site: 'SplitDriver.kickPrepare',
  kind: 'fence',
  order: 'none',
};
