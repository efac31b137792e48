import { Argument, type Command } from '@commander-js/extra-typings';
import { EXPLORE_CASES, runExploreBench } from '../bench/explore-bench.js';
import { timestamp } from '../clock.js';
import { ExitCode } from '../exit-code.js';
import { ExploreError } from '../explore/errors.js';
import { WorkerPool } from '../explore/worker-pool.js';
import { benchText } from '../report/bench-text.js';
import { readEnvironment } from '../report/environment.js';
import { formatCount } from '../report/format.js';
import { parseCount } from './explore-options.js';
import { Interrupt } from './interrupt.js';
import { stdoutPaint, writeJson, type Terminal } from './terminal.js';

interface BenchFlags {
  readonly only?: readonly string[];
  readonly repetitions: number;
  readonly json?: true;
  readonly color: boolean;
}

export function addBenchCommand(program: Command, terminal: Terminal): void {
  program
    .command('bench')
    .description('measure vring itself: graphs per second of the explorer')
    .addArgument(new Argument('<what>', 'what to measure').choices(['explore']))
    .option(
      '--only <name>',
      `one of ${EXPLORE_CASES.map(({ name }) => name).join(', ')}; repeatable`,
      collect,
    )
    .option('--repetitions <count>', 'measurements, after one that warms up', parseCount, 5)
    .option('--json', 'one JSON document on stdout')
    .option('--no-color', 'no colours, as with NO_COLOR')
    .action((_what, flags) => benchExplore(flags, terminal));
}

async function benchExplore(flags: BenchFlags, terminal: Terminal): Promise<void> {
  const cases = selectCases(flags.only);
  const { stderr } = terminal;
  // Before the first measurement: the load average should be that of the others.
  const environment = readEnvironment();
  const startedAt = timestamp();
  const interrupt = new Interrupt(() => stderr.write('interrupted: ending after this measurement\n'));
  try {
    const results = await runExploreBench(cases, {
      repetitions: flags.repetitions,
      signal: interrupt.signal,
      newPool: (workers) => new WorkerPool(workers),
      onResult: ({ name, profile, workers, graphs_per_s }) =>
        stderr.write(`${name} ${profile} ${workers} x: ${formatCount(graphs_per_s)} graphs/s\n`),
    });
    const exitCode = interrupt.signal.aborted ? ExitCode.interrupted : ExitCode.pass;
    process.exitCode = exitCode;
    const head = { schemaVersion: 1, command: 'bench', what: 'explore', exitCode, started_at: startedAt };
    if (flags.json === true) writeJson(terminal, { ...head, environment, results });
    else terminal.stdout.write(benchText(results, environment, stdoutPaint(terminal, flags.color)));
  } finally {
    interrupt.dispose();
  }
}

function selectCases(only: readonly string[] | undefined): typeof EXPLORE_CASES {
  if (only === undefined) return EXPLORE_CASES;
  const names = EXPLORE_CASES.map(({ name }) => name);
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new ExploreError('USAGE', `there is no bench '${unknown}': it is one of ${names.join(', ')}`);
  return EXPLORE_CASES.filter(({ name }) => only.includes(name));
}

function collect(value: string, previous: readonly string[] = []): string[] {
  return [...previous, value];
}
