import * as z from 'zod';
import { isEventKind, makeEvent, NO_ORDINAL, numbersOf } from '../events/ring-event.js';
import type { RecordedEvent } from './recording.js';

/** An event as it is kept: when, whose, what, and the numbers of its kind. The keys are a contract with scripts. */
export const EventLine: z.ZodType<EventLine> = z
  .object({ t_ns: z.number(), side: z.enum(['driver', 'device']), kind: z.string() })
  .catchall(z.number());

export interface EventLine {
  readonly t_ns: number;
  readonly side: RecordedEvent['side'];
  readonly kind: string;
  /** In snake case; `ordinal` is not there when it is not known. */
  readonly [name: string]: number | string;
}

export function eventLine({ side, event }: RecordedEvent): EventLine {
  const numbers = numbersOf(event).filter(([name, value]) => name !== 'ordinal' || value !== NO_ORDINAL);
  const named = numbers.map(([name, value]) => [snakeCase(name), value] as const);
  return { t_ns: event.timeNs, side, kind: event.kind, ...Object.fromEntries(named) };
}

/** Back from that. Null: it is no event. */
export function eventOfLine(line: EventLine, queue: number): RecordedEvent | null {
  const { kind, side, t_ns: timeNs } = line;
  if (!isEventKind(kind)) return null;
  let isWhole = true;
  const event = makeEvent(kind, queue, timeNs, (name) => {
    const value = line[snakeCase(name)];
    if (typeof value === 'number') return value;
    if (name !== 'ordinal') isWhole = false;
    return NO_ORDINAL;
  });
  return isWhole ? { side, event } : null;
}

export function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
