import os from 'node:os';
import { Option, type Command } from '@commander-js/extra-typings';
import { PROFILES } from '../explore/models/profiles.js';
import type { ProfileName } from '../explore/models/model.js';
import {
  checkDrawable,
  loadProgram,
  profilesOf,
  resolveProgram,
  type ProgramRef,
} from '../explore/load-program.js';
import { exploreProgressLine, exploreText } from '../report/explore-matrix.js';
import { Progress, PROGRESS_MODES, type ProgressMode } from '../report/progress.js';
import {
  parseCount,
  parseIndex,
  parseProfiles,
  programOptions,
  type ProgramFlags,
  programWords,
  randomChoices,
  type RandomFlags,
  randomWords,
} from './explore-options.js';
import type { RandomChoices } from './explore-profiles.js';
import { Interrupt } from './interrupt.js';
import { writePage } from './replay.js';
import { shellWords } from './replay-command.js';
import { stdoutPaint, writeJson, type Terminal } from './terminal.js';

interface ExploreFlags extends ProgramFlags, RandomFlags {
  readonly profile?: readonly ProfileName[];
  readonly maxEvents?: number;
  readonly stuckAfter?: number;
  readonly workers: number;
  readonly allFailures?: true;
  readonly fix: boolean;
  readonly json?: true;
  readonly html?: string;
  readonly progress: ProgressMode;
  readonly color: boolean;
}

const MAX_EVENTS = 2000;
/** One execution may be long where not all are built. */
const RANDOM_MAX_EVENTS = 20_000;

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
    .option('--module <file>', 'a driver or a device of your own, for split and packed', String)
    .option('--set <name=value>', 'any option of the program; repeatable', collect)
    .option('--profile <names>', `memory models, of ${PROFILES.join(',')}; all, unless told`, parseProfiles)
    .option('--max-events <count>', 'events that an execution may have', parseCount)
    .option('--stuck-after <seconds>', 'that a thread runs without an access; 30, unless told', parseCount)
    .option('--limit <graphs>', 'graphs to build per profile', parseCount)
    .option('--random <runs>', 'executions at random, for what is too large to build every one', parseCount)
    .option('--seed <seed>', 'repeat them: decimal, 0x... or a git hash')
    .option('--swarm', 'each also draws the options of the ring that are not given')
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
  $ vring explore split --buffers 12 --random 1000   too large to build every execution
  $ vring explore ./my-ring.mjs --set slots=2     a ring of your own: docs/EXPLORE.md
  $ vring explore split --json | jq '.profiles[] | {profile, verdict}'`;

async function exploreCommand(word: string, flags: ExploreFlags, terminal: Terminal): Promise<void> {
  const random = randomChoices(flags, terminal.env['VRING_SEED']);
  // Its mistakes are shown before anything is started.
  const { ref, title } = await programOf(word, flags, random);
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
      replay: replayOf(word, flags, random),
      profiles: flags.profile ?? profilesOf(word),
      maxEvents: flags.maxEvents ?? (random === null ? MAX_EVENTS : RANDOM_MAX_EVENTS),
      ...(flags.stuckAfter === undefined ? {} : { stuckMs: flags.stuckAfter * 1000 }),
      random,
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

/** In a swarm, the options are only those that were given. */
async function programOf(
  word: string,
  flags: ExploreFlags,
  random: RandomChoices | null,
): Promise<{ readonly ref: ProgramRef; readonly title: string }> {
  const options = programOptions(flags);
  if (random?.isSwarm === true) {
    const ref = { program: word, options };
    checkDrawable(ref);
    return { ref, title: word };
  }
  const ref = resolveProgram(word, options, random === null ? 'exhaustive' : 'random');
  return { ref, title: (await loadProgram(ref)).name };
}

function replayOf(word: string, flags: ExploreFlags, random: RandomChoices | null): string {
  const words = ['vring', 'explore', word, ...programWords(flags), ...randomWords(random)];
  if (flags.profile !== undefined && flags.profile.length < PROFILES.length)
    words.push('--profile', flags.profile.join(','));
  if (flags.maxEvents !== undefined) words.push('--max-events', String(flags.maxEvents));
  if (flags.stuckAfter !== undefined) words.push('--stuck-after', String(flags.stuckAfter));
  return shellWords(words);
}

function collect(value: string, previous: readonly string[] = []): string[] {
  return [...previous, value];
}
