import { PassThrough } from 'node:stream';
import type { Terminal } from '../../../src/cli/terminal.js';

export interface MemoryTerminal extends Terminal {
  readonly out: () => string;
  readonly err: () => string;
}

/** A terminal that nobody looks at, and what was written there since the last look. */
export function memoryTerminal(env: NodeJS.ProcessEnv = {}): MemoryTerminal {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  return {
    stdout,
    stderr,
    env,
    out: () => String(stdout.read() ?? ''),
    err: () => String(stderr.read() ?? ''),
  };
}
