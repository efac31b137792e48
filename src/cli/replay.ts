import { writeFileSync } from 'node:fs';
import type { Command } from '@commander-js/extra-typings';
import { ScenarioError } from '../errors.js';
import { ExitCode } from '../exit-code.js';
import type { FailureReport } from '../explore/failure-report.js';
import { stdoutPaint, type Terminal, writeJson } from './terminal.js';

interface ReplayOptions {
  readonly json?: true;
  readonly verbose?: true;
  readonly html?: string;
  readonly color: boolean;
}

export function addReplayCommand(program: Command, terminal: Terminal): void {
  program
    .command('replay')
    .description('show a failure that was found by exploring once more')
    .argument('<token>', 'what the failure said: v1.PROFILE.PROGRAM.CHOICES, or v2')
    .option('--json', 'one JSON document on stdout')
    .option('--verbose', 'every access, and how each is ordered')
    .option('--html <file>', 'also write a page with the failure to step through')
    .option('--no-color', 'no colours, as with NO_COLOR')
    .addHelpText('after', HELP)
    .action((token, options) => replayFailure(token, options, terminal));
}

const HELP = `
The process ends as the failure does: 20 for wrong data or a race, 21 for a lost wakeup; with 22 when the program is
not the one that failed any more.`;

async function replayFailure(token: string, options: ReplayOptions, terminal: Terminal): Promise<void> {
  // Loaded only now: the other commands have no use for the explorer.
  const { decodeToken } = await import('../explore/token.js');
  const { reportOfScript } = await import('../explore/failure-report.js');
  const { loadProgram } = await import('../explore/load-program.js');
  const { profile, spec, script } = decodeToken(token);
  const report = reportOfScript(await loadProgram(spec), spec, profile, script);
  if (options.html !== undefined) await writePage(options.html, report);
  if (options.json === true) {
    writeJson(terminal, { schemaVersion: 1, command: 'replay', failure: report });
  } else {
    const { failureText } = await import('../report/explore-text.js');
    const paint = stdoutPaint(terminal, options.color);
    terminal.stdout.write(failureText(report, { paint, verbose: options.verbose === true }));
  }
  process.exitCode = report.kind === 'lost-wakeup' ? ExitCode.liveness : ExitCode.safety;
}

export async function writePage(file: string, report: FailureReport): Promise<void> {
  const { failureHtml } = await import('../report/explore-html.js');
  try {
    writeFileSync(file, failureHtml(report));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ScenarioError('REPLAY_HTML', `the page cannot be written: ${reason}`, { file });
  }
}
