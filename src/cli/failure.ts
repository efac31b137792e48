import { CommanderError } from '@commander-js/extra-typings';
import { VringError } from '../errors.js';
import { ExitCode } from '../exit-code.js';
import type { Terminal } from './terminal.js';

const OUR_BUG = 'This is a bug in vring. Please report it, with the command line and all of the above.';

/** Says what went wrong, and returns what the process should end with. */
export function reportFailure(error: unknown, { stderr }: Terminal): ExitCode {
  if (error instanceof CommanderError) {
    // Commander has already written its message. Help and version asked for are not errors.
    return error.exitCode === 0 ? ExitCode.pass : ExitCode.usage;
  }
  if (error instanceof VringError) {
    stderr.write(`error: ${error.message}\n`);
    if (error.exitCode === ExitCode.internal) stderr.write(`${error.stack ?? ''}\n${OUR_BUG}\n`);
    return error.exitCode;
  }
  const stack = error instanceof Error ? error.stack : undefined;
  stderr.write(`error: ${stack ?? String(error)}\n${OUR_BUG}\n`);
  return ExitCode.internal;
}
