import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { ScenarioError } from '../errors.js';
import { ExitCode } from '../exit-code.js';
import { RunStore } from '../runs/run-store.js';
import type { KeptRun } from '../runs/stored-run.js';
import { filesOf, makeDirectory, writeDirectory } from '../runs/write-run.js';
import type { Terminal } from './terminal.js';

export interface StoreFlags {
  readonly out?: string;
  /** False with `--no-store`. */
  readonly store: boolean;
  readonly quiet?: true;
}

export const STORE_OPTION = ['--no-store', 'do not keep this run'] as const;
export const OUT_OPTION = ['--out <dir>', 'keep this run in that directory, and not in .vring/runs'] as const;

const DEFAULT_STORE = path.join('.vring', 'runs');
/** What VRING_STORE says where nothing is to be kept. */
const OFF = 'off';

/** The store that commands read from. */
export function storeOf(env: NodeJS.ProcessEnv): RunStore {
  const { VRING_STORE: told = '' } = env;
  return new RunStore(told === '' || told === OFF ? DEFAULT_STORE : told);
}

/**
 * Keeps the run of a command that has ended. A place that the user named must take it: what is wrong with it is known
 * before anything runs. The default one need not, as in a directory that is read-only: then a warning is all.
 */
export class RunKeeper {
  private readonly terminal: Terminal;
  private readonly isQuiet: boolean;
  /** Writes a run, and returns where it is. Null: nothing is kept. */
  private readonly write: ((run: KeptRun) => string) | null;

  constructor(flags: StoreFlags, terminal: Terminal) {
    this.terminal = terminal;
    this.isQuiet = flags.quiet === true;
    this.write = this.prepare(flags);
  }

  /** False: what a command has is gone when it ends. */
  get keeps(): boolean {
    return this.write !== null;
  }

  /** What the command is to end with, were nothing else wrong. */
  keep(run: KeptRun): ExitCode {
    if (this.write === null) return ExitCode.pass;
    const { stderr } = this.terminal;
    try {
      const directory = this.write(run);
      if (!this.isQuiet) stderr.write(`kept in ${directory}\n`);
      return ExitCode.pass;
    } catch (error) {
      stderr.write(`error: the run could not be kept: ${reasonOf(error)}\n`);
      return ExitCode.usage;
    }
  }

  private prepare({ out, store: isWanted }: StoreFlags): ((run: KeptRun) => string) | null {
    if (out !== undefined) {
      if (!isWanted) throw new ScenarioError('USAGE', '--out and --no-store contradict each other');
      refuseUnwritable(path.dirname(path.resolve(out)));
      refuseFull(out);
      return (run) => {
        writeDirectory(out, filesOf(run));
        return out;
      };
    }
    const told = this.terminal.env['VRING_STORE'] ?? '';
    if (!isWanted || told === OFF) return null;
    const store = storeOf(this.terminal.env);
    try {
      refuseUnwritable(store.directory);
    } catch (error) {
      if (told !== '') throw error;
      this.terminal.stderr.write(`! this run is not kept: ${reasonOf(error)}\n`);
      return null;
    }
    return (run) => store.add(run);
  }
}

function refuseFull(directory: string): void {
  const stats = statSync(directory, { throwIfNoEntry: false });
  if (stats === undefined) return;
  if (stats.isDirectory() && readdirSync(directory).length === 0) return;
  const what = stats.isDirectory() ? 'a directory that is not empty' : 'a file';
  throw new ScenarioError('STORE_WRITE', `--out ${directory}: there is ${what} already`, { directory });
}

function refuseUnwritable(directory: string): void {
  try {
    makeDirectory(directory);
    accessSync(directory, constants.W_OK);
  } catch (error) {
    throw new ScenarioError('STORE_WRITE', `nothing can be kept in ${directory}: ${reasonOf(error)}`, {
      directory,
    });
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
