import { fileURLToPath } from 'node:url';
import { existsSync } from 'node:fs';
import { type Command, InvalidArgumentError } from '@commander-js/extra-typings';
import { ScenarioError } from '../errors.js';
import { type Mutant, zooNumber } from '../mutants/mutant.js';
import { runZoo } from '../mutants/run-zoo.js';
import { NOT_RECREATED, ZOO } from '../mutants/zoo.js';
import { buildMutantsReport } from '../report/mutants-json.js';
import { mutantLine, mutantList, mutantsText } from '../report/mutants-text.js';
import { packageRoot } from '../report/package-info.js';
import { Interrupt } from './interrupt.js';
import { stdoutPaint, writeJson, type Terminal } from './terminal.js';

interface MutantsFlags {
  readonly only?: readonly string[];
  readonly list?: true;
  readonly jobs: number;
  readonly json?: true;
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
    .option('--json', 'one JSON document on stdout')
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
  0 each is caught by what must catch it, and by nothing else   20 one is not   130 interrupted`;

async function mutantsCommand(flags: MutantsFlags, terminal: Terminal): Promise<void> {
  const mutants = selected(flags.only);
  const notRecreated = flags.only === undefined ? NOT_RECREATED : [];
  if (flags.list === true) {
    list(mutants, flags.json === true, terminal);
    return;
  }
  const { stdout, stderr } = terminal;
  const source = fileURLToPath(packageRoot());
  if (!existsSync(new URL('dist/src/cli/main.js', packageRoot())))
    throw new ScenarioError('NOT_BUILT', 'there is no compiled code to make mutants of: run `npm run build`');
  const interrupt = new Interrupt(() => stderr.write('interrupted: ending\n'));
  const { signal } = interrupt;
  try {
    stderr.write('control: the code as it is, and a canary\n');
    const onMutant = (report: Parameters<typeof mutantLine>[0]): void =>
      void stderr.write(`${mutantLine(report)}\n`);
    const outcome = await runZoo({ source, mutants, jobs: flags.jobs, signal, onMutant });
    const report = buildMutantsReport(outcome, notRecreated, signal.aborted);
    process.exitCode = report.exitCode;
    if (flags.json === true) writeJson(terminal, report);
    else stdout.write(mutantsText(report, stdoutPaint(terminal, flags.color)));
  } finally {
    interrupt.dispose();
  }
}

function list(mutants: readonly Mutant[], json: boolean, terminal: Terminal): void {
  if (!json) {
    terminal.stdout.write(mutantList(mutants, NOT_RECREATED));
    return;
  }
  const described = mutants.map(({ id, title, origin, side, layout, needs, note = null, lanes }) => {
    const commands = lanes.map(({ lane, words, expected }) => {
      return { lane, command: ['node', ...words].join(' '), expected };
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
