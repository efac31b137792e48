/** Looks again and again, until it is done; throws what `giveUp` returns, when it returns something. */
export function waitUntil(isDone: () => boolean, giveUp: () => Error | null): void {
  while (!isDone()) {
    const error = giveUp();
    if (error !== null) throw error;
  }
}
