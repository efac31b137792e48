import vm from 'node:vm';
import { ExploreError } from './errors.js';

/** What can be asked which thread's code it is in: null when it is in none. */
export interface Watched {
  readonly runningThread: string | null;
}

/** How long a thread may run without a new access, unless told; all that one needs is microseconds. */
export const STUCK_MS = 30_000;

/** Nothing but a script can be ended from outside, so that is what calls the work. */
const sandbox: { work: () => unknown } = { work: () => null };
const context: vm.Context = vm.createContext(sandbox);
const script: vm.Script = new vm.Script('work()');

/**
 * Does some work that runs threads of a program: many executions, or one that takes long. When a thread loops without
 * an access nothing here would ever get another turn, so after `stuckMs` the work is ended, and this throws; `explorer`
 * is good for nothing then. To be on watch costs a tenth of a millisecond; `Infinity` leaves it out.
 */
export function watched<T>(stuckMs: number, explorer: Watched, work: () => T): T {
  if (stuckMs === Infinity) return work();
  sandbox.work = work;
  try {
    return script.runInContext(context, { timeout: stuckMs }) as T;
  } catch (error) {
    if ((error as Partial<NodeJS.ErrnoException> | null)?.code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT')
      throw error;
    throw stuck(explorer.runningThread, stuckMs);
  } finally {
    // It holds a whole exploration.
    sandbox.work = () => null;
  }
}

function stuck(thread: string | null, stuckMs: number): ExploreError {
  const seconds = `${stuckMs / 1000} s`;
  if (thread === null)
    return new ExploreError('EXPLORE_STUCK', `a single execution takes longer than ${seconds}`);
  const message =
    `${thread} has run for ${seconds} without coming to a new access or to its end: ` +
    'a loop without an access, or a catch that keeps what suspends the thread';
  return new ExploreError('EXPLORE_STUCK', message, { thread });
}
