import os from 'node:os';
import { Option, type Command } from '@commander-js/extra-typings';
import { timestamp } from '../clock.js';
import { readEnvironment } from '../report/environment.js';
import { worstExitCode } from '../report/findings.js';
import { keptFlights } from '../report/kept-flights.js';
import { Progress, PROGRESS_MODES } from '../report/progress.js';
import { buildStressReport } from '../report/stress-json.js';
import { stressProgressLine, stressText } from '../report/stress-text.js';
import { PERTURBATIONS } from '../stress/perturbation.js';
import { raceModes } from '../stress/race-modes.js';
import { V8_MODES, type V8Mode } from '../stress/v8-mode.js';
import { parseCount, parseIndex } from './explore-options.js';
import { Interrupt } from './interrupt.js';
import { OUT_OPTION, RunKeeper, STORE_OPTION } from './keep-run.js';
import { explainStress } from './stress-explain.js';
import { parseFor, parseWithout, replayOf, type StressFlags, stressPlan, v8Modes } from './stress-options.js';
import { stdoutPaint, type Terminal, writeJson } from './terminal.js';

/** To find out why something failed, unless told. */
const EXPLAIN_MS = 30_000;

export function addStressCommand(program: Command, terminal: Terminal): void {
  program
    .command('stress')
    .description(
      'race the two ends of a ring on real threads, with stores that come late and reads that are old',
    )
    .option('--for <duration>', 'as in 60s; 10s, unless told', parseFor)
    .option('--rounds <count>', 'until so many are done', parseCount)
    .option('--round <number>', 'this one again and again', parseIndex)
    .option('--without <names>', 'of that, leave out what a report says can be left out', parseWithout)
    .addOption(new Option('--seed <seed>', 'repeat a run: decimal, 0x... or a git hash').env('VRING_SEED'))
    .addOption(
      new Option('--layout <layout>', 'format of the ring')
        .choices(['split', 'packed', 'both'])
        .default('both' as const),
    )
    .addOption(
      new Option('--perturb <kind>', 'what is done to accesses')
        .choices([...PERTURBATIONS, 'all'])
        .default('all' as const),
    )
    .addOption(
      new Option('--wait <policy>', 'how an idle side waits; drawn, unless told').choices([
        'poll',
        'block',
        'adaptive',
      ]),
    )
    .option('--module <file>', 'a driver or a device of your own, against the other end of vring')
    .option('--long', 'one large ring for each pair and all of the time, instead of many small ones')
    .addOption(
      new Option('--v8 <mode>', 'how the engine carries out the code; but for as-is, in a process of its own')
        .choices([...V8_MODES, 'all'])
        .default('as-is' as const),
    )
    .option('--pairs <count>', 'of threads', parseCount, Math.max(1, os.availableParallelism() >> 1))
    .option('--explain <duration>', 'time to find out why it failed, as in 2m', parseFor, EXPLAIN_MS)
    .option('--no-explain', 'end with the failure')
    .option('--json', 'one JSON document on stdout')
    .addOption(
      new Option('--progress <when>', 'status line on stderr')
        .choices(PROGRESS_MODES)
        .default('auto' as const),
    )
    .option(...OUT_OPTION)
    .option(...STORE_OPTION)
    .option('-q, --quiet', 'the verdict and its reasons alone')
    .option('--no-color', 'no colours, as with NO_COLOR')
    .addHelpText('after', HELP)
    .action((flags) => stressCommand({ ...flags, explain: explainMs(flags.explain) }, terminal));
}

/** What the option of two names, one of them negative, comes to. */
function explainMs(flag: number | boolean): number | false {
  return flag === true ? EXPLAIN_MS : flag;
}

const HELP = `
Examples:
  $ vring stress --for 60s
  $ vring stress --seed 42 --rounds 200 --layout packed --perturb weak
  $ vring stress --v8 all --for 2m                the code interpreted, compiled and optimised
  $ vring stress --long --for 10m                 one large ring of each pair
  $ vring stress --module ./my-driver.mjs         a driver of your own: docs/STRESS.md
  $ vring stress --json --for 10s | jq '.outcomes[] | select(.grade != "acceptable")'

What fails is made smaller and explored, and shown as one execution: docs/STRESS.md.

Exit codes:
  0 pass   1 a thread died, a bug in vring   2 usage, a module that cannot be loaded
  20 wrong data or a violation   21 a lost notification or a stall   130 interrupted`;

async function stressCommand(flags: StressFlags, terminal: Terminal): Promise<void> {
  const plan = await stressPlan(flags);
  const keeper = new RunKeeper(flags, terminal);
  const modes = v8Modes(flags);
  const whole = { ...plan, rounds: plan.rounds === null ? null : plan.rounds * modes.length };
  const { stdout, stderr, env } = terminal;
  const command = {
    seed: plan.choices.seed,
    replay: (
      rounds: number,
      onlyRound: number | null,
      v8: V8Mode | null,
      without?: readonly string[],
    ): string => replayOf(flags, plan.choices.seed, rounds, { onlyRound, mode: v8, without }),
    startedAt: timestamp(),
    environment: readEnvironment(),
    isKept: keeper.keeps,
  };
  const progress = new Progress({
    stream: stderr,
    mode: flags.quiet === true ? 'never' : flags.progress,
    env,
  });
  let isRaced = false;
  const interrupt = new Interrupt(() => {
    progress.clear();
    stderr.write(
      `interrupted: ${isRaced ? 'reporting what is known' : 'ending after this round'}; once more to end at once\n`,
    );
  });
  try {
    const result = await raceModes(plan, modes, {
      signal: interrupt.signal,
      onProgress: (now) => progress.show(() => stressProgressLine(now, whole)),
    });
    isRaced = true;
    const explanation =
      flags.explain === false
        ? null
        : await explainStress(plan, result, flags.explain, progress, interrupt.signal);
    progress.clear();
    const report = buildStressReport(command, result, explanation);
    if (flags.json === true) writeJson(terminal, report);
    else stdout.write(stressText(report, stdoutPaint(terminal, flags.color), flags.quiet === true));
    const flights = keptFlights(report, result, explanation);
    const kept = keeper.keep({ document: { ...report }, histograms: [], series: [], flights });
    process.exitCode = worstExitCode([report.exitCode, kept]);
  } finally {
    progress.clear();
    interrupt.dispose();
  }
}
