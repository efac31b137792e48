import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ExploreError } from '../errors.js';
import type { Program } from '../program.js';
import type { ProgramSpec } from '../program-spec.js';
import { ringProgram, type RingProgramOptions } from './ring.js';

const RING_DEFAULTS: Omit<RingProgramOptions, 'layout'> = {
  buffers: 1,
  size: 2,
  eventIdx: false,
  indirect: false,
  inOrder: false,
  batch: 1,
  startIndex: 0,
};

/** The program of a spec: one that comes with vring, or what a module makes of the options. */
export async function loadProgram({ program, options }: ProgramSpec): Promise<Program> {
  const { weaken: _, ...own } = options;
  if (program === 'split' || program === 'packed')
    return ringProgram({ layout: program, ...ringOptions(own) });
  if (!/[/\\]/.test(program)) {
    throw new ExploreError('EXPLORE_PROGRAM', `there is no program "${program}": give the path of a module`);
  }
  const module = await importModule(program);
  if (typeof module.default === 'function') return (module.default as (given: unknown) => Program)(own);
  throw new ExploreError('EXPLORE_PROGRAM', `${program} has no function as its default export`);
}

async function importModule(path: string): Promise<{ default?: unknown }> {
  try {
    return (await import(pathToFileURL(resolve(path)).href)) as { default?: unknown };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ExploreError('EXPLORE_PROGRAM', `${path} cannot be loaded: ${reason}`);
  }
}

function ringOptions(given: Readonly<Record<string, unknown>>): Omit<RingProgramOptions, 'layout'> {
  for (const [name, value] of Object.entries(given)) {
    const usual = (RING_DEFAULTS as Readonly<Record<string, unknown>>)[name];
    if (usual !== undefined && typeof usual === typeof value) continue;
    throw new ExploreError('EXPLORE_OPTION', `a ring has no option ${name}=${JSON.stringify(value)}`);
  }
  return { ...RING_DEFAULTS, ...given };
}
