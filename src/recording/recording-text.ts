import * as z from 'zod';
import { ScenarioError } from '../errors.js';
import { EventLine, eventLine, eventOfLine, snakeCase } from './event-line.js';
import type { RecordedEvent, RecordedLife, Recording } from './recording.js';
import { latencySplit, type RecordedRequest, requestsOf } from './requests.js';

const whole = z.number().int();
const bytes = z.base64().transform((text) => Uint8Array.from(Buffer.from(text, 'base64')));

const Header = z.object({
  schemaVersion: z.literal(1),
  document: z.literal('recording'),
  job: z.string(),
  which: z.enum(['first', 'last']),
  events_max: whole,
  clock_error_ns: z.number(),
  lives: whole,
  lives_left_out: whole,
});

const Life = z.object({
  queue: whole,
  life: whole.nullable(),
  layout: z.enum(['split', 'packed']),
  size: whole,
  start_index: whole,
  event_idx: z.boolean(),
  indirect: z.boolean(),
  in_order: z.boolean(),
  addresses: z.object({ desc: whole, driver: whole, device: whole }),
  from_start: z.boolean(),
  to_end: z.boolean(),
  areas: z.array(
    z.object({ name: z.enum(['desc', 'driver', 'device', 'table']), address: whole, base: bytes }),
  ),
  at_end: z.array(bytes).nullable(),
  events: whole,
});

/**
 * A recording as lines of JSON: the job, and then each ring with its events behind it. The keys are a contract with
 * scripts.
 */
export function recordingText(recording: Recording): string {
  const { job, choice, clockErrorNs, lives, livesLeftOut } = recording;
  const header: z.input<typeof Header> = {
    schemaVersion: 1,
    document: 'recording',
    job,
    which: choice.which,
    events_max: choice.eventsMax,
    clock_error_ns: Math.round(clockErrorNs),
    lives: lives.length,
    lives_left_out: livesLeftOut,
  };
  const lines: unknown[] = [header];
  for (const life of lives) lines.push(lifeLine(life), ...life.events.map(eventLine));
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

function lifeLine(life: RecordedLife): unknown {
  const { options, areas, atEnd, events } = life;
  const line: z.input<typeof Life> = {
    queue: life.queue,
    life: life.life,
    layout: life.layout,
    size: options.size,
    start_index: options.startIndex,
    event_idx: options.eventIdx,
    indirect: options.indirect,
    in_order: options.inOrder,
    addresses: { ...life.addresses },
    from_start: life.isFromStart,
    to_end: life.isToEnd,
    areas: areas.map(({ name, address, base }) => ({ name, address, base: base64(base) })),
    at_end: atEnd === null ? null : atEnd.map(base64),
    events: events.length,
  };
  // What can be told from the events is for scripts, and not read again.
  return { ...line, requests: requestsOf(events).map(requestLine) };
}

function requestLine(request: RecordedRequest): Record<string, number | null> {
  const { ordinal, token, head, readableBytes, writableBytes, usedBytes, times } = request;
  const { toDeviceNs, inDeviceNs, toDriverNs } = latencySplit(request);
  return snake({
    ordinal,
    token,
    head,
    readableBytes,
    writableBytes,
    usedBytes,
    ...times,
    toDeviceNs,
    inDeviceNs,
    toDriverNs,
  });
}

/** Reads what {@link recordingText} wrote, one job after the other; `file` is for the message if it did not. */
export function parseRecordings(text: string, file: string): Recording[] {
  const lines = text.split('\n').filter((line) => line !== '');
  let at = 0;
  const next = <T>(shape: z.ZodType<T>): T => {
    const line = lines[at++];
    const parsed = shape.safeParse(jsonOf(line));
    if (!parsed.success) throw unreadable(file, at, z.prettifyError(parsed.error));
    return parsed.data;
  };
  const recordings: Recording[] = [];
  const noEvent = (): Error => unreadable(file, at, 'this is no event');
  while (at < lines.length) recordings.push(recordingOf(next, noEvent));
  return recordings;
}

type Next = <T>(shape: z.ZodType<T>) => T;

function recordingOf(next: Next, noEvent: () => Error): Recording {
  const header = next(Header);
  const lives = Array.from({ length: header.lives }, (): RecordedLife => {
    const life = next(Life);
    const events = Array.from({ length: life.events }, (): RecordedEvent => {
      const event = eventOfLine(next(EventLine), life.queue);
      if (event === null) throw noEvent();
      return event;
    });
    return {
      queue: life.queue,
      life: life.life,
      layout: life.layout,
      options: {
        size: life.size,
        startIndex: life.start_index,
        eventIdx: life.event_idx,
        indirect: life.indirect,
        inOrder: life.in_order,
      },
      addresses: life.addresses,
      areas: life.areas,
      events,
      isFromStart: life.from_start,
      isToEnd: life.to_end,
      atEnd: life.at_end,
    };
  });
  const {
    job,
    which,
    events_max: eventsMax,
    clock_error_ns: clockErrorNs,
    lives_left_out: livesLeftOut,
  } = header;
  return { job, choice: { which, eventsMax }, clockErrorNs, lives, livesLeftOut };
}

function unreadable(file: string, line: number, why: string): ScenarioError {
  return new ScenarioError('RECORDING', `${file}:${line}: this is no recording that vring can read: ${why}`);
}

/** Undefined where there is no line, or no JSON in it: no shape takes that. */
function jsonOf(line: string | undefined): unknown {
  try {
    return line === undefined ? undefined : (JSON.parse(line) as unknown);
  } catch {
    return undefined;
  }
}

function base64(data: Uint8Array): string {
  return Buffer.from(data).toString('base64');
}

function snake<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [snakeCase(name), value]));
}
