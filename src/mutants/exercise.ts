import process from 'node:process';
import { assert } from '../assert.js';
import { LivenessError, VringError } from '../errors.js';
import { ExitCode } from '../exit-code.js';
import { EXERCISES } from './exercises/catalogue.js';

// The entry of an exercise: node exercise.js NAME. One JSON document on stdout, with what was found.

const exercise = EXERCISES[process.argv[2] ?? ''];

/** What the exercise has thrown, in a line. */
function attempt(): { readonly finding: string | null; readonly exitCode: number } {
  assert(exercise !== undefined, 'there is no exercise of that name');
  try {
    exercise();
    return { finding: null, exitCode: ExitCode.pass };
  } catch (error) {
    const exitCode = error instanceof LivenessError ? ExitCode.liveness : ExitCode.safety;
    if (error instanceof VringError) return { finding: `${error.code}: ${error.message}`, exitCode };
    return { finding: String(error), exitCode };
  }
}

const { finding, exitCode } = attempt();
process.stdout.write(`${JSON.stringify({ finding })}\n`);
process.exitCode = exitCode;
