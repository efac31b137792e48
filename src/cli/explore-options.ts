import { InvalidArgumentError } from '@commander-js/extra-typings';
import { freshSeed } from '../clock.js';
import { ExploreError } from '../explore/errors.js';
import type { ProfileName } from '../explore/models/model.js';
import { PROFILES } from '../explore/models/profiles.js';
import type { ProgramOptions } from '../explore/programs/catalogue.js';
import { parseSeed } from '../scenario/seed.js';
import { didYouMean } from '../scenario/suggest.js';
import { isRefusal, readCount } from '../scenario/units.js';
import type { RandomChoices } from './explore-profiles.js';

/** What the command line says about the program, as commander hands it over. */
export interface ProgramFlags {
  readonly buffers?: number;
  readonly ringSize?: number;
  /** False with `--no-event-idx`. */
  readonly eventIdx: boolean;
  readonly indirect?: true;
  readonly inOrder?: true;
  readonly batch?: number;
  readonly startIndex?: number;
  readonly module?: string;
  readonly set?: readonly string[];
}

/** Those that were given; what a program does not know, it refuses. */
export function programOptions(flags: ProgramFlags): ProgramOptions {
  const { buffers, ringSize, eventIdx, indirect, inOrder, batch, startIndex, module, set = [] } = flags;
  const given = {
    buffers,
    ringSize,
    indirect,
    inOrder,
    batch,
    startIndex,
    module,
    eventIdx: eventIdx ? undefined : false,
  };
  const known = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries([...known, ...set.map(parseSetting)]) as ProgramOptions;
}

/** Those same, as one types them. */
export function programWords(flags: ProgramFlags): string[] {
  const { buffers, ringSize, eventIdx, indirect, inOrder, batch, startIndex, module, set = [] } = flags;
  const numbers = { buffers, 'ring-size': ringSize, batch, 'start-index': startIndex };
  const words = Object.entries(numbers).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, String(value)],
  );
  if (module !== undefined) words.push('--module', module);
  if (!eventIdx) words.push('--no-event-idx');
  if (indirect === true) words.push('--indirect');
  if (inOrder === true) words.push('--in-order');
  return [...words, ...set.flatMap((text) => ['--set', text])];
}

function parseSetting(text: string): [string, string | number | boolean] {
  const at = text.indexOf('=');
  if (at < 1) throw new ExploreError('USAGE', `--set takes name=value, not \`${text}\``);
  const value = text.slice(at + 1);
  if (value === 'true' || value === 'false') return [text.slice(0, at), value === 'true'];
  return [text.slice(0, at), value.trim() === '' || Number.isNaN(Number(value)) ? value : Number(value)];
}

/** What the command line says about executions at random. */
export interface RandomFlags {
  readonly random?: number;
  readonly seed?: string;
  readonly swarm?: true;
  readonly limit?: number;
}

/** Null without `--random`. `seed` is one that the environment names. */
export function randomChoices(flags: RandomFlags, seed: string | undefined): RandomChoices | null {
  const { random: runs, swarm = false, limit } = flags;
  if (runs === undefined) {
    const lonely = flags.seed !== undefined ? '--seed' : swarm ? '--swarm' : null;
    if (lonely !== null) throw new ExploreError('USAGE', `${lonely} is for --random`);
    return null;
  }
  if (limit !== undefined)
    throw new ExploreError('USAGE', '--limit is not for --random, which takes the number');
  const given = flags.seed ?? seed;
  return { runs, seed: given === undefined ? freshSeed() : parseSeed(given), isSwarm: swarm };
}

/** Those same, as one types them, with the seed that was drawn. */
export function randomWords(random: RandomChoices | null): string[] {
  if (random === null) return [];
  const words = ['--random', String(random.runs), '--seed', String(random.seed)];
  return random.isSwarm ? [...words, '--swarm'] : words;
}

/** `sc,tso`. */
export function parseProfiles(text: string): ProfileName[] {
  return [...new Set(text.split(','))].map((name) => {
    const found = PROFILES.find((profile) => profile === name);
    if (found !== undefined) return found;
    const hint = didYouMean(name, PROFILES) ?? `it is one of ${PROFILES.join(', ')}`;
    throw new InvalidArgumentError(`there is no profile '${name}': ${hint}`);
  });
}

/** As in scenarios: `1000`, `200k`, `1M`; not 0. */
export function parseCount(text: string): number {
  const read = readCount(text);
  if (!isRefusal(read) && read.value > 0) return read.value;
  const hint = isRefusal(read) && read.hint !== undefined ? `: ${read.hint}` : ', such as 1000, 200k or 1M.';
  throw new InvalidArgumentError(`it is not a whole number above 0${hint}`);
}

export function parseIndex(text: string): number {
  return text === '0' ? 0 : parseCount(text);
}
