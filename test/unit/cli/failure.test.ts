import { CommanderError } from '@commander-js/extra-typings';
import { describe, expect, it } from 'vitest';
import { reportFailure } from '../../../src/cli/failure.js';
import { InvariantError, LivenessError, ScenarioError } from '../../../src/errors.js';
import { ExitCode } from '../../../src/exit-code.js';
import { memoryTerminal } from './memory-terminal.js';

function reported(error: unknown): { exitCode: ExitCode; err: string; out: string } {
  const terminal = memoryTerminal();
  const exitCode = reportFailure(error, terminal);
  return { exitCode, err: terminal.err(), out: terminal.out() };
}

describe('reportFailure', () => {
  it('gives a mistake of the user in one line', () => {
    const position = { file: 'a.yaml', line: 3, column: 9 };
    expect(reported(new ScenarioError('CODE', 'no such key', {}, position))).toEqual({
      exitCode: ExitCode.usage,
      err: 'error: a.yaml:3:9: no such key\n',
      out: '',
    });
  });

  it('ends with the exit code that the error names', () => {
    expect(reported(new LivenessError('STALL', 'stalled')).exitCode).toBe(ExitCode.liveness);
  });

  it.each([new InvariantError('impossible'), new TypeError('impossible')])(
    'owns up to a bug of ours, with the stack: %s',
    (error) => {
      const { exitCode, err } = reported(error);
      expect(exitCode).toBe(ExitCode.internal);
      expect(err).toContain('impossible');
      expect(err).toContain('failure.test.ts');
      expect(err).toContain('This is a bug in vring');
    },
  );

  it('copes with something that is no error', () => {
    expect(reported('text')).toMatchObject({ exitCode: ExitCode.internal });
  });

  it('leaves the message to commander and makes its code ours', () => {
    expect(reported(new CommanderError(1, 'commander.unknownOption', 'x'))).toEqual({
      exitCode: ExitCode.usage,
      err: '',
      out: '',
    });
    expect(reported(new CommanderError(0, 'commander.version', 'x')).exitCode).toBe(ExitCode.pass);
  });
});
