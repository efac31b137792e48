import { VringError } from '../errors.js';
import { ExitCode } from '../exit-code.js';
import type { LaneReport } from './run-lane.js';

/** A tool that must do the same each time has not: nothing that it says of a mutant can be relied on. */
export class NotRepeatable extends VringError {
  constructor({ lane, command }: Pick<LaneReport, 'lane' | 'command'>, difference: string) {
    const message = `${lane} does not repeat itself: ${difference}\n  ${command}`;
    super('NOT_REPEATABLE', message, ExitCode.internal, { lane, command, difference });
  }
}

/** What two runs of the same may differ in: when they were, and how busy the machine was. */
const OF_THE_MOMENT = new Set(['started_at', 'elapsed_s', 'load_average', 'timer_resolution_ns']);

/** Throws when two documents of a lane are not the same, apart from times. */
export function checkRepeated(
  report: Pick<LaneReport, 'lane' | 'command'>,
  first: string,
  second: string,
): void {
  const difference = firstDifference(parsed(first), parsed(second), 'document');
  if (difference !== null) throw new NotRepeatable(report, difference);
}

/** What is no document is compared as it is. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Where and how; null: nowhere. */
function firstDifference(one: unknown, other: unknown, where: string): string | null {
  if (Object.is(one, other)) return null;
  if (!isObject(one) || !isObject(other) || Array.isArray(one) !== Array.isArray(other)) {
    return `${where} was ${shortly(one)}, then ${shortly(other)}`;
  }
  for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
    if (OF_THE_MOMENT.has(key)) continue;
    const difference = firstDifference(one[key], other[key], `${where}.${key}`);
    if (difference !== null) return difference;
  }
  return null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

const VALUE_CHARS = 80;

function shortly(value: unknown): string {
  return value === undefined ? 'not there' : JSON.stringify(value).slice(0, VALUE_CHARS);
}
