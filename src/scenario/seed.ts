import { ScenarioError } from '../errors.js';
import { mix32 } from '../rng.js';
import { isRefusal, type Reading } from './units.js';

const EXPECTED = 'a seed: a decimal number, 0x and hex digits, or a git hash (up to 40 hex digits)';
const WORD_MAX = 0xffffffff;

/** Decimal, hex with 0x, or hex without it where a letter tells (a git hash). */
export const SEED_PATTERN: RegExp = /^(?:\d{1,49}|0[xX][0-9a-fA-F]{1,40}|[0-9a-fA-F]{1,40})$/;

/** A seed from the command line or the environment. */
export function parseSeed(text: string): number {
  const reading = readSeed(text);
  if (!isRefusal(reading)) return reading.value;
  throw new ScenarioError('SCENARIO_VALUE', `expected ${reading.expected}, got \`${text}\``, { value: text });
}

/** 32 bits are taken as they are; anything longer is folded, so that every digit counts. */
export function readSeed(given: string | number): Reading<number> {
  const text = String(given).trim();
  if (!SEED_PATTERN.test(text)) return { expected: EXPECTED };
  const isBareHex = /[a-fA-F]/.test(text) && !/^0x/i.test(text);
  const value = BigInt(isBareHex ? `0x${text}` : text);
  if (value >= 1n << 160n) return { expected: EXPECTED };
  return { value: value <= BigInt(WORD_MAX) ? Number(value) : fold(value) };
}

function fold(value: bigint): number {
  let folded = 0;
  for (let rest = value; rest > 0n; rest >>= 32n) folded = mix32(folded, Number(rest & BigInt(WORD_MAX)));
  return folded;
}
