import { errorToWire, type WireError } from '../errors.js';
import { ExitCode } from '../exit-code.js';
import { runStress, type StressPlan, type StressProgress, type StressResult } from './run-stress.js';

/** What crosses to a process that races on behalf of another: the plan, with the entry of its threads as text. */
export type ProcessPlan = Omit<StressPlan, 'entry'> & { readonly entry: string | null };

export type ToProcess = { readonly kind: 'race'; readonly plan: ProcessPlan } | { readonly kind: 'stop' };

export type FromProcess =
  | { readonly kind: 'progress'; readonly progress: StressProgress }
  | { readonly kind: 'ended'; readonly result: StressResult }
  | { readonly kind: 'threw'; readonly error: WireError };

/** In a process that was started to race: does what it is told, and ends when nobody is left to tell. */
export function serveStress(): void {
  const abort = new AbortController();
  // Ctrl-C reaches all processes of a terminal; the one that was asked for the race passes it on.
  process.on('SIGINT', () => undefined);
  process.on('disconnect', () => process.exit(ExitCode.internal));
  process.on('message', (message: ToProcess) => {
    if (message.kind === 'stop') abort.abort();
    else void race(message.plan, abort.signal);
  });
}

async function race(plan: ProcessPlan, signal: AbortSignal): Promise<void> {
  const { entry, ...rest } = plan;
  try {
    const result = await runStress(
      { ...rest, ...(entry === null ? {} : { entry: new URL(entry) }) },
      { signal, onProgress: (progress) => tell({ kind: 'progress', progress }) },
    );
    tell({ kind: 'ended', result });
  } catch (error) {
    tell({ kind: 'threw', error: errorToWire(error) });
  }
}

function tell(message: FromProcess): void {
  process.send?.(message);
}
