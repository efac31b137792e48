import { InvariantError } from './errors.js';

/**
 * Always on. A failure is a bug in vring, never the peer's or the user's fault: those are {@link ProtocolViolation}
 * and {@link ScenarioError}.
 */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}

/** The branch that the types say cannot be reached. */
export function unreachable(value: never): never {
  throw new InvariantError(`unreachable value: ${String(value)}`);
}
