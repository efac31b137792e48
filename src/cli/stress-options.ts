import { InvalidArgumentError } from '@commander-js/extra-typings';
import { freshSeed } from '../clock.js';
import { ScenarioError } from '../errors.js';
import { loadEnds } from '../explore/load-ends.js';
import type { ProgressMode } from '../report/progress.js';
import { parseSeed } from '../scenario/seed.js';
import { isRefusal, readDurationMs } from '../scenario/units.js';
import { didYouMean } from '../scenario/suggest.js';
import { LEFT_OUT_NAMES, leaveOut } from '../stress/explain/simpler.js';
import { type Perturbation, PERTURBATIONS } from '../stress/perturbation.js';
import { drawRound, type RoundChoices } from '../stress/round-plan.js';
import type { StressPlan } from '../stress/run-stress.js';
import { V8_MODES, type V8Mode } from '../stress/v8-mode.js';
import type { WaitPolicy } from '../transport/waiter.js';
import type { RingLayout } from '../virtqueue/layouts.js';
import type { StoreFlags } from './keep-run.js';
import { shellWords } from './replay-command.js';

/** What the command line says, as commander hands it over. */
export interface StressFlags extends StoreFlags {
  readonly for?: number;
  readonly rounds?: number;
  readonly round?: number;
  readonly without?: readonly string[];
  readonly seed?: string;
  readonly layout: 'split' | 'packed' | 'both';
  readonly perturb: Perturbation | 'all';
  readonly wait?: WaitPolicy['policy'];
  readonly v8: V8Mode | 'all';
  readonly long?: true;
  readonly module?: string;
  readonly pairs: number;
  /** Milliseconds; false with `--no-explain`. */
  readonly explain: number | false;
  readonly json?: true;
  readonly progress: ProgressMode;
  readonly color: boolean;
}

const DEFAULT_MS = 10_000;
const PAIRS_MAX = 64;

export async function stressPlan(flags: StressFlags): Promise<StressPlan> {
  const { pairs } = flags;
  if (pairs > PAIRS_MAX) throw new ScenarioError('USAGE', `--pairs ${pairs}: at most ${PAIRS_MAX}`);
  if (flags.long === true && flags.rounds !== undefined)
    throw new ScenarioError(
      'USAGE',
      '--long is one ring for all of the time: give it --for, and no --rounds',
    );
  if (flags.without !== undefined && flags.round === undefined)
    throw new ScenarioError('USAGE', '--without is for --round, which names what there is to leave out');
  const hasEnd = flags.rounds !== undefined || flags.for !== undefined;
  const choices: RoundChoices = {
    seed: flags.seed === undefined ? freshSeed() : parseSeed(flags.seed),
    ...(await whatIsRaced(flags)),
    perturbations: flags.perturb === 'all' ? PERTURBATIONS : [flags.perturb],
    wait: flags.wait ?? null,
    isLong: flags.long === true,
  };
  const { round, without } = flags;
  return {
    choices,
    ...(round === undefined || without === undefined
      ? {}
      : { fixed: leaveOut(drawRound(choices, round, 0), without) }),
    rounds: flags.rounds ?? null,
    durationMs: hasEnd ? (flags.for ?? null) : DEFAULT_MS,
    onlyRound: flags.round ?? null,
    module: flags.module ?? null,
    pairs,
  };
}

/** Whatever a module of the user's can, and the flags leave of it. */
async function whatIsRaced({
  layout,
  module,
}: StressFlags): Promise<Pick<RoundChoices, 'layouts' | 'features'>> {
  const asked: readonly RingLayout[] = layout === 'both' ? ['split', 'packed'] : [layout];
  if (module === undefined) return { layouts: asked };
  const { layouts, features } = await loadEnds(module);
  const both = asked.filter((one) => layouts.includes(one));
  if (both.length > 0) return { layouts: both, features };
  throw new ScenarioError('USAGE', `--layout ${layout}: ${module} is for ${layouts.join(' and ')} alone`);
}

export function v8Modes({ v8 }: StressFlags): readonly V8Mode[] {
  return v8 === 'all' ? V8_MODES : [v8];
}

/** `60s`. */
export function parseFor(text: string): number {
  const reading = readDurationMs(text);
  if (!isRefusal(reading) && reading.value > 0) return reading.value;
  throw new InvalidArgumentError('it is not a duration, as in 60s.');
}

/** Of the rounds of a race, those that are raced again. */
export interface Again {
  /** Null: all of them. */
  readonly onlyRound: number | null;
  /** Null: in the modes of the flags. */
  readonly mode: V8Mode | null;
  readonly without?: readonly string[] | undefined;
}

/** `faults,chains`. */
export function parseWithout(text: string): string[] {
  return text.split(',').map((name) => {
    if (LEFT_OUT_NAMES.includes(name)) return name;
    const hint = didYouMean(name, LEFT_OUT_NAMES) ?? `they are ${LEFT_OUT_NAMES.join(', ')}`;
    throw new InvalidArgumentError(`there is no '${name}' to leave out: ${hint}`);
  });
}

/** The command that races the same rounds, or one of them again and again, perhaps without some things. */
export function replayOf(
  flags: StressFlags,
  seed: number,
  rounds: number,
  { onlyRound, mode, without = [] }: Again,
): string {
  const words = ['vring', 'stress', '--seed', String(seed)];
  if (flags.long === true) words.push('--long', '--for', `${flags.for ?? DEFAULT_MS}ms`);
  else words.push('--rounds', String(rounds));
  const round = onlyRound ?? flags.round;
  if (round !== undefined) words.push('--round', String(round));
  const left = [...(flags.without ?? []), ...without];
  if (left.length > 0) words.push('--without', left.join(','));
  if (flags.module !== undefined) words.push('--module', flags.module);
  if (flags.layout !== 'both') words.push('--layout', flags.layout);
  if (flags.perturb !== 'all') words.push('--perturb', flags.perturb);
  if (flags.wait !== undefined) words.push('--wait', flags.wait);
  const v8 = mode ?? flags.v8;
  if (v8 !== 'as-is') words.push('--v8', v8);
  return shellWords(words);
}
