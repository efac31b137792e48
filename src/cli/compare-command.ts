import { type Command, InvalidArgumentError } from '@commander-js/extra-typings';
import { compare } from '../bench/compare.js';
import { readResults } from '../bench/read-results.js';
import { buildCompareReport } from '../report/compare-json.js';
import { compareText } from '../report/compare-text.js';
import { isRefusal, readShare } from '../scenario/units.js';
import { stdoutPaint, writeJson, type Terminal } from './terminal.js';

interface CompareFlags {
  readonly alpha: number;
  readonly margin: number;
  readonly json?: true;
  readonly color: boolean;
}

export function addCompareCommand(program: Command, terminal: Terminal): void {
  program
    .command('compare')
    .description('say whether B is slower than A, by the samples of two benches')
    .argument('<a>', 'what `vring bench --json` printed, or a history of benches')
    .argument('<b>', 'the same, of what is to be judged')
    .option('--alpha <share>', 'how often to claim a difference where there is none', parseAlpha, 0.05)
    .option('--margin <share>', 'how far apart is still the same, as in 2%', parseMargin, 0.02)
    .option('--json', 'one JSON document on stdout')
    .option('--no-color', 'no colours, as with NO_COLOR')
    .addHelpText('after', HELP)
    .action((a, b, flags) => compareFiles(a, b, flags, terminal));
}

const HELP = `
A result of B is paired with that of A that has the same name and configuration. B is \`slower\` or \`faster\` when the
rank test says so (p < alpha, over all pairs together) and the whole interval of B/A is beyond the margin; \`same\` when
all of it is within; else \`unclear\`.

Examples:
  $ vring bench ring --json > before.json         before a change
  $ vring bench ring --json > after.json          and after it
  $ vring compare before.json after.json --margin 5%

Exit codes:
  0 nothing is slower   2 a file that holds no results   4 nothing to compare   11 something is slower`;

function compareFiles(fileA: string, fileB: string, flags: CompareFlags, terminal: Terminal): void {
  const a = { file: fileA, records: readResults(fileA) };
  const b = { file: fileB, records: readResults(fileB) };
  const report = buildCompareReport(a, b, compare(a.records, b.records, flags), flags);
  process.exitCode = report.exitCode;
  if (flags.json === true) writeJson(terminal, report);
  else terminal.stdout.write(compareText(report, stdoutPaint(terminal, flags.color)));
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
