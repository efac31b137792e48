import { Option, type Command } from '@commander-js/extra-typings';
import { ScenarioError, VringError } from '../errors.js';
import { ExitCode } from '../exit-code.js';
import type { JobRecord } from '../machine/run-job.js';
import { worstExitCode } from '../report/findings.js';
import { planText } from '../report/plan-text.js';
import { Progress, PROGRESS_MODES, type ProgressMode } from '../report/progress.js';
import { runText } from '../report/run-text.js';
import { loadScenario } from '../scenario/load.js';
import type { ScenarioPlan } from '../scenario/plan.js';
import { parseSeed } from '../scenario/seed.js';
import { parseThreshold } from '../scenario/thresholds.js';
import { findScenario } from './find-scenario.js';
import { Interrupt } from './interrupt.js';
import { OUT_OPTION, RunKeeper, STORE_OPTION, type StoreFlags } from './keep-run.js';
import { parseRecordingChoice, RECORD_HELP } from './recording-choice.js';
import { replayCommand, type RunChoices } from './replay-command.js';
import { stdoutPaint, writeJson, type Terminal } from './terminal.js';

interface RunOptions extends StoreFlags {
  readonly json?: true;
  readonly seed?: string;
  readonly set?: readonly string[];
  readonly only?: readonly string[];
  readonly threshold?: readonly string[];
  readonly progress: ProgressMode;
  readonly color: boolean;
  readonly dryRun?: true;
  readonly keepGoing?: true;
  readonly explainDma?: true;
  readonly check?: true;
  readonly record?: string;
}

export function addRunCommand(program: Command, terminal: Terminal): void {
  program
    .command('run')
    .description('run workloads: throughput, latency, verified data')
    .argument('<scenario...>', 'a scenario file, or the name of a shipped one')
    .option('--json', 'one JSON document on stdout')
    .addOption(new Option('--seed <seed>', 'repeat a run: decimal, 0x... or a git hash').env('VRING_SEED'))
    .option('--set <path=value>', 'change the scenario, as in queue.size=64; repeatable', collect)
    .option('--only <job>', 'run this job alone; repeatable', collect)
    .option('--threshold <expr>', "add a threshold, as in 'p99 < 250us'; repeatable", collect)
    .addOption(
      new Option('--progress <when>', 'status line on stderr')
        .choices(PROGRESS_MODES)
        .default('auto' as const),
    )
    .option('--keep-going', 'run the remaining jobs although one broke down or stalled')
    .option(...OUT_OPTION)
    .option(...STORE_OPTION)
    .option('--explain-dma', 'print the way of one request of each job through the DMA code, as a tree')
    .option('--check', 'check all that both sides of each ring do, while they do it (slower)')
    .option('--record <which>', RECORD_HELP)
    .option('-q, --quiet', 'the verdict and its reasons alone')
    .option('--no-color', 'no colours, as with NO_COLOR')
    .option('--dry-run', 'print the resolved plan and run nothing')
    .addHelpText('after', HELP)
    .action((scenarios, options) => runCommand(scenarios, options, terminal));
}

const HELP = `
Examples:
  $ vring run quickstart
  $ vring run my.yaml --seed 42 --only randread
  $ vring run my.yaml --set queue.size=64 --threshold 'p99 < 250us'
  $ vring run my.yaml --json | jq '.jobs[].latency_ns.p99'`;

