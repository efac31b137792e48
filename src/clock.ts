import { performance } from 'node:perf_hooks';

/**
 * The only room with a wall clock. Times are nanoseconds as plain numbers (exact to 2^53, about 104 days), counted
 * from an arbitrary start that differs between threads: subtract only times of the same thread.
 */
export function nowNs(): number {
  return performance.now() * 1e6;
}

/** Milliseconds of the same clock, for deadlines where a nanosecond means nothing. */
export function nowMs(): number {
  return performance.now();
}

/** The date of a report, ISO 8601. */
export function timestamp(): string {
  return new Date().toISOString();
}

/** A fresh seed where the user named none: the only place where chance enters. */
export function freshSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] as number;
}
