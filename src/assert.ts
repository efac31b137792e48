import { InvariantError } from './errors.js';

/**
 * Always on. A failure is a bug in vring, never the peer's or the user's fault: those are {@link ProtocolViolation}
 * and {@link ScenarioError}.
 *
 * Each `%` of `message` stands for one of the values. The text is made only when it is needed: a template string would
 * be put together, and thrown away, at every call.
 */
export function assert(
  condition: boolean,
  message: string,
  first?: unknown,
  second?: unknown,
  third?: unknown,
): asserts condition {
  if (!condition) fail(message, first, second, third);
}

/**
 * Throws what {@link assert} throws. On the path of every buffer `if (…) fail(…)` stands in the place of an assertion:
 * a branch that the engine never saw taken is two instructions, an assertion a dozen, as its condition is made a value
 * first and `assert` is looked up in its module.
 */
export function fail(message: string, first?: unknown, second?: unknown, third?: unknown): never {
  throw broken(
    message,
    [first, second, third].filter((value) => value !== undefined),
  );
}

/** Apart, so that the test above is small enough to be inlined wherever it stands. */
function broken(message: string, values: readonly unknown[]): InvariantError {
  let used = 0;
  return new InvariantError(
    message.replaceAll('%', (mark) => (used < values.length ? String(values[used++]) : mark)),
  );
}

/** The branch that the types say cannot be reached. */
export function unreachable(value: never): never {
  throw new InvariantError(`unreachable value: ${String(value)}`);
}
