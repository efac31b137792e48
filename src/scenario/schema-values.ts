import { z } from 'zod';
import type { WorkloadPlan } from './plan.js';
import {
  COUNT_PATTERN,
  DURATION_PATTERN,
  isRefusal,
  RANGE_PATTERN,
  RATE_PATTERN,
  type Reading,
  readCount,
  readDurationMs,
  readDurationNs,
  readRange,
  readRatePerS,
  readShare,
  readSizeBytes,
  SHARE_PATTERN,
  SIZE_PATTERN,
  type UnitText,
} from './units.js';

// The values that keys of a scenario hold. A message is what follows "expected"; where and what was found instead is
// added by whoever reports it.

/** What is wrong with a value, beyond its message: the `params` of an issue. */
export interface IssueParams {
  readonly hint?: string;
  readonly got?: string;
  /** The key is wrong, not the value that it holds. */
  readonly atKey?: true;
}

/** A value that `read` understands; `pattern` is for editors alone, which cannot call it. */
export function reader<T>(
  read: (given: UnitText) => Reading<T>,
  expected: string,
  ...patterns: readonly RegExp[]
): z.ZodType<T, UnitText> {
  const pattern = patterns.map(({ source }) => `(?:${source})`).join('|');
  const text = z.string().meta(pattern === '' ? {} : { pattern });
  return z.union([z.number(), text], { error: expected }).transform((given, context) => {
    const reading = read(given);
    return isRefusal(reading) ? refuse(context, given, reading) : reading.value;
  });
}

/** Puts a reader's refusal among the issues of a transformation. */
export function refuse(
  context: z.RefinementCtx,
  input: unknown,
  { expected, ...params }: { readonly expected: string } & IssueParams,
  path: PropertyKey[] = [],
): never {
  context.issues.push({ code: 'custom', message: expected, input, params, path });
  return z.NEVER;
}

/** A key that may be left out; `fallback` is what it is then, filled in when the job is resolved. */
export function key<T extends z.ZodType>(
  schema: T,
  description: string,
  fallback?: string,
): z.ZodOptional<T> {
  const text = fallback === undefined ? description : `${description} Default: ${fallback}.`;
  return z.optional(schema.meta({ description: text }));
}

export function flag(): z.ZodType<boolean, boolean> {
  return z.boolean({ error: 'true or false' });
}

export function filePath(): z.ZodType<string, string> {
  return z.string({ error: 'a path (in quotes if it looks like a number)' }).min(1, 'a path');
}

export function size(): z.ZodType<number, UnitText> {
  return reader(readSizeBytes, 'a size such as 512, 4KiB or 1MiB', SIZE_PATTERN);
}

export function sizeBetween(min: number, max: number, expected: string): z.ZodType<number, UnitText> {
  const read = bounded(readSizeBytes, expected, (bytes) => bytes >= min && bytes <= max);
  return reader(read, expected, SIZE_PATTERN);
}

export function durationNs(): z.ZodType<number, UnitText> {
  return reader(readDurationNs, 'a duration such as 50us, 200ms or 10s', DURATION_PATTERN);
}

export function durationMs(): z.ZodType<number, UnitText> {
  return reader(readDurationMs, 'a duration such as 50us, 200ms or 10s', DURATION_PATTERN);
}

/** A time that something takes: not 0. */
export function spanMs(): z.ZodType<number, UnitText> {
  const expected = 'a duration above 0, such as 50us, 200ms or 10s';
  return reader(
    bounded(readDurationMs, expected, (ms) => ms > 0),
    expected,
    DURATION_PATTERN,
  );
}

/** A whole number that may be written with k or M. */
export function count(min: number, max: number): z.ZodType<number, UnitText> {
  const limit = max === Number.MAX_SAFE_INTEGER ? `from ${min} on` : `from ${min} to ${max}`;
  const expected = `a whole number ${limit}, such as 1000, 200k or 1M`;
  return reader(
    bounded(readCount, expected, (value) => value >= min && value <= max),
    expected,
    COUNT_PATTERN,
  );
}

/** A small whole number. */
export function integer(min: number, max: number): z.ZodType<number, number> {
  const error = `a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, error).max(max, error);
}

export function rate(): z.ZodType<number, UnitText> {
  return reader(readRatePerS, 'a rate such as 500/s or 50k/s', RATE_PATTERN);
}

export function share(): z.ZodType<number, UnitText> {
  return reader(readShare, 'a share from 0 to 1, or a percentage such as 5%', SHARE_PATTERN);
}

export function range(): z.ZodType<{ readonly min: number; readonly max: number }, UnitText> {
  return reader(readRange, 'a whole number from 1 on, or a range such as 1..4', RANGE_PATTERN);
}

/** `2s` or `1000`: time or operations. */
export function warmup(): z.ZodType<WorkloadPlan['warmup'], UnitText> {
  const expected = 'a duration such as 2s, or a count of operations such as 1000 or 20k';
  const read = (given: UnitText): Reading<WorkloadPlan['warmup']> => {
    const time = typeof given === 'string' ? readDurationMs(given) : { expected };
    if (!isRefusal(time)) return { value: { operations: 0, durationMs: time.value } };
    const operations = readCount(given);
    return isRefusal(operations) ? { expected } : { value: { operations: operations.value, durationMs: 0 } };
  };
  return reader(read, expected, DURATION_PATTERN, COUNT_PATTERN);
}

/** Narrows a reader. */
export function bounded<T>(
  read: (given: UnitText) => Reading<T>,
  expected: string,
  isRight: (value: T) => boolean,
): (given: UnitText) => Reading<T> {
  return (given) => {
    const reading = read(given);
    if (isRefusal(reading)) return { ...reading, expected };
    return isRight(reading.value) ? reading : { expected };
  };
}
