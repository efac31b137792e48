import v8 from 'node:v8';

/**
 * The path of a buffer is made of many small functions, and the engine's default stops to inline them half way down.
 * What that is worth is in docs/PERFORMANCE.md. Flags hold for the whole process, for what is compiled from now on.
 */
const FLAGS = [
  '--max-inlined-bytecode-size=1000',
  '--max-inlined-bytecode-size-cumulative=16000',
  '--max-inlined-bytecode-size-absolute=32000',
];

/** To be called before the threads of a machine are started; again changes nothing. */
export function tuneEngine(): void {
  for (const flag of FLAGS) v8.setFlagsFromString(flag);
}
