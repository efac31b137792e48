import { type Command, Option } from '@commander-js/extra-typings';
import { REPORT_FORMAT_NAMES, REPORT_FORMATS, type ReportFormat } from '../report/formats.js';
import { plain } from '../report/paint.js';
import { storeOf } from './keep-run.js';
import { stdoutPaint, type Terminal } from './terminal.js';
import { writeOutput } from './write-output.js';

interface ReportFlags {
  readonly format: ReportFormat;
  readonly job?: string;
  readonly output?: string;
  readonly color: boolean;
}

export function addReportCommand(program: Command, terminal: Terminal): void {
  program
    .command('report')
    .description('show a run that is kept')
    .argument('<run>', '`latest`, the beginning of an id (see `vring list runs`), or a directory')
    .addOption(
      new Option('--format <format>', 'what to make of it')
        .choices(REPORT_FORMAT_NAMES)
        .default('text' as const),
    )
    .option('--job <name>', 'this job, where a format is of one')
    .option('--output <file>', 'into that file, and not to stdout')
    .option('--no-color', 'no colours, as with NO_COLOR')
    .addHelpText('after', HELP)
    .action((run, flags) => reportRun(run, flags, terminal));
}

const HELP = `
Examples:
  $ vring report latest
  $ vring report 20261123 --format markdown --output run.md
  $ vring report latest --format hgrm --job randread > randread.hgrm
  $ vring report latest --format html --output page.html    of \`vring run\`, \`stress\` or \`bench\`

\`hgrm\` and \`trace\` are of a job of \`vring run\`, \`trace\` of one that was recorded.`;

async function reportRun(words: string, flags: ReportFlags, terminal: Terminal): Promise<void> {
  const run = storeOf(terminal.env).find(words);
  const paint = flags.output === undefined ? stdoutPaint(terminal, flags.color) : plain;
  const text = await REPORT_FORMATS[flags.format](run, { paint, job: flags.job ?? null });
  writeOutput(terminal, flags.output, text);
}
