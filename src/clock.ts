import { performance } from 'node:perf_hooks';
import { hrtime } from 'node:process';

/** What {@link nowNs} lacks to be {@link commonNowNs}, and how far off it may be; measured when first asked for. */
let common: { readonly offsetNs: number; readonly errorNs: number } | null = null;

const CALIBRATIONS = 64;

/**
 * Where the nanoseconds of a thread begin: above all 32-bit integers. In the first 2.1 seconds of a thread a whole
 * number of them would be one, and code that was compiled for such would be thrown away when they are over.
 */
const START_NS = 2 ** 32;

/**
 * The only room with a wall clock. Times are nanoseconds as plain numbers (exact to 2^53, about 104 days), counted
 * from an arbitrary start that differs between threads: subtract only times of the same thread, or ask for
 * {@link commonNowNs}.
 */
export function nowNs(): number {
  return START_NS + performance.now() * 1e6;
}

/** Milliseconds of the same clock, for deadlines where a nanosecond means nothing. */
export function nowMs(): number {
  return performance.now();
}

/**
 * Nanoseconds of a clock that all threads of the process share, so that times of two threads can be compared: exact to
 * the sum of their {@link commonClockErrorNs}.
 */
export function commonNowNs(): number {
  return toCommonNs(nowNs());
}

/** What {@link commonNowNs} was when this thread's {@link nowNs} was `ownNs`. */
export function toCommonNs(ownNs: number): number {
  return ownNs + (common ??= calibrate()).offsetNs;
}

/** How far this thread's {@link commonNowNs} may be from the clock that all share: some hundred nanoseconds. */
export function commonClockErrorNs(): number {
  return (common ??= calibrate()).errorNs;
}

/**
 * `hrtime` counts from one start for all threads, but makes an array of each answer; `performance.now` does not, and
 * runs at the same pace. So where the one stands between two looks at the other is found out once: of many tries the
 * one with the shortest time between the looks is the most exact, and half of that time is how far off it may be.
 */
function calibrate(): { readonly offsetNs: number; readonly errorNs: number } {
  let offsetNs = 0;
  let errorNs = Infinity;
  for (let i = 0; i < CALIBRATIONS; i++) {
    const before = nowNs();
    const [seconds, nanoseconds] = hrtime();
    const after = nowNs();
    const half = (after - before) / 2;
    if (half >= errorNs) continue;
    errorNs = half;
    offsetNs = seconds * 1e9 + nanoseconds - (before + half);
  }
  return { offsetNs, errorNs };
}

/** The date of a report, ISO 8601. */
export function timestamp(): string {
  return new Date().toISOString();
}

/** A fresh seed where the user named none: the only place where chance enters. */
export function freshSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] as number;
}
