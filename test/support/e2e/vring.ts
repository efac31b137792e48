import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunReport } from '../../../src/report/run-json.js';

export const ROOT: string = fileURLToPath(new URL('../../..', import.meta.url));
const REPLACE_WORKER = new URL('replace-worker.js', import.meta.url);

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The real program, started as a user would. */
export class Vring {
  private readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  stderr = '';

  /** `root`: another copy of the package, where it is not this one that is meant. */
  constructor(args: readonly string[], cwd: string = ROOT, env: NodeJS.ProcessEnv = {}, root: string = ROOT) {
    const child = spawn(process.execPath, [join(root, 'bin', 'vring.js'), ...args], {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.finished = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, stdout, stderr: this.stderr }));
    });
  }

  /** Settles when standard error matches; never, if it never does. */
  async saysOnStderr(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.stderr)) {
      await new Promise((resolve) => this.child.stderr?.once('data', resolve));
    }
  }

  /** Throws when it never started. */
  get pid(): number {
    const { pid } = this.child;
    if (pid === undefined) throw new Error('it never started');
    return pid;
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }
}

export function vring(args: readonly string[], cwd?: string, env?: NodeJS.ProcessEnv): Promise<Finished> {
  return new Vring(args, cwd, env).finished;
}

/** What makes the program start `replacement` where it would start that worker. */
export function withWorker(worker: string, replacement: URL): NodeJS.ProcessEnv {
  return {
    NODE_OPTIONS: `--import=${REPLACE_WORKER.href}`,
    VRING_REPLACED_WORKER: worker,
    VRING_WORKER: replacement.href,
  };
}

/** Runs with `--json` and returns the document beside the exit code. */
export async function runJson(
  args: readonly string[],
  root?: string,
): Promise<{ code: number | null; report: RunReport }> {
  const { code, stdout, stderr } = await new Vring(['run', ...args, '--json'], ROOT, {}, root).finished;
  if (stdout === '') throw new Error(`no report; exit code ${code}, standard error:\n${stderr}`);
  return { code, report: JSON.parse(stdout) as RunReport };
}

/** `--set` for each entry. */
export function sets(values: Readonly<Record<string, string | number | boolean>>): string[] {
  return Object.entries(values).flatMap(([path, value]) => ['--set', `${path}=${value}`]);
}

/** A directory of its own for a test file, removed at the end. */
export class Scratch {
  readonly directory: string = mkdtempSync(join(tmpdir(), 'vring-'));

  path(name: string): string {
    return join(this.directory, name);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
