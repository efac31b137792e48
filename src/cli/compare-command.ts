import { type Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { compare } from '../bench/compare.js';
import { ScenarioError } from '../errors.js';
import { buildCompareReport, type CompareReport } from '../report/compare-json.js';
import { busyWarnings } from '../report/compare-warnings.js';
import { compareText } from '../report/compare-text.js';
import { compareHtml } from '../report/html/compare/compare-page.js';
import { plain } from '../report/paint.js';
import { busyJobs, withoutBusyClaims } from '../runs/busy-machine.js';
import { compareSource } from '../runs/compare-source.js';
import { runDifferences } from '../runs/run-differences.js';
import { RUN_MARGINS } from '../runs/run-margins.js';
import { isRefusal, readShare } from '../scenario/units.js';
import { storeOf } from './keep-run.js';
import { shellWords } from './replay-command.js';
import { jsonText, stdoutPaint, type Terminal } from './terminal.js';
import { writeOutput } from './write-output.js';

interface CompareFlags {
  readonly alpha: number;
  readonly margin?: number;
  readonly json?: true;
  readonly html?: true;
  readonly output?: string;
  readonly color: boolean;
}

export function addCompareCommand(program: Command, terminal: Terminal): void {
  program
    .command('compare')
    .description('say whether B is slower than A, by the samples of two benches or two runs')
    .argument('<a>', 'a run that is kept, what `vring bench --json` printed, or a history of benches')
    .argument('<b>', 'the same, of what is to be judged')
    .option('--alpha <share>', 'how often to claim a difference where there is none', parseAlpha, 0.05)
    .option(
      '--margin <share>',
      'how far apart is still the same: 2% for benches; for runs see below',
      parseMargin,
    )
    .option('--json', 'one JSON document on stdout')
    .addOption(new Option('--html', 'a page of one file on stdout, with plots').conflicts('json'))
    .option('--output <file>', 'into that file, and not to stdout')
    .option('--no-color', 'no colours, as with NO_COLOR')
    .addHelpText('after', HELP)
    .action((a, b, flags) => compareTwo(a, b, flags, terminal));
}

/** Repetitions of a bench are alike; two runs of the same program are not. */
const BENCH_MARGIN = 0.02;

const HELP = `
A result of B is paired with that of A that has the same name and configuration. B is \`slower\` or \`faster\` when the
rank test says so (p < alpha, over all pairs together) and the whole interval of B/A is beyond the margin; \`same\` when
all of it is within; else \`unclear\`.

Two runs of one program differ: their margin is 25% of a rate, 60% of a p50, 100% of a p99, unless it is told. A machine
that repeats itself better deserves a smaller one; a bench sees smaller differences.

Examples:
  $ vring bench ring --json > before.json         before a change
  $ vring bench ring --json > after.json          and after it
  $ vring compare before.json after.json --margin 5%
  $ vring compare 20261123-064710 latest          two runs: rates and latencies of each job
  $ vring compare a.json b.json --html --output compare.html

Exit codes:
  0 nothing is slower   2 a file that holds no results   4 nothing to compare   11 something is slower`;

function compareTwo(wordsA: string, wordsB: string, flags: CompareFlags, terminal: Terminal): void {
  const store = storeOf(terminal.env);
  const [a, b] = [compareSource(wordsA, store), compareSource(wordsB, store)];
  const isOfRuns = a.run !== null;
  if (isOfRuns !== (b.run !== null))
    throw new ScenarioError('COMPARE_KIND', 'one of them is a run, the other the results of a bench');
  const options = {
    alpha: flags.alpha,
    margin: flags.margin ?? (isOfRuns ? RUN_MARGINS : BENCH_MARGIN),
    isOfRuns,
  };
  const busy = a.run === null || b.run === null ? new Map<string, number>() : busyJobs(a.run, b.run);
  const differences = a.run === null || b.run === null ? [] : runDifferences(a.run, b.run);
  const compared = withoutBusyClaims(compare(a.records, b.records, options), busy);
  const warnings = [...differences, ...busyWarnings(busy)];
  const report = buildCompareReport(a, b, compared, options, warnings);
  process.exitCode = report.exitCode;
  writeOutput(terminal, flags.output, rendered());

  function rendered(): string {
    if (flags.json === true) return jsonText(report);
    if (flags.html === true) return compareHtml({ report, command: commandOf(report), a, b });
    return compareText(report, flags.output === undefined ? stdoutPaint(terminal, flags.color) : plain);
  }
}

/** What compares the same once more, wherever the defaults are by then. */
function commandOf({ a, b, alpha, margin }: CompareReport): string {
  const words = ['vring', 'compare', a.file, b.file, '--alpha', String(alpha)];
  return shellWords(typeof margin === 'number' ? [...words, '--margin', String(margin)] : words);
}

function parseMargin(text: string): number {
  const reading = readShare(text);
  if (isRefusal(reading)) throw new InvalidArgumentError(`it is not ${reading.expected}.`);
  return reading.value;
}

function parseAlpha(text: string): number {
  const alpha = parseMargin(text);
  if (alpha > 0 && alpha < 1) return alpha;
  throw new InvalidArgumentError('it is not between 0 and 1.');
}
