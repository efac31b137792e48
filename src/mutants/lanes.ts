import type { RingLayout } from '../virtqueue/layouts.js';
import type { Expectation, Lane, LaneName } from './mutant.js';

type Profile = 'sc' | 'tso' | 'armv8' | 'rc11';
type Race = 'delay' | 'tso' | 'weak';

/** Seconds; a healthy one takes a tenth of it at most, and several times as long on a machine that is busy. */
const EXPLORE_BUDGET_S = 180;
const RUN_BUDGET_S = 60;
const STRESS_BUDGET_S = 90;
const EXERCISE_BUDGET_S = 20;
/** For an exercise of a loop that touches no memory: nothing but time can end it. */
const ENDLESS_BUDGET_S = 4;

const RUN_SEED = 1;

const EXPLORE_WORDS = ['--json', '--no-fix', '--progress', 'never', '--workers', '1', '--stuck-after', '5'];

/** A mutant is met with one of them; the code as it is, with all. */
export const SEEDS: readonly number[] = [1, 2, 3];

/** `vring explore PROGRAM` under one memory model; `program` holds its options too, in the user's words. */
function explored(profile: Profile, program: string, expected: Expectation, because?: string): Lane {
  const lane: LaneName = program.startsWith('hostile') ? 'hostile' : `explore-${profile}`;
  const words = ['bin/vring.js', 'explore', ...program.split(' '), '--profile', profile, ...EXPLORE_WORDS];
  return { lane, words, expected, budgetS: EXPLORE_BUDGET_S, ...(because === undefined ? {} : { because }) };
}

interface RaceOptions {
  readonly rounds: number;
  /** Configurations, of all those of the seed. */
  readonly which: readonly string[];
  readonly seed: number;
  /** Flags of Node's own. */
  readonly flags: readonly string[];
}

/**
 * Rounds are several times what it takes to find the mutants. A notification that is lost stops a ring only where both
 * sides sleep; data that is old is met more often by who never does. Slow code leaves more time between a store and
 * the load behind it for the other side, which a sleeper's wakeup is long in comparison with: without the compiler
 * what takes some hundred rounds is found in some ten.
 */
const RACES: Readonly<Record<Race, RaceOptions>> = {
  delay: { rounds: 25, which: ['--wait', 'block'], seed: 1, flags: [] },
  tso: { rounds: 100, which: ['--wait', 'block'], seed: 1, flags: ['--no-opt'] },
  weak: { rounds: 40, which: ['--wait', 'poll'], seed: 1, flags: [] },
};

/**
 * For what loses a notification once in many thousand buffers: a round of the split ring, with its seed, that is raced
 * again and again. Two buffers are in flight and no notification comes for nothing, so that hardly anything wakes a
 * side that sleeps by mistake; the driver sleeps at once and the device after a moment, so that each often acts while
 * the other is about to sleep. With the other seeds this round is as short.
 */
export const FEW_IN_FLIGHT: RaceOptions = {
  rounds: 300,
  which: ['--round', '113'],
  seed: 3,
  flags: ['--no-opt'],
};

/** `vring stress` on threads, with one perturbation. */
function stressed(race: Race, layout: RingLayout, because: string, options: RaceOptions = RACES[race]): Lane {
  const { rounds, which, seed, flags } = options;
  const words = ['bin/vring.js', 'stress', '--layout', layout, '--perturb', race, ...which];
  return {
    lane: `stress-${race}`,
    words: [
      ...flags,
      ...words,
      '--rounds',
      `${rounds}`,
      '--pairs',
      '1',
      '--no-explain',
      '--json',
      '--progress',
      'never',
    ],
    seed,
    expected: 'caught',
    because,
    budgetS: STRESS_BUDGET_S,
  };
}

/** Caught on threads that only lose time now and then. */
export function raced(layout: RingLayout, because: string): readonly Lane[] {
  return [stressed('delay', layout, because)];
}

/** Caught by interleavings alone. */
export function interleaved(program: string, because: string): readonly Lane[] {
  return [explored('sc', program, 'caught', because)];
}

/** Caught where stores wait in a buffer, by exploring and on threads, and by no interleaving: that is what `S` says. */
export function storeLoad(program: string, because: string, race?: RaceOptions): readonly Lane[] {
  const layout = program.startsWith('packed') ? 'packed' : 'split';
  return [
    explored('tso', program, 'caught', 'lost-wakeup'),
    explored('sc', program, 'survived'),
    stressed('tso', layout, because, race),
  ];
}

/** Caught where loads and stores pass each other, and not on x86: that is what `W` says. */
export function weak(
  layout: RingLayout,
  because: { readonly rc11: string; readonly armv8: string; readonly stress?: string },
): readonly Lane[] {
  return [
    explored('rc11', layout, 'caught', because.rc11),
    explored('armv8', layout, 'caught', because.armv8),
    explored('tso', layout, 'survived'),
    ...(because.stress === undefined ? [] : [stressed('weak', layout, because.stress)]),
  ];
}

/** `vring run` of one of the small scenarios that come with the zoo. */
export function running(scenario: string, because: string, ...sets: readonly string[]): readonly Lane[] {
  const flags = sets.flatMap((set) => ['--set', set]);
  const words = [
    'bin/vring.js',
    'run',
    `mutants/${scenario}.yaml`,
    ...flags,
    '--json',
    '--progress',
    'never',
  ];
  return [{ lane: 'run', words, seed: RUN_SEED, expected: 'caught', because, budgetS: RUN_BUDGET_S }];
}

/** A few steps of a driver and a device that must end well. */
export function exercised(exercise: string, because: string): readonly Lane[] {
  const words = ['dist/src/mutants/exercise.js', exercise];
  return [{ lane: 'exercise', words, expected: 'caught', because, budgetS: EXERCISE_BUDGET_S }];
}

/** The same, of what does not end at all with the bug. */
export function exercisedForEver(exercise: string): readonly Lane[] {
  const [lane] = exercised(exercise, 'no end') as [Lane];
  return [{ ...lane, budgetS: ENDLESS_BUDGET_S, endless: true }];
}
