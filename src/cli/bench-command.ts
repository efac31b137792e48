import { type Command, Option } from '@commander-js/extra-typings';
import type { BenchResult, ExploreResult } from '../bench/bench-result.js';
import { appendHistory } from '../bench/history.js';
import { type BenchOptions, EXPLORE_CASES, runExploreBench } from '../bench/explore-bench.js';
import { measureRings } from '../bench/ring/measure-rings.js';
import { RING_BENCHES, RING_SUITES, type RingBenchName } from '../bench/ring/ring-suites.js';
import { timestamp } from '../clock.js';
import { ScenarioError } from '../errors.js';
import { ExitCode } from '../exit-code.js';
import { ExploreError } from '../explore/errors.js';
import { WorkerPool } from '../explore/worker-pool.js';
import type { BenchReport } from '../report/bench-json.js';
import { benchText, resultLine } from '../report/bench-text.js';
import { readEnvironment } from '../report/environment.js';
import { worstExitCode } from '../report/findings.js';
import {
  collectName,
  type CommonBenchFlags,
  REPETITIONS,
  ringChoices,
  type RingFlags,
} from './bench-options.js';
import { parseCount } from './explore-options.js';
import { Interrupt } from './interrupt.js';
import { OUT_OPTION, RunKeeper, STORE_OPTION } from './keep-run.js';
import { stdoutPaint, type Terminal, writeJson } from './terminal.js';

export function addBenchCommand(program: Command, terminal: Terminal): void {
  const bench = program.command('bench').description('measure vring itself');
  for (const name of RING_BENCHES) addRingBench(bench, name, terminal);
  bench
    .command('explore')
    .description('graphs per second of the explorer')
    .option(
      '--only <name>',
      `one of ${EXPLORE_CASES.map((one) => one.name).join(', ')}; repeatable`,
      collectName,
    )
    .option('--repetitions <count>', 'measurements, after one that warms up', parseCount, REPETITIONS)
    .option('--json', 'one JSON document on stdout')
    .option(...OUT_OPTION)
    .option(...STORE_OPTION)
    .option('--history <file>', 'append each result to this file, for `vring compare`')
    .option('--no-color', 'no colours, as with NO_COLOR')
    .action((flags) => benchExplore(flags, terminal));
}

function addRingBench(bench: Command, name: RingBenchName, terminal: Terminal): void {
  bench
    .command(name)
    .description(RING_SUITES[name].title)
    .addOption(new Option('--layout <layout>', 'format of the ring').choices(['split', 'packed']))
    .addOption(
      new Option('--wait <policy>', 'an idle side spins, sleeps, or does one after the other').choices(WAITS),
    )
    .option('--spin-us <us>', 'how long `adaptive` spins before it sleeps', parseCount)
    .option('--batch <count>', 'buffers that become visible together', parseCount)
    .option('--ring-size <entries>', 'entries of the ring', parseCount)
    .option('--buffers <count>', 'buffers in each repetition', parseCount)
    .option('--queues <count>', 'for `queues`: from one up to so many', parseCount)
    .option('--no-event-idx', 'without VIRTIO_F_EVENT_IDX')
    .option('--indirect', 'every buffer in an indirect table')
    .option('--in-order', 'with VIRTIO_F_IN_ORDER')
    .option('--repetitions <count>', 'measurements, after some that warm up', parseCount, REPETITIONS)
    .option('--json', 'one JSON document on stdout')
    .option(...OUT_OPTION)
    .option(...STORE_OPTION)
    .option('--history <file>', 'append each result to this file, for `vring compare`')
    .option('--no-color', 'no colours, as with NO_COLOR')
    .action((flags) => benchRing(name, flags, terminal));
}

const WAITS = ['poll', 'block', 'adaptive'] as const;

async function benchRing(name: RingBenchName, flags: RingFlags, terminal: Terminal): Promise<void> {
  if (flags.queues !== undefined && name !== 'queues')
    throw new ScenarioError('USAGE', `--queues is for \`bench queues\`, not for \`bench ${name}\``);
  const plans = RING_SUITES[name].plans(ringChoices(flags));
  const { repetitions } = flags;
  await runBench(name, flags, terminal, async (signal, { add, say }) => {
    const onRound = (round: number): void => say(`bench ${name}: ${round} of ${repetitions} repetitions`);
    const results = await measureRings(plans, { repetitions, signal, onRound });
    results.forEach(add);
  });
}

async function benchExplore(
  flags: CommonBenchFlags & { readonly only?: readonly string[] },
  terminal: Terminal,
): Promise<void> {
  const cases = selectCases(flags.only);
  const newPool: BenchOptions['newPool'] = (workers) => new WorkerPool(workers);
  await runBench('explore', flags, terminal, async (signal, { add, say }) => {
    const onResult = (result: ExploreResult): void => {
      add(result);
      say(resultLine(result));
    };
    await runExploreBench(cases, { repetitions: flags.repetitions, signal, newPool, onResult });
  });
}

/** What a bench tells while it measures. */
interface Listener {
  /** A result, for the report. */
  readonly add: (result: BenchResult) => void;
  /** How far it is, for whoever waits. */
  readonly say: (text: string) => void;
}

/** Measures, and reports what there is at the end, also of a bench that was interrupted. */
async function runBench(
  what: string,
  flags: CommonBenchFlags,
  terminal: Terminal,
  measure: (signal: AbortSignal, listener: Listener) => Promise<void>,
): Promise<void> {
  const { stdout, stderr } = terminal;
  const startedAt = timestamp();
  // Before the first measurement: the load average should be that of the others.
  const environment = readEnvironment();
  const keeper = new RunKeeper(flags, terminal);
  // What cannot be written is to be known before anything is measured.
  if (flags.history !== undefined)
    appendHistory(flags.history, { started_at: startedAt, environment, results: [] });
  const results: BenchResult[] = [];
  const interrupt = new Interrupt(() => stderr.write('interrupted: ending after this measurement\n'));
  try {
    stderr.write(`bench ${what}: measuring\n`);
    await measure(interrupt.signal, {
      add: (result) => results.push(result),
      say: (text) => stderr.write(`${text}\n`),
    });
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
  } finally {
    interrupt.dispose();
  }
  const exitCode = interrupt.signal.aborted ? ExitCode.interrupted : ExitCode.pass;
  if (flags.history !== undefined)
    appendHistory(flags.history, { started_at: startedAt, environment, results });
  const head = { schemaVersion: 1, command: 'bench', what, exitCode, started_at: startedAt } as const;
  const report: BenchReport = { ...head, environment, results };
  if (flags.json === true) writeJson(terminal, report);
  else stdout.write(benchText(report, stdoutPaint(terminal, flags.color)));
  const kept = keeper.keep({ document: { ...report }, histograms: [], series: [] });
  process.exitCode = worstExitCode([exitCode, kept]);
}

function selectCases(only: readonly string[] | undefined): typeof EXPLORE_CASES {
  if (only === undefined) return EXPLORE_CASES;
  const names = EXPLORE_CASES.map(({ name }) => name);
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new ExploreError('USAGE', `there is no bench '${unknown}': it is one of ${names.join(', ')}`);
  return EXPLORE_CASES.filter(({ name }) => only.includes(name));
}
