import { VringError } from '../errors.js';
import { ExitCode } from '../exit-code.js';
import type { DriverQueue } from '../virtqueue/queue.js';

const SHOWN_MAX = 8;

/** A buffer did not come back exactly once: neither used nor taken back, or more than that. */
export class TokenViolation extends VringError {
  constructor(code: string, message: string, expected: string, actual: string) {
    super(code, `${message}: expected ${expected}, got ${actual}`, ExitCode.safety, { expected, actual });
  }
}

/** A token came out of a ring in which, as far as its user knows, it is not. */
export function notOutstanding(token: number): TokenViolation {
  const expected = 'the token of a request that is in the ring';
  return new TokenViolation(
    'TOKEN_NOT_OUTSTANDING',
    'a token came back that was not out',
    expected,
    `${token}`,
  );
}

/**
 * Takes everything out of a ring that a reset has stopped. What comes out must be exactly `outstanding`, each token
 * once; throws a {@link TokenViolation} otherwise. `onToken` hears of each that is right.
 */
export function takeBackAll(
  queue: DriverQueue<number>,
  outstanding: ReadonlySet<number>,
  onToken: (token: number) => void,
): void {
  const missing = new Set(outstanding);
  const back: number[] = [];
  for (let token = queue.detachUnused(); token !== undefined; token = queue.detachUnused()) {
    back.push(token);
    if (!outstanding.has(token)) throw notOutstanding(token);
    if (missing.delete(token)) onToken(token);
    else
      throw new TokenViolation('TOKEN_TWICE', 'a token was taken back twice', 'each token once', list(back));
  }
  if (missing.size === 0) return;
  const message = `${missing.size} of ${outstanding.size} tokens were lost in a reset (${list([...missing])})`;
  throw new TokenViolation('TOKEN_LOST', message, list([...outstanding]), list(back));
}

function list(tokens: readonly number[]): string {
  if (tokens.length === 0) return 'none';
  const more = tokens.length > SHOWN_MAX ? ` and ${tokens.length - SHOWN_MAX} more` : '';
  return tokens.slice(0, SHOWN_MAX).join(' ') + more;
}
