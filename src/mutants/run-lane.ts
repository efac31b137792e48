import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { nowMs } from '../clock.js';
import { findingOf } from './finding.js';
import { type Lane, type LaneName, wordsOf } from './mutant.js';

/** What a lane has made of a tree. Its keys are a contract with scripts. */
export interface LaneReport {
  readonly lane: LaneName;
  /** Below the root of the copy. */
  readonly command: string;
  /** Null: nothing in it depends on one. */
  readonly seed: number | null;
  readonly caught: boolean;
  readonly expected: Lane['expected'];
  /** False: it survived, was caught by a lane that must not, for another reason, or the tool itself broke down. */
  readonly as_expected: boolean;
  /** Null: it was ended when its time was up. */
  readonly exitCode: number | null;
  readonly elapsed_s: number;
  readonly finding: string | null;
}

interface Finished {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a lane has made of a tree, and the document of its tool. */
export interface LaneResult {
  readonly report: LaneReport;
  readonly stdout: string;
}

/** Starts a lane's tool in the copy at `root`. An aborted `signal` ends it, and this throws. */
export async function runLane(root: string, lane: Lane, signal: AbortSignal): Promise<LaneResult> {
  const startMs = nowMs();
  const finished = await start(root, lane, signal);
  signal.throwIfAborted();
  const { caught, finding, broken } = judge(finished, lane);
  const isRight = caught === (lane.expected === 'caught') && !broken;
  const report: LaneReport = {
    lane: lane.lane,
    command: ['node', ...wordsOf(lane)].join(' '),
    seed: lane.seed ?? null,
    caught,
    expected: lane.expected,
    as_expected: isRight && (!caught || new RegExp(lane.because ?? '').test(finding ?? '')),
    exitCode: finished.exitCode,
    elapsed_s: (nowMs() - startMs) / 1000,
    finding,
  };
  return { report, stdout: finished.stdout };
}

async function start(root: string, lane: Lane, signal: AbortSignal): Promise<Finished> {
  const { VRING_SEED: _, ...inherited } = process.env;
  const child = spawn(process.execPath, [...wordsOf(lane)], {
    cwd: root,
    env: { ...inherited, NO_COLOR: '1', VRING_STORE: 'off' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: lane.budgetS * 1000,
    killSignal: 'SIGKILL',
    // A group of its own: a Ctrl-C at the terminal is for the zoo, which ends its lanes itself.
    detached: process.platform !== 'win32',
  });
  const kill = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', kill);
  // Whoever asks twice does not wait for us, and a lane without an end would stay for good.
  process.once('exit', kill);
  const out: string[] = [];
  const err: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => out.push(text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => err.push(text));
  try {
    const [exitCode] = (await once(child, 'close')) as [number | null];
    return { exitCode, stdout: out.join(''), stderr: err.join('') };
  } finally {
    signal.removeEventListener('abort', kill);
    process.off('exit', kill);
  }
}

interface Judgement {
  readonly caught: boolean;
  readonly finding: string | null;
  /** The tool itself did not work, which is neither. */
  readonly broken: boolean;
}

function judge({ exitCode, stdout, stderr }: Finished, { endless, budgetS }: Lane): Judgement {
  if (exitCode === null) {
    return { caught: endless === true, finding: `no end in ${budgetS} s`, broken: endless !== true };
  }
  try {
    const finding = findingOf(stdout);
    return { caught: finding !== null, finding, broken: false };
  } catch (error) {
    const text = stderr.trim() === '' ? String(error) : stderr.trim();
    return { caught: false, finding: `broken: ${text.slice(0, 300)}`, broken: true };
  }
}