async function runCommand(
  scenarios: readonly string[],
  options: RunOptions,
  terminal: Terminal,
): Promise<void> {
  if (options.json === true && scenarios.length > 1) {
    throw new ScenarioError('USAGE', '--json prints one document: give it one scenario at a time');
  }
  if (options.out !== undefined && scenarios.length > 1)
    throw new ScenarioError('USAGE', '--out keeps one run: give it one scenario at a time');
  // All of them first: a mistake in the last one must not be found after an hour of the others.
  const runs = scenarios.map((scenario) => ({ scenario, plan: planFor(scenario, options) }));
  if (options.dryRun === true) {
    for (const { plan } of runs) printPlan(plan, options, terminal);
    return;
  }
  if (options.record !== undefined) parseRecordingChoice(options.record);
  const keeper = new RunKeeper(options, terminal);
  if (options.record !== undefined && !keeper.keeps)
    throw new ScenarioError(
      'USAGE',
      '--record: a recording is kept with its run, and this one is not to be kept',
    );
  const { stderr, env } = terminal;
  const progress = new Progress({ stream: stderr, mode: options.quiet ? 'never' : options.progress, env });
  const interrupt = new Interrupt(() => {
    progress.clear();
    stderr.write('interrupted: ending in good order; once more to end at once\n');
  });
  const exitCodes: ExitCode[] = [];
  try {
    for (const { scenario, plan } of runs) {
      if (interrupt.signal.aborted) break;
      if (exitCodes.length > 0) terminal.stdout.write('\n');
      exitCodes.push(
        await runOne(scenario, plan, { options, terminal, keeper, progress, signal: interrupt.signal }),
      );
    }
  } finally {
    progress.clear();
    interrupt.dispose();
  }
  process.exitCode = worstExitCode(exitCodes);
}

interface RunContext {
  readonly options: RunOptions;
  readonly terminal: Terminal;
  readonly keeper: RunKeeper;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

async function runOne(scenario: string, plan: ScenarioPlan, context: RunContext): Promise<ExitCode> {
  const { options, terminal, keeper, progress, signal } = context;
  const records: JobRecord[] = [];
  // With a single job there is nothing to go on with.
  const keepsGoing = options.keepGoing === true && plan.jobs.length > 1;
  const replay = replayCommand(scenario, plan.seed, { ...choicesOf(options), keepsGoing });
  // Loaded only now: a typo in a scenario should not wait for the whole machine.
  const { runScenario } = await import('./run-scenario.js');
  const report = await runScenario(plan, {
    replay,
    signal,
    keepGoing: options.keepGoing === true,
    onProgress: (now) => progress.update(now),
    onRecord: (record) => records.push(record),
    explainsDma: options.explainDma === true,
    checked: options.check === true,
    recording: options.record === undefined ? null : parseRecordingChoice(options.record),
  });
  progress.clear();
  if (options.json === true) writeJson(terminal, report);
  else {
    const series = records.map((record) => record.series);
    const quiet = options.quiet === true;
    terminal.stdout.write(runText(report, stdoutPaint(terminal, options.color), { quiet, series }));
  }
  const kept = keeper.keep({
    document: { ...report },
    histograms: records.map(({ job, latency }) => ({ job, latency })),
    series: records.map(({ series }) => series),
    recordings: records.flatMap(({ recording }) => recording ?? []),
  });
  return worstExitCode([report.exitCode, kept]);
}

function planFor(scenario: string, options: RunOptions): ScenarioPlan {
  const { sets, only, thresholds } = choicesOf(options);
  const extra = thresholds.map(parseThreshold);
  const plan = loadScenario(findScenario(scenario), {
    sets,
    ...(options.seed === undefined ? {} : { seed: parseSeed(options.seed) }),
    ...(only.length === 0 ? {} : { only }),
  });
  if (plan.jobs.length === 0) {
    throw new VringError('NOTHING_SELECTED', `${plan.file}: no job is left to run`, ExitCode.nothingSelected);
  }
  return { ...plan, thresholds: [...plan.thresholds, ...extra] };
}

function choicesOf({
  set = [],
  only = [],
  threshold = [],
  check,
  record,
}: RunOptions): Omit<RunChoices, 'keepsGoing'> {
  return { sets: set, only, thresholds: threshold, checked: check === true, recorded: record ?? null };
}

function printPlan(plan: ScenarioPlan, options: RunOptions, terminal: Terminal): void {
  if (options.json === true) writeJson(terminal, plan);
  else terminal.stdout.write(planText(plan, stdoutPaint(terminal, options.color)));
}

function collect(value: string, previous: readonly string[] = []): string[] {
  return [...previous, value];
}
