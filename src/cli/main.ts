import { Command } from '@commander-js/extra-typings';
import { packageInfo } from '../report/package-info.js';
import { addBenchCommand } from './bench-command.js';
import { addCompareCommand } from './compare-command.js';
import { addDoctorCommand } from './doctor-command.js';
import { addExploreCommand } from './explore-command.js';
import { reportFailure } from './failure.js';
import { addListCommand } from './list-command.js';
import { addMutantsCommand } from './mutants-command.js';
import { addReplayCommand } from './replay.js';
import { addReportCommand } from './report-command.js';
import { addRunCommand } from './run-command.js';
import { addSchemaCommand } from './schema-command.js';
import { addStressCommand } from './stress-command.js';
import { processTerminal, type Terminal } from './terminal.js';

/** The command line. Sets `process.exitCode` and returns: whatever is still to be written gets written. */
export async function main(argv: readonly string[], terminal: Terminal = processTerminal()): Promise<void> {
  try {
    await buildProgram(terminal).parseAsync(argv);
  } catch (error) {
    process.exitCode = reportFailure(error, terminal);
  }
}

function buildProgram(terminal: Terminal): Command {
  const program = new Command('vring')
    .description('A virtio driver and a virtio device on two threads over one shared memory.')
    .version(packageInfo().version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
    })
    .showHelpAfterError('(add --help for usage)')
    .addHelpText('after', HELP);
  addRunCommand(program, terminal);
  addExploreCommand(program, terminal);
  addReplayCommand(program, terminal);
  addStressCommand(program, terminal);
  addBenchCommand(program, terminal);
  addReportCommand(program, terminal);
  addCompareCommand(program, terminal);
  addMutantsCommand(program, terminal);
  addListCommand(program, terminal);
  addSchemaCommand(program, terminal);
  addDoctorCommand(program, terminal);
  return program;
}

const HELP = `
Examples:
  $ vring run quickstart              run a shipped scenario
  $ vring run my.yaml --json          the same as one JSON document, for scripts
  $ vring explore split --buffers 2   every execution of the ring, under five memory models
  $ vring mutants --only Z01          a historic bug, made again and caught
  $ vring stress --for 60s            both ends on real threads, with stores that come late
  $ vring list                        the shipped scenarios
  $ vring report latest               the last run once more; also as hgrm, markdown, json
  $ vring doctor                      is this machine fit for measuring?

Exit codes:
  0 pass   1 bug in vring   2 usage or scenario error   4 nothing to do   5 not everything was explored
  10 threshold breached   11 slower than before
  20 safety: wrong data or a protocol violation   21 liveness: a stall or a lost wakeup   22 a replay diverged
  130 interrupted`;
