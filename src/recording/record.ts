import { createEventRing, EventReader } from '../events/event-ring.js';
import type { RingEvent } from '../events/ring-event.js';
import { type LastRing, livesOf } from './lives.js';
import type { RecordedLife, Recording, RecordingChoice } from './recording.js';
import { commonWindow } from './window.js';

/** What the two threads of a queue recorded, and the ring that was there at the end. */
export interface QueueRecord {
  readonly driver: SharedArrayBuffer;
  readonly device: SharedArrayBuffer;
  /** Null: it never had one. */
  readonly last: LastRing | null;
}

/** Memory for the events of one thread; a little more than was asked for. */
export function recordingRing({ which, eventsMax }: RecordingChoice): SharedArrayBuffer {
  const capacity = 2 ** Math.ceil(Math.log2(Math.max(eventsMax, 16)));
  return createEventRing(which === 'first' ? 'beginning' : 'recorder', capacity);
}

/** The recording of a job whose threads have all ended. */
export function makeRecording(
  job: string,
  choice: RecordingChoice,
  queues: readonly QueueRecord[],
  clockErrorNs: number,
): Recording {
  const lives: RecordedLife[] = [];
  let livesLeftOut = 0;
  for (const { driver, device, last } of queues) {
    const window = commonWindow(new EventReader(driver).kept(), new EventReader(device).kept());
    const found = livesOf(window, last, clockErrorNs);
    lives.push(...found.lives);
    livesLeftOut += found.leftOut;
  }
  return fromZero({ job, choice, clockErrorNs, lives, livesLeftOut });
}

/** The clock that threads share counts from anything; a recording counts from its first event. */
function fromZero(recording: Recording): Recording {
  const times = recording.lives.flatMap(({ events }) => events.map(({ event }) => event.timeNs));
  const startNs = times.reduce((least, timeNs) => Math.min(least, timeNs), Infinity);
  const shifted = (event: RingEvent): RingEvent => ({ ...event, timeNs: event.timeNs - startNs });
  return {
    ...recording,
    lives: recording.lives.map((life) => {
      return { ...life, events: life.events.map(({ side, event }) => ({ side, event: shifted(event) })) };
    }),
  };
}
