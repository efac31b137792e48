import { type BarrierSuite, weakeningChanges } from '../../../dist/src/explore/barriers.js';
import { FailureBook } from '../../../dist/src/explore/failure-book.js';
import { JobExplorer } from '../../../dist/src/explore/job-explorer.js';
import { loadProgram, resolveProgram } from '../../../dist/src/explore/load-program.js';
import type { ProfileName } from '../../../dist/src/explore/models/model.js';
import { PROFILES } from '../../../dist/src/explore/models/profiles.js';
import type { Program } from '../../../dist/src/explore/program.js';
import type { ProgramSpec } from '../../../dist/src/explore/program-spec.js';
import { BARRIER_SUITES } from '../../../dist/src/explore/programs/barrier-suites.js';
import type { Recording } from '../../../dist/src/explore/recording.js';
import type { OrderChange } from '../../../dist/src/explore/weaken.js';

/** A change of one access under one profile, and programs that may notice it, from small to large. */
export interface Weakened {
  readonly name: string;
  readonly specs: readonly ProgramSpec[];
  readonly change: OrderChange;
  readonly profile: ProfileName;
}

/** A program that fails under a profile, and what is wrong in the simplest executions that fail. */
export interface Failed {
  readonly name: string;
  readonly program: Program;
  readonly spec: ProgramSpec;
  readonly profile: ProfileName;
  /** The simplest failure; and where both are found, the simplest one with load buffering and without. */
  readonly recordings: readonly Recording[];
}

/** Programs of the suites that have no name on the command line. */
const UNLISTED = new Map(
  Object.values(BARRIER_SUITES)
    .flatMap(({ programs }) => programs)
    .map((program) => [program.name, program]),
);

/** Executions in which to look for the points of a program, and for a failure of it. */
const POINT_GRAPHS = 1000;
const GRAPHS_MAX = 100_000;
const STEP_GRAPHS = 16;
/** Graphs that are built beyond those with the first failure, to find it in a simpler one. */
const SIMPLER_GRAPHS = 48;

/** What a token names: a program of the catalogue, a module, or one of the suites. */
export async function programOf(spec: ProgramSpec): Promise<Program> {
  return UNLISTED.get(spec.program) ?? loadProgram(spec);
}

/**
 * Each ordered access and fence of the rings and their doorbells, weakened in each way there is, with event indices
 * and without, and in the programs that know no such option; under each profile.
 */
export async function weakenedPrograms(): Promise<Weakened[]> {
  const { split, packed, doorbell } = BARRIER_SUITES;
  const all: Weakened[] = [];
  for (const [suite, families] of [
    [split, [...rings('split'), unlisted(split, 'used twice')]],
    [packed, [...rings('packed'), unlisted(packed, 'used twice'), unlisted(packed, 'interrupt|kick')]],
    [doorbell, [...rings('split'), ...rings('packed'), unlisted(doorbell, '^doorbell')]],
  ] as const) {
    for (const [title, specs] of families) all.push(...(await weakenedFamily(suite, title, specs)));
  }
  return all;
}

type Family = readonly [title: string, specs: readonly ProgramSpec[]];

function rings(layout: 'split' | 'packed'): Family[] {
  return [true, false].map((eventIdx): Family => {
    const specs = [1, 2].map((buffers) => resolveProgram(layout, { buffers, ringSize: 4, eventIdx }));
    return [`${layout} ${eventIdx ? 'event_idx' : 'flags'}`, specs];
  });
}

function unlisted({ programs }: BarrierSuite, like: string): Family {
  const some = programs.filter(({ name }) => new RegExp(like).test(name));
  return [some.map(({ name }) => name).join(', '), some.map(({ name }) => ({ program: name, options: {} }))];
}

async function weakenedFamily(
  suite: BarrierSuite,
  title: string,
  specs: readonly ProgramSpec[],
): Promise<Weakened[]> {
  const found = new Map<string, { change: OrderChange; specs: ProgramSpec[] }>();
  for (const spec of specs) {
    for (const change of weakeningChanges(suite, await programOf(spec), POINT_GRAPHS)) {
      const key = JSON.stringify(change);
      found.set(key, { change, specs: [...(found.get(key)?.specs ?? []), spec] });
    }
  }
  return [...found.values()].flatMap(({ change, specs: met }) =>
    PROFILES.map((profile) => ({ name: nameOf(title, change, profile), specs: met, change, profile })),
  );
}

function nameOf(title: string, change: OrderChange, profile: ProfileName): string {
  const { site, kind, order, fenceBefore, thread } = change;
  const to = fenceBefore === undefined ? order : `${order} behind ${fenceBefore}`;
  return [title, site, kind, thread === undefined ? '' : `thread ${thread}`, to, profile].join(' ');
}

/** What fails in the first program that fails; null when all pass. */
export async function failureOf({ name, specs, change, profile }: Weakened): Promise<Failed | null> {
  for (const { program, options } of specs) {
    const spec = { program, options: { ...options, weaken: [change] } };
    const failed = await failureUnder(spec, profile, name);
    if (failed !== null) return failed;
  }
  return null;
}

/** The simplest of the first failures; null when there are none in any execution. */
export async function failureUnder(
  spec: ProgramSpec,
  profile: ProfileName,
  name: string,
): Promise<Failed | null> {
  const program = await programOf(spec);
  const explorer = new JobExplorer({ ref: spec, profile, maxEvents: 2000 }, program);
  const book = new FailureBook();
  const explore = (graphs: number): boolean => {
    const { failures, isDone } = explorer.explore(Infinity, graphs);
    for (const note of failures) book.add(note);
    return isDone;
  };
  let isDone = false;
  for (let graphs = 0; !isDone && book.isEmpty; graphs += STEP_GRAPHS) {
    if (graphs > GRAPHS_MAX) throw new Error(`${name} is too large`);
    isDone = explore(STEP_GRAPHS);
  }
  if (book.isEmpty) return null;
  if (!isDone) explore(SIMPLER_GRAPHS);
  const all = book.notes.map(({ recording }) => recording);
  const found = [false, true].map((early) =>
    all.find(({ simplicity }) => simplicity.earlyReads > 0 === early),
  );
  return { name, program, spec, profile, recordings: found.filter((some) => some !== undefined) };
}
