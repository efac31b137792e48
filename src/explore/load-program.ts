import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Rng } from '../rng.js';
import type { QueueEnds } from '../virtqueue/queue-ends.js';
import { ExploreError } from './errors.js';
import { describeThrown } from './execution.js';
import { END_FEATURES, loadEnds } from './load-ends.js';
import type { ProfileName } from './models/model.js';
import { PROFILES } from './models/profiles.js';
import type { Program, ProgramThread } from './program.js';
import { CATALOGUE, type CatalogueEntry, type ProgramOptions } from './programs/catalogue.js';
import type { ProgramSpec } from './program-spec.js';

/**
 * What a module of your own exports, by default or as `program`: a program, or a function that makes one of the
 * options on the command line.
 */
export type ProgramExport = Program | ((options: ProgramOptions) => Program | Promise<Program>);

/** A program with options that are the program's own. */
export type ProgramRef = ProgramSpec & { readonly options: ProgramOptions };

/** With more buffers than these, not every execution can be built. */
const EXHAUSTIVE_BUFFERS_MAX = 4;

/** The profiles that a program is explored under when nobody names any. */
export function profilesOf(word: string): readonly ProfileName[] {
  return (isPath(word) ? undefined : entryOf(word).profiles) ?? PROFILES;
}

/** Finds what a user means by `word`, and checks its options. */
export function resolveProgram(
  word: string,
  options: ProgramOptions,
  search: 'exhaustive' | 'random' = 'exhaustive',
): ProgramRef {
  if (isPath(word)) {
    if (!existsSync(word)) throw new ExploreError('PROGRAM_NOT_FOUND', `there is no file '${word}'`);
    return { program: word, options };
  }
  const resolved = entryOf(word).resolve(options);
  const { buffers = 0 } = resolved;
  if (search === 'exhaustive' && Number(buffers) > EXHAUSTIVE_BUFFERS_MAX) {
    const message = `option \`buffers\` is ${buffers}: above ${EXHAUSTIVE_BUFFERS_MAX}, there is only --random`;
    throw new ExploreError('USAGE', message);
  }
  return { program: word, options: resolved };
}

/** Throws when options cannot be drawn for this program, or not with those that are given. */
export function checkDrawable({ program, options }: ProgramRef): void {
  drawProgram({ program, options }, new Rng(0));
}

/** The same program, with options drawn where the spec leaves them open. */
export function drawProgram({ program, options: { weaken, ...own } }: ProgramSpec, rng: Rng): ProgramSpec {
  const draw = isPath(program) ? undefined : entryOf(program).draw;
  if (draw === undefined)
    throw new ExploreError('USAGE', `'${program}' has no options to draw: --swarm is for split and packed`);
  const drawn = draw(own as ProgramOptions, rng);
  return { program, options: weaken === undefined ? drawn : { ...drawn, weaken } };
}

/** The program of a spec. What is weakened in it is not its own concern. */
export async function loadProgram({ program, options }: ProgramSpec): Promise<Program> {
  const { weaken: _, ...own } = options;
  const given = own as ProgramOptions;
  if (isPath(program)) return fromModule(program, given);
  const { build } = entryOf(program);
  const { module } = own;
  return typeof module === 'string' ? build(given, await endsFor(program, module, given)) : build(given);
}

/** The user's ends, for a ring program whose options they can keep. */
async function endsFor(program: string, module: string, options: ProgramOptions): Promise<QueueEnds> {
  const { ends, layouts, features } = await loadEnds(module);
  const refuse = (why: string): never => {
    throw new ExploreError('USAGE', `${module} ${why}`);
  };
  if (!layouts.some((layout) => layout === program)) refuse(`is for ${layouts.join(' and ')} alone`);
  const asked = {
    event_idx: options['eventIdx'],
    in_order: options['inOrder'],
    indirect_desc: options['indirect'],
  };
  for (const name of END_FEATURES)
    if (asked[name] === true && !features.includes(name))
      refuse(
        `does not name ${name} in its \`features\`${name === 'event_idx' ? ': add --no-event-idx' : ''}`,
      );
  return ends;
}

function isPath(word: string): boolean {
  return /[/\\]|\.[cm]?[jt]s$/.test(word);
}

function entryOf(name: string): CatalogueEntry {
  const entry = Object.hasOwn(CATALOGUE, name) ? CATALOGUE[name] : undefined;
  if (entry !== undefined) return entry;
  const names = Object.keys(CATALOGUE).join(', ');
  throw new ExploreError(
    'PROGRAM_NOT_FOUND',
    `there is no program '${name}': it is one of ${names}, or the path of a module (./${name}.mjs)`,
  );
}

async function fromModule(file: string, options: ProgramOptions): Promise<Program> {
  const exported = await importExport(file);
  let program: unknown = exported;
  try {
    if (typeof exported === 'function') program = await (exported as (o: ProgramOptions) => unknown)(options);
  } catch (error) {
    throw moduleError(file, `its function threw: ${describeThrown(error)}`);
  }
  const wrong = whatIsWrong(program);
  if (wrong !== null) throw moduleError(file, wrong);
  return program as Program;
}

async function importExport(file: string): Promise<unknown> {
  let module: Readonly<Record<string, unknown>>;
  try {
    module = (await import(pathToFileURL(path.resolve(file)).href)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    throw moduleError(file, `it cannot be loaded: ${describeThrown(error)}`);
  }
  const exported = module['default'] ?? module['program'];
  if (exported === undefined)
    throw moduleError(file, 'it has neither a default export nor one that is called `program`');
  return exported;
}

/** What keeps a value from being a {@link Program}; null when nothing does. */
function whatIsWrong(value: unknown): string | null {
  if (typeof value !== 'object' || value === null)
    return 'it exports no program: { name, memoryBytes, threads }';
  const { name, memoryBytes, setup, threads, check } = value as Partial<Record<keyof Program, unknown>>;
  if (typeof name !== 'string') return 'its program has no `name`';
  if (!Number.isSafeInteger(memoryBytes) || (memoryBytes as number) <= 0)
    return '`memoryBytes` of its program is not a whole number above 0';
  if (setup !== undefined && typeof setup !== 'function') return '`setup` of its program is not a function';
  if (check !== undefined && typeof check !== 'function') return '`check` of its program is not a function';
  if (!Array.isArray(threads) || threads.length === 0)
    return '`threads` of its program is not a list of threads';
  return threads.every(isThread) ? null : 'a thread of its program is not { name, run }';
}

function isThread(value: unknown): value is ProgramThread {
  if (typeof value !== 'object' || value === null) return false;
  const { name, run } = value as Partial<Record<keyof ProgramThread, unknown>>;
  return typeof name === 'string' && typeof run === 'function';
}

function moduleError(file: string, message: string): ExploreError {
  return new ExploreError('PROGRAM_MODULE', `${file}: ${message}`, { file });
}
