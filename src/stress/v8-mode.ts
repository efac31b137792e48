/**
 * How the engine carries out the code of a race. A defect that needs a certain order of instructions, or a certain
 * pace, can be there in one of them and not in the others.
 *
 * - `as-is`: code begins in the interpreter and gets faster as it is used; with vring's own settings, as in a run.
 * - `interpreter`: nothing is compiled.
 * - `baseline`: every function is compiled at once, one bytecode after the other.
 * - `optimised`: every function gets to the optimising compiler after some calls instead of thousands.
 */
export const V8_MODES = ['as-is', 'interpreter', 'baseline', 'optimised'] as const;

export type V8Mode = (typeof V8_MODES)[number];

/** From this major version of Node on, the way to optimised code is counted in calls, not in bytes. */
const COUNTS_CALLS = 22;

/** What Node is started with. All of it is known to Node 20, 22 and 24, but for how early the optimiser comes. */
export function v8Flags(mode: V8Mode, nodeVersion: string = process.versions.node): readonly string[] {
  const countsCalls = Number.parseInt(nodeVersion, 10) >= COUNTS_CALLS;
  switch (mode) {
    case 'as-is':
      return [];
    case 'interpreter':
      return ['--no-opt', '--no-maglev', '--no-sparkplug'];
    case 'baseline':
      return ['--no-opt', '--no-maglev', '--always-sparkplug'];
    case 'optimised':
      return [
        '--no-maglev',
        '--always-sparkplug',
        countsCalls ? '--invocation-count-for-turbofan=50' : '--interrupt-budget=2000',
      ];
  }
}

/** Where nothing is optimised, a buffer takes ten times as long and more. */
export function isSlow(mode: V8Mode): boolean {
  return mode === 'interpreter' || mode === 'baseline';
}
