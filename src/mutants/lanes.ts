import type { Expectation, Lane, LaneName } from './mutant.js';

type Profile = 'sc' | 'tso' | 'armv8' | 'rc11';

/** Seconds; a healthy one is done in a tenth of it on any machine. */
const EXPLORE_BUDGET_S = 60;
const RUN_BUDGET_S = 60;
const EXERCISE_BUDGET_S = 20;
/** For an exercise of a loop that touches no memory: nothing but time can end it. */
const ENDLESS_BUDGET_S = 4;

const EXPLORE_WORDS = ['--json', '--no-fix', '--progress', 'never', '--workers', '1', '--stuck-after', '5'];

/** `vring explore PROGRAM` under one memory model; `program` holds its options too, in the user's words. */
function explored(profile: Profile, program: string, expected: Expectation, because?: string): Lane {
  const lane: LaneName = program.startsWith('hostile') ? 'hostile' : `explore-${profile}`;
  const words = ['bin/vring.js', 'explore', ...program.split(' '), '--profile', profile, ...EXPLORE_WORDS];
  return { lane, words, expected, budgetS: EXPLORE_BUDGET_S, ...(because === undefined ? {} : { because }) };
}

/** Caught by interleavings alone. */
export function interleaved(program: string, because: string): readonly Lane[] {
  return [explored('sc', program, 'caught', because)];
}

/** Caught where stores wait in a buffer, and by no interleaving: that is what `S` says. */
export function storeLoad(program: string): readonly Lane[] {
  return [explored('tso', program, 'caught', 'lost-wakeup'), explored('sc', program, 'survived')];
}

/** Caught where loads and stores pass each other, and not on x86: that is what `W` says. */
export function weak(
  program: string,
  because: { readonly rc11: string; readonly armv8: string },
): readonly Lane[] {
  return [
    explored('rc11', program, 'caught', because.rc11),
    explored('armv8', program, 'caught', because.armv8),
    explored('tso', program, 'survived'),
  ];
}

/** `vring run` of one of the small scenarios that come with the zoo. */
export function running(scenario: string, because: string, ...sets: readonly string[]): readonly Lane[] {
  const flags = sets.flatMap((set) => ['--set', set]);
  const words = ['bin/vring.js', 'run', `mutants/${scenario}.yaml`, ...flags, '--json', '--seed', '1'];
  return [
    {
      lane: 'run',
      words: [...words, '--progress', 'never'],
      expected: 'caught',
      because,
      budgetS: RUN_BUDGET_S,
    },
  ];
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
