/**
 * Text with a unit, as it stands in a scenario, turned into a plain number. Nothing here throws: what cannot be read
 * says what was expected, and the caller knows where it stood.
 */
export type Reading<T> = { readonly value: T } | Refusal;

export interface Refusal {
  /** Follows "expected". */
  readonly expected: string;
  /** Follows the value; usually `did you mean ...?`. */
  readonly hint?: string;
  /** What was read, where it is only a part of the value. */
  readonly got?: string;
}

/** What YAML hands over for a value with an optional unit. */
export type UnitText = string | number;

const NUMBER = String.raw`(\d+(?:\.\d+)?)`;
export const SIZE_PATTERN: RegExp = new RegExp(`^${NUMBER}(?: ?(B|KiB|MiB|GiB|kB|MB|GB))?$`);
export const DURATION_PATTERN: RegExp = new RegExp(`^${NUMBER} ?(ns|us|ms|s|m|h)$`);
export const COUNT_PATTERN: RegExp = new RegExp(`^${NUMBER}(k|M)?$`);
export const RATE_PATTERN: RegExp = new RegExp(`^${NUMBER}(k|M)?/s$`);
export const RANGE_PATTERN: RegExp = /^(\d+)\.\.(\d+)$/;
export const SHARE_PATTERN: RegExp = new RegExp(`^${NUMBER}%$`);

const BYTES_OF: Readonly<Record<string, number>> = {
  B: 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
};
const NS_OF: Readonly<Record<string, number>> = { ns: 1, us: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };
const COUNT_OF: Readonly<Record<string, number>> = { k: 1e3, M: 1e6 };

export function isRefusal<T>(reading: Reading<T>): reading is Refusal {
  return 'expected' in reading;
}

/** Bytes. A bare number is bytes; `4k` is refused, because half of the world means 4000 by it. */
export function readSizeBytes(given: UnitText): Reading<number> {
  const expected = 'a size such as 512, 4KiB or 1MiB';
  const read = scaled(given, SIZE_PATTERN, BYTES_OF);
  if (read !== null && isCount(read)) return { value: read };
  const ambiguous = /^(\d+(?:\.\d+)?) ?([kmg])(i?b)?$/i.exec(String(given));
  if (ambiguous === null) return { expected };
  const [, digits, letter] = ambiguous as unknown as [string, string, string];
  const binary = `${digits}${letter.toUpperCase()}iB`;
  const decimal = `${digits}${letter.toLowerCase() === 'k' ? 'k' : letter.toUpperCase()}B`;
  return { expected, hint: `did you mean \`${binary}\` or \`${decimal}\`?` };
}

/** Nanoseconds. */
export function readDurationNs(given: UnitText): Reading<number> {
  const expected = 'a duration such as 50us, 200ms or 10s';
  const text = String(given);
  const read = typeof given === 'string' ? scaled(given, DURATION_PATTERN, NS_OF) : null;
  if (read !== null && read <= Number.MAX_SAFE_INTEGER) return { value: read };
  if (/^\d+(\.\d+)?$/.test(text)) return { expected, hint: `did you mean \`${text}s\`?` };
  const spelled = /^(\d+(?:\.\d+)?) ?(µs|μs|sec|seconds?|min|minutes?|hours?)$/.exec(text);
  if (spelled === null) return { expected };
  const unit = /^[µμ]/.test(spelled[2] as string) ? 'us' : (spelled[2] as string).slice(0, 1);
  return { expected, hint: `did you mean \`${spelled[1]}${unit}\`?` };
}

export function readDurationMs(given: UnitText): Reading<number> {
  const read = readDurationNs(given);
  return isRefusal(read) ? read : { value: read.value / 1e6 };
}

/** A whole number: `1000`, `200k`, `1M`. */
export function readCount(given: UnitText): Reading<number> {
  const expected = 'a whole number such as 1000, 200k or 1M';
  const read = scaled(given, COUNT_PATTERN, COUNT_OF);
  if (read !== null && isCount(read)) return { value: read };
  const wrongCase = /^(\d+(?:\.\d+)?)([Km])$/.exec(String(given));
  if (wrongCase === null) return { expected };
  return { expected, hint: `did you mean \`${wrongCase[1]}${wrongCase[2] === 'K' ? 'k' : 'M'}\`?` };
}

/** Per second: `50k/s`. The unit is asked for, because a bare number could as well be a period. */
export function readRatePerS(given: UnitText): Reading<number> {
  const expected = 'a rate such as 500/s or 50k/s';
  const read = typeof given === 'string' ? scaled(given, RATE_PATTERN, COUNT_OF) : null;
  if (read !== null && read > 0 && read <= 1e9) return { value: read };
  const bare = COUNT_PATTERN.test(String(given)) && Number.parseFloat(String(given)) > 0;
  return bare ? { expected, hint: `did you mean \`${given}/s\`?` } : { expected };
}

/** 0 to 1, or a percentage. */
export function readShare(given: UnitText): Reading<number> {
  const expected = 'a share from 0 to 1, or a percentage such as 5%';
  const percent = SHARE_PATTERN.exec(String(given));
  const read = percent === null ? Number(given) : Number(percent[1]) / 100;
  return String(given).trim() !== '' && read >= 0 && read <= 1 ? { value: read } : { expected };
}

/** `4` or `1..4`. */
export function readRange(given: UnitText): Reading<{ readonly min: number; readonly max: number }> {
  const expected = 'a whole number from 1 on, or a range such as 1..4';
  const pair = RANGE_PATTERN.exec(String(given));
  const min = Number(pair === null ? given : pair[1]);
  const max = Number(pair === null ? given : pair[2]);
  if (!isCount(min) || !isCount(max) || min < 1) return { expected };
  return min <= max ? { value: { min, max } } : { expected, hint: `did you mean \`${max}..${min}\`?` };
}

/** `4KiB` for 4096, for messages. */
export function showBytes(bytes: number): string {
  for (const unit of ['GiB', 'MiB', 'KiB'] as const) {
    const size = BYTES_OF[unit] as number;
    if (bytes >= size && bytes % size === 0) return `${bytes / size}${unit}`;
  }
  return `${bytes} bytes`;
}

/** The number in base units, or null when the text is not of that form. */
function scaled(given: UnitText, pattern: RegExp, factors: Readonly<Record<string, number>>): number | null {
  if (typeof given === 'number') return given;
  const match = pattern.exec(given);
  if (match === null) return null;
  const exact = Number(match[1]) * (match[2] === undefined ? 1 : (factors[match[2]] as number));
  // 1.1 * 1e9 is not a whole number in binary; what is left over after this was no whole number to begin with.
  return Math.abs(exact - Math.round(exact)) < 1e-6 ? Math.round(exact) : exact;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
