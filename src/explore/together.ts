/**
 * Keeps up to `size` tasks going for as long as there are more. When one fails, no more are begun; what it threw is
 * thrown when all have ended. None is missed, or what it had in hand would be missing from a search that looks whole.
 */
export async function together(
  size: number,
  isMore: () => boolean,
  task: () => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  const errors: unknown[] = [];
  const mayBegin = (): boolean => errors.length === 0 && running.size < size && isMore();
  for (;;) {
    while (mayBegin()) {
      const begun: Promise<void> = task()
        .catch((error: unknown) => void errors.push(error))
        .finally(() => running.delete(begun));
      running.add(begun);
    }
    if (running.size === 0) break;
    await Promise.race(running);
  }
  if (errors.length > 0) throw errors[0];
}
