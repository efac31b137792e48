import os from 'node:os';
import { Option, type Command } from '@commander-js/extra-typings';
import { PROFILES } from '../explore/models/profiles.js';
import type { ProfileName } from '../explore/models/model.js';
import { loadProgram, resolveProgram } from '../explore/load-program.js';
import { exploreProgressLine, exploreText } from '../report/explore-matrix.js';
import { Progress, PROGRESS_MODES, type ProgressMode } from '../report/progress.js';
import {
  parseCount,
  parseIndex,
  parseProfiles,
  programOptions,
  type ProgramFlags,
  programWords,
} from './explore-options.js';
import { Interrupt } from './interrupt.js';
import { writePage } from './replay.js';
import { shellWords } from './replay-command.js';
import { stdoutPaint, writeJson, type Terminal } from './terminal.js';

interface ExploreFlags extends ProgramFlags {
  readonly profile: readonly ProfileName[];
  readonly maxEvents: number;
  readonly limit?: number;
  readonly workers: number;
  readonly allFailures?: true;
  readonly fix: boolean;
  readonly json?: true;
  readonly html?: string;
  readonly progress: ProgressMode;
  readonly color: boolean;
}

const MAX_EVENTS = 2000;

export function addExploreCommand(program: Command, terminal: Terminal): void {
  program
    .command('explore')
    .description('build every execution of a ring under memory models, and look for what is wrong')
    .argument('<program>', 'a name (`vring list programs`), or the path of a module of your own')
    .option('--buffers <count>', 'buffers that the driver posts', parseCount)
    .option('--ring-size <entries>', 'entries of the queue', parseCount)
    .option('--no-event-idx', 'suppress notifications with flags instead of event indices')
    .option('--indirect', 'indirect descriptors')
    .option('--in-order', 'buffers come back in order')
    .option('--batch <count>', 'buffers that are shown with one store', parseCount)
    .option('--start-index <index>', 'first value of the indices', parseIndex)
    .option('--set <name=value>', 'any option of the program; repeatable', collect)
    .option('--profile <names>', `memory models, of ${PROFILES.join(',')}`, parseProfiles, [...PROFILES])
    .option('--max-events <count>', 'events that an execution may have', parseCount, MAX_EVENTS)
    .option('--limit <graphs>', 'graphs to build per profile', parseCount)
    .option('--workers <count>', 'threads', parseCount, os.availableParallelism())
    .option('--all-failures', 'go on after a failure, and show all that differ')
    .option('--no-fix', 'do not look for the change that repairs a failure')
    .option('--json', 'one JSON document on stdout')
    .option('--html <file>', 'also write a page with the first failure to step through')
    .addOption(
      new Option('--progress <when>', 'status line on stderr')
        .choices(PROGRESS_MODES)
        .default('auto' as const),
    )
    .option('--no-color', 'no colours, as with NO_COLOR')
    .addHelpText('after', HELP)
    .action((word, flags) => exploreCommand(word, flags, terminal));
}

const HELP = `
Examples:
  $ vring explore split                           two buffers, all five memory models
  $ vring explore packed --buffers 3 --profile tso,armv8
  $ vring explore ./my-ring.mjs --set slots=2     a ring of your own: docs/EXPLORE.md
  $ vring explore split --json | jq '.profiles[] | {profile, verdict}'`;

async function exploreCommand(word: string, flags: ExploreFlags, terminal: Terminal): Promise<void> {
  const ref = resolveProgram(word, programOptions(flags));
  // Its mistakes are shown before anything is started.
  const { name: title } = await loadProgram(ref);
  const { exploreProfiles } = await import('./explore-profiles.js');
  const { stderr, env } = terminal;
  const progress = new Progress({ stream: stderr, mode: flags.progress, env });
  const interrupt = new Interrupt(() => {
    progress.clear();
    stderr.write('interrupted: ending in good order; once more to end at once\n');
  });
  try {
    const report = await exploreProfiles({
      ref,
      title,
      program: word,
      replay: replayOf(word, flags),
      profiles: flags.profile,
      maxEvents: flags.maxEvents,
      graphsMax: flags.limit ?? Infinity,
      allFailures: flags.allFailures === true,
      workers: flags.workers,
      looksForFix: flags.fix,
      signal: interrupt.signal,
      onProgress: (now) => progress.show(() => exploreProgressLine(word, now)),
    });
    progress.clear();
    const [failure] = report.profiles.flatMap(({ failures }) => failures);
    if (flags.html !== undefined && failure !== undefined) await writePage(flags.html, failure);
    if (flags.json === true) writeJson(terminal, report);
    else terminal.stdout.write(exploreText(report, stdoutPaint(terminal, flags.color)));
    process.exitCode = report.exitCode;
  } finally {
    progress.clear();
    interrupt.dispose();
  }
}

function replayOf(word: string, flags: ExploreFlags): string {
  const words = ['vring', 'explore', word, ...programWords(flags)];
  if (flags.profile.length < PROFILES.length) words.push('--profile', flags.profile.join(','));
  if (flags.maxEvents !== MAX_EVENTS) words.push('--max-events', String(flags.maxEvents));
  return shellWords(words);
}

function collect(value: string, previous: readonly string[] = []): string[] {
  return [...previous, value];
}
