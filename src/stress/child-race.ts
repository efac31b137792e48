import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { errorFromWire, errorToWire, WorkerFailure } from '../errors.js';
import { NO_FLIGHT } from './flight.js';
import { drawRound } from './round-plan.js';
import type { StressHooks, StressPlan, StressProgress, StressResult } from './run-stress.js';
import type { FromProcess, ToProcess } from './stress-process.js';
import { type V8Mode, v8Flags } from './v8-mode.js';

const ENTRY = fileURLToPath(new URL('../../workers/stress-process.js', import.meta.url));
const NOTHING: StressProgress = { rounds: 0, buffers: 0, elapsedMs: 0 };

/** The same race in a process of its own, whose engine works in another mode. It is gone when this settles. */
export async function raceInChild(plan: StressPlan, mode: V8Mode, hooks: StressHooks): Promise<StressResult> {
  const child = fork(ENTRY, [], {
    execArgv: [...process.execArgv, ...v8Flags(mode)],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const tell = (message: ToProcess): void => {
    if (child.connected) child.send(message);
  };
  const stop = (): void => tell({ kind: 'stop' });
  hooks.signal.addEventListener('abort', stop);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  let progress = NOTHING;
  try {
    return await new Promise<StressResult>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => {
        resolve(resultOfDeath(plan, mode, progress, signal ?? `exit code ${code}`, hooks.signal.aborted));
      });
      child.on('message', (message: FromProcess) => {
        if (message.kind === 'ended') resolve(message.result);
        else if (message.kind === 'threw') reject(errorFromWire(message.error));
        else hooks.onProgress?.((progress = message.progress));
      });
      tell({ kind: 'race', plan: { ...plan, entry: plan.entry?.href ?? null } });
      if (hooks.signal.aborted) stop();
    });
  } finally {
    hooks.signal.removeEventListener('abort', stop);
    child.kill('SIGKILL');
    await ended;
  }
}

/** A process that was ended, or whose engine failed, takes its table along; how far it had come is known. */
function resultOfDeath(
  plan: StressPlan,
  mode: V8Mode,
  progress: StressProgress,
  how: string,
  interrupted: boolean,
): StressResult {
  const error = new WorkerFailure('PROCESS_ENDED', `the process of V8's ${mode} mode ended: ${how}`, {
    mode,
  });
  const round = plan.onlyRound ?? progress.rounds;
  const failure = {
    error: errorToWire(error),
    v8: mode,
    round,
    ring: 0,
    configuration: `after ${progress.rounds} rounds`,
    plan: drawRound(plan.choices, round, 0),
    flight: NO_FLIGHT,
  };
  return { ...progress, executions: 0, outcomes: [], failures: [failure], interrupted };
}
