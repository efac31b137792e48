import { painterFor, type Paint } from '../report/paint.js';
import type { ProgressStream } from '../report/progress.js';

/** What a command talks to: results go to `stdout`, everything else to `stderr`. */
export interface Terminal {
  readonly stdout: ProgressStream;
  readonly stderr: ProgressStream;
  readonly env: NodeJS.ProcessEnv;
}

export function processTerminal(): Terminal {
  for (const stream of [process.stdout, process.stderr]) surviveBrokenPipe(stream);
  return { stdout: process.stdout, stderr: process.stderr, env: process.env };
}

/** The one way a JSON document leaves: indented, a newline at the end, never coloured. */
export function writeJson(terminal: Terminal, document: unknown): void {
  terminal.stdout.write(jsonText(document));
}

export function jsonText(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** `color` is false where the user said `--no-color`. */
export function stdoutPaint({ stdout, env }: Terminal, color: boolean): Paint {
  return painterFor(stdout, color ? env : { ...env, NO_COLOR: '1' });
}

function surviveBrokenPipe(stream: NodeJS.WritableStream): void {
  if (!stream.listeners('error').includes(ignoreBrokenPipe)) stream.on('error', ignoreBrokenPipe);
}

/**
 * A reader that has seen enough (`vring list | head -1`) is no failure: the exit code stays that of the run.
 */
function ignoreBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
