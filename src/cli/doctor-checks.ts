import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { MAX_MEMORY_BYTES, SharedMemory } from '../memory/shared-memory.js';
import type { Environment } from '../report/environment.js';
import { formatBytes, formatNs, plural } from '../report/format.js';
import { probeSharedWait } from './doctor-wait.js';

/** One thing that a run needs. `warn`: runs work, figures suffer. `fail`: runs will not work. */
export interface DoctorCheck {
  readonly name: string;
  readonly status: 'ok' | 'warn' | 'fail';
  readonly detail: string;
}

export async function doctorChecks(environment: Environment, nodeRange: string): Promise<DoctorCheck[]> {
  return [
    checkNode(environment.node_version, nodeRange),
    checkCores(environment),
    checkMemory(os.freemem()),
    checkLargestMemory(largestMemoryBytes()),
    await checkSharedWait(),
    checkTimer(environment.timer_resolution_ns),
    checkTempFolder(os.tmpdir()),
  ];
}

/** `range` is as in package.json, of the one form used there: `>=20.19`. */
export function checkNode(version: string, range: string): DoctorCheck {
  const needed = range.replace('>=', '');
  const ok = compareVersions(version, needed) >= 0;
  return check('node', ok ? 'ok' : 'fail', ok ? version : `${version} is too old: vring needs ${needed}`);
}

export function checkCores({ cpu_count: cores, load_average: [load = 0] }: Environment): DoctorCheck {
  const count = plural(cores, 'core');
  if (cores < 2) {
    return check('cores', 'warn', `${count}: guest and host take turns, use \`wait: block\``);
  }
  if (load >= cores) return check('cores', 'warn', `${count}, but a load of ${load}: latencies will suffer`);
  return check('cores', 'ok', `${count}, load ${load}`);
}

const FREE_BYTES_MIN = 512 * 2 ** 20;

export function checkMemory(freeBytes: number): DoctorCheck {
  const status = freeBytes < FREE_BYTES_MIN ? 'warn' : 'ok';
  return check('memory', status, `${formatBytes(freeBytes)} free`);
}

/** What the shipped scenarios need with room to spare. */
const GUEST_BYTES_MIN = 256 * 2 ** 20;

export function checkLargestMemory(bytes: number): DoctorCheck {
  const detail = `a guest can have ${formatBytes(bytes)} of memory`;
  if (bytes === 0) return check('shared memory', 'fail', 'shared memory cannot be allocated');
  return check('shared memory', bytes < GUEST_BYTES_MIN ? 'warn' : 'ok', detail);
}

/** By powers of two: the system hands out addresses here, not memory, so that this costs nothing. */
function largestMemoryBytes(): number {
  for (let bytes = MAX_MEMORY_BYTES; bytes >= 2 ** 20; bytes /= 2) {
    try {
      return SharedMemory.ofSize(bytes).sizeBytes;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
  return 0;
}

async function checkSharedWait(): Promise<DoctorCheck> {
  const name = 'wait and notify';
  try {
    const result = await probeSharedWait();
    if (result === 'timed-out') return check(name, 'fail', 'a sleeping worker thread was not woken');
    return check(name, 'ok', 'a sleeping worker thread was woken');
  } catch (error) {
    return check(name, 'fail', `no worker thread: ${String(error)}`);
  }
}

const TIMER_STEP_NS_MAX = 1000;

export function checkTimer(stepNs: number): DoctorCheck {
  const coarse = stepNs > TIMER_STEP_NS_MAX;
  const detail = `steps of ${formatNs(stepNs)}`;
  return check(
    'timer',
    coarse ? 'warn' : 'ok',
    coarse ? `${detail}: short latencies cannot be told apart` : detail,
  );
}

export function checkTempFolder(parent: string): DoctorCheck {
  try {
    const folder = mkdtempSync(path.join(parent, 'vring-doctor-'));
    writeFileSync(path.join(folder, 'probe'), 'probe');
    rmSync(folder, { recursive: true });
    return check('temporary folder', 'ok', parent);
  } catch (error) {
    return check('temporary folder', 'fail', `cannot be written: ${String(error)}`);
  }
}

function check(name: string, status: DoctorCheck['status'], detail: string): DoctorCheck {
  return { name, status, detail };
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number)) as [number[], number[]];
  for (const [index, needed] of right.entries()) {
    const difference = (left[index] ?? 0) - needed;
    if (difference !== 0) return difference;
  }
  return 0;
}
