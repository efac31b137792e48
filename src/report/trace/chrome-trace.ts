import type { RecordedLife, Recording, Side } from '../../recording/recording.js';
import { arrows } from './arrows.js';
import { requestEvents } from './request-spans.js';
import { threadSlices } from './thread-slices.js';
import { microseconds, placeOf, type TraceEvent } from './trace-event.js';

/** Why a job failed, as a mark at its end. */
export interface TraceFailure {
  readonly code: string;
  readonly message: string;
}

/** A recording for ui.perfetto.dev, as one JSON document. */
export function chromeTrace(recording: Recording, failures: readonly TraceFailure[]): string {
  const { lives, job, choice } = recording;
  const endNs = Math.max(0, ...lives.map(({ events }) => events.at(-1)?.event.timeNs ?? 0));
  const queues = [...new Set(lives.map(({ queue }) => queue))];
  const events = lives.flatMap((life) => [
    ...marks(life),
    ...threadSlices(life, endNs),
    ...requestEvents(life),
    ...arrows(life),
  ]);
  const traceEvents = [
    ...queues.flatMap(names),
    ...[...events, ...failures.map((failure) => failed(failure, endNs))].toSorted((a, b) => a.ts - b.ts),
  ];
  const lines = traceEvents.map((event) => JSON.stringify(event));
  const other = { job, events: `${choice.which} ${choice.eventsMax} of each thread`, made_by: 'vring' };
  return `{"displayTimeUnit":"ns","otherData":${JSON.stringify(other)},"traceEvents":[\n${lines.join(',\n')}\n]}\n`;
}

function names(queue: number): TraceEvent[] {
  const of = (side: Side, process: string, thread: string): TraceEvent[] => {
    const place = { ph: 'M', ...placeOf(side, queue), ts: 0 } as const;
    return [
      { ...place, name: 'process_name', args: { name: process } },
      { ...place, name: 'thread_name', args: { name: thread } },
    ];
  };
  return [
    ...of('driver', 'guest', `vCPU ${queue}: driver of queue ${queue}`),
    ...of('device', 'host', `I/O thread ${queue}: device of queue ${queue}`),
  ];
}

/** A ring begins, and buffers are taken out of one that a reset has stopped. */
function marks(life: RecordedLife): TraceEvent[] {
  const driver = life.events.filter(({ side }) => side === 'driver').map(({ event }) => event);
  const first = driver.find(({ kind }) => kind === 'lifeBegan');
  const reset = driver.find(({ kind }) => kind === 'detached');
  const mark = (name: string, timeNs: number): TraceEvent => {
    return {
      ph: 'i',
      s: 'g',
      cat: 'lifecycle',
      name,
      ...placeOf('driver', life.queue),
      ts: microseconds(timeNs),
    };
  };
  const { layout, options, queue } = life;
  return [
    ...(first === undefined
      ? []
      : [mark(`queue ${queue}: a ${layout} ring of ${options.size} begins`, first.timeNs)]),
    ...(reset === undefined ? [] : [mark(`queue ${queue}: its ring was reset`, reset.timeNs)]),
  ];
}

function failed({ code, message }: TraceFailure, endNs: number): TraceEvent {
  const place = { ...placeOf('driver', 0), ts: microseconds(endNs) };
  return { ph: 'i', s: 'g', cat: 'failure', name: `FAIL ${code}`, ...place, args: { message } };
}
