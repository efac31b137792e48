import os from 'node:os';
import { nowNs } from '../clock.js';
import { packageInfo } from './package-info.js';

/**
 * What a measurement depends on and the scenario does not say; the `environment` block of every JSON report.
 */
export interface Environment {
  readonly vring_version: string;
  readonly node_version: string;
  readonly v8_version: string;
  /** Given to Node on its command line and in NODE_OPTIONS. Not in runs that were kept before this was recorded. */
  readonly node_flags?: readonly string[];
  readonly platform: string;
  readonly arch: string;
  readonly cpu_model: string;
  readonly cpu_count: number;
  readonly memory_bytes: number;
  /** Over 1, 5 and 15 minutes, before the run; zeroes where the system has none. */
  readonly load_average: readonly number[];
  /** The smallest step of the clock that latencies are measured with. */
  readonly timer_resolution_ns: number;
}

export function readEnvironment(): Environment {
  return {
    vring_version: packageInfo().version,
    node_version: process.versions.node,
    v8_version: process.versions.v8,
    node_flags: [...process.execArgv, ...(process.env['NODE_OPTIONS'] ?? '').split(/\s+/)].filter(
      (flag) => flag !== '',
    ),
    platform: process.platform,
    arch: process.arch,
    cpu_model: os.cpus()[0]?.model.trim() ?? 'unknown',
    cpu_count: os.availableParallelism(),
    memory_bytes: os.totalmem(),
    load_average: os.loadavg().map((load) => Math.round(load * 100) / 100),
    timer_resolution_ns: measureTimerResolutionNs(),
  };
}

/** Many, because the first readings run through the interpreter and take longer than a step of the clock. */
const STEPS = 20_000;
/** Reads of a clock that does not move, before it is taken to stand still. */
const READS_MAX = 1_000_000;

/** The smallest difference seen between two readings, reading as fast as possible. */
export function measureTimerResolutionNs(): number {
  let smallest = Infinity;
  let reads = 0;
  let before = nowNs();
  for (let step = 0; step < STEPS && reads < READS_MAX; reads++) {
    const now = nowNs();
    if (now === before) continue;
    smallest = Math.min(smallest, now - before);
    before = now;
    step++;
  }
  return Math.ceil(smallest);
}
