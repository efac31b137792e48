import { fileURLToPath } from 'node:url';
import { existsSync } from 'node:fs';
import { type Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { nowMs } from '../clock.js';
import { ScenarioError } from '../errors.js';
import { every } from '../machine/ticker.js';
import { type Mutant, wordsOf, zooNumber } from '../mutants/mutant.js';
import { runZoo, type ZooOutcome } from '../mutants/run-zoo.js';
import { NOT_RECREATED, ZOO } from '../mutants/zoo.js';
import { buildMutantsReport } from '../report/mutants-json.js';
import {
  controlLine,
  mutantLine,
  mutantList,
  mutantsProgressLine,
  mutantsText,
} from '../report/mutants-text.js';
import { packageRoot } from '../report/package-info.js';
import { Progress, type ProgressMode, PROGRESS_MODES } from '../report/progress.js';
import { Interrupt } from './interrupt.js';
import { stdoutPaint, writeJson, type Terminal } from './terminal.js';

interface MutantsFlags {
  readonly only?: readonly string[];
  readonly list?: true;
  readonly jobs: number;
  readonly selfCheck: boolean;
  readonly json?: true;
  readonly progress: ProgressMode;
  readonly color: boolean;
}

/** More would take the machine from each other, and the threads of a run with them. */
const JOBS_MAX = 2;

export function addMutantsCommand(program: Command, terminal: Terminal): void {
  program
    .command('mutants')
    .description('make historic virtqueue bugs again, and see that a tool catches each')
    .option('--only <id...>', 'these alone, as in Z01; a number stands for all its variants')
    .option('--list', 'say what there is, and run nothing')
    .option('--jobs <count>', `how many at once, ${JOBS_MAX} at most`, parseJobs, 1)
    .option('--no-self-check', 'run what must repeat itself only once')
    .option('--json', 'one JSON document on stdout')
    .addOption(
      new Option('--progress <when>', 'status line on stderr; never: no lines either')
        .choices(PROGRESS_MODES)
        .default('auto' as const),
    )
    .option('--no-color', 'no colours, as with NO_COLOR')
    .addHelpText('after', HELP)
    .action((flags) => mutantsCommand(flags, terminal));
}

const HELP = `
Each mutant is a patch of vring's own code, in a copy of it, which vring's own tools are let loose on.

Examples:
  $ vring mutants --list
  $ vring mutants --only Z01 Z49
  $ vring mutants --jobs 2 --json | jq '.mutants[] | select(.as_expected | not)'

Exit codes:
  0 each is caught by what must catch it, and by nothing else   20 one is not
  1 a tool did not repeat itself, or a patch is stale   130 interrupted`;

async function mutantsCommand(flags: MutantsFlags, terminal: Terminal): Promise<void> {
  const mutants = selected(flags.only);
  const notRecreated = flags.only === undefined ? NOT_RECREATED : [];
  if (flags.list === true) {
    list(mutants, flags.json === true, terminal);
    return;
  }
  if (!existsSync(new URL('dist/src/cli/main.js', packageRoot())))
    throw new ScenarioError('NOT_BUILT', 'there is no compiled code to make mutants of: run `npm run build`');
  const { outcome, isInterrupted } = await runShown(mutants, flags, terminal);
  const report = buildMutantsReport(outcome, notRecreated, isInterrupted);
  process.exitCode = report.exitCode;
  if (flags.json === true) writeJson(terminal, report);
  else terminal.stdout.write(mutantsText(report, stdoutPaint(terminal, flags.color)));
}

/** From one look at the status line to the next. */
const LOOK_MS = 500;

/** Runs them, with a line on stderr for each that is done, and one that says what runs now. */
async function runShown(
  mutants: readonly Mutant[],
  { jobs, selfCheck, progress: mode }: MutantsFlags,
  { stderr, env }: Terminal,
): Promise<{ readonly outcome: ZooOutcome; readonly isInterrupted: boolean }> {
  const status = new Progress({ stream: stderr, mode, env });
  const say = (line: string): void => {
    status.clear();
    if (mode !== 'never') stderr.write(`${line}\n`);
  };
  const interrupt = new Interrupt(() => {
    status.clear();
    stderr.write('interrupted: ending\n');
  });
  const { signal } = interrupt;
  let stopLooking = (): void => undefined;
  try {
    say('control: the code as it is, and a canary');
    const outcome = await runZoo({
      source: fileURLToPath(packageRoot()),
      mutants,
      jobs,
      selfCheck,
      signal,
      hooks: {
        onStart: (progress) => {
          stopLooking = every(LOOK_MS, () => status.show(() => mutantsProgressLine(progress, nowMs())));
        },
        onControl: (report) => say(controlLine(report)),
        onMutant: (report) => say(mutantLine(report)),
      },
    });
    return { outcome, isInterrupted: signal.aborted };
  } finally {
    stopLooking();
    status.clear();
    interrupt.dispose();
  }
}

function list(mutants: readonly Mutant[], json: boolean, terminal: Terminal): void {
  if (!json) {
    terminal.stdout.write(mutantList(mutants, NOT_RECREATED));
    return;
  }
  const described = mutants.map(({ id, title, origin, side, layout, needs, note = null, lanes }) => {
    const commands = lanes.map((one) => {
      const { lane, expected, seed = null } = one;
      return { lane, command: ['node', ...wordsOf(one)].join(' '), seed, expected };
    });
    return { id, title, origin, side, layout, needs, note, lanes: commands };
  });
  writeJson(terminal, {
    schemaVersion: 1,
    command: 'mutants',
    exitCode: 0,
    mutants: described,
    not_recreated: NOT_RECREATED,
  });
}

function selected(only: readonly string[] | undefined): readonly Mutant[] {
  if (only === undefined) return ZOO;
  const unknown = only.find((id) => !ZOO.some((mutant) => isMeant(mutant, id)));
  if (unknown !== undefined) {
    const reason = NOT_RECREATED.find(({ id }) => id === unknown)?.reason;
    const why = reason === undefined ? 'see `vring mutants --list`' : `it is not made again: ${reason}`;
    throw new ScenarioError('USAGE', `there is no mutant '${unknown}': ${why}`);
  }
  return ZOO.filter((mutant) => only.some((id) => isMeant(mutant, id)));
}

function isMeant({ id }: Mutant, wanted: string): boolean {
  return id === wanted || zooNumber(id) === wanted;
}

function parseJobs(text: string): number {
  const jobs = Number(text);
  if (Number.isInteger(jobs) && jobs >= 1 && jobs <= JOBS_MAX) return jobs;
  throw new InvalidArgumentError(`it is 1 or ${JOBS_MAX}.`);
}
