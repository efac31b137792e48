import type { RingEvent } from '../events/ring-event.js';
import type { RingLayout } from '../virtqueue/layouts.js';
import type { RingAddresses } from '../virtqueue/split-layout.js';
import type { QueueOptions } from '../virtqueue/queue.js';

export type Side = 'driver' | 'device';

/** Which of its events a thread keeps: the first so many, or the last so many before its end. */
export interface RecordingChoice {
  readonly which: 'first' | 'last';
  readonly eventsMax: number;
}

/** What one side did; the time counts from the beginning of the recording. */
export interface RecordedEvent {
  readonly side: Side;
  readonly event: RingEvent;
}

/** Memory that a ring's ends store to: the ring's three parts, and where indirect tables are. */
export interface RecordedArea {
  readonly name: keyof RingAddresses | 'table';
  readonly address: number;
  /** What was in it before the first event. */
  readonly base: Uint8Array;
}

/** One ring, from one set-up of a queue to its reset, or as much of it as was recorded. */
export interface RecordedLife {
  readonly queue: number;
  /** The same on both sides, another one for each ring that the queue had; null: it began before the recording. */
  readonly life: number | null;
  readonly layout: RingLayout;
  readonly options: QueueOptions;
  readonly addresses: RingAddresses;
  readonly areas: readonly RecordedArea[];
  /** Of both sides, in an order in which everything that was read had been stored before, and was there still. */
  readonly events: readonly RecordedEvent[];
  /** Its first event is the life's first. */
  readonly isFromStart: boolean;
  /** Its last event is the last that happened to this ring, when the job ended. */
  readonly isToEnd: boolean;
  /** What was in the ring's three parts when all threads had ended; null where another ring came after it. */
  readonly atEnd: readonly Uint8Array[] | null;
}

/** What both sides of all rings of a job did. */
export interface Recording {
  readonly job: string;
  readonly choice: RecordingChoice;
  /** How far apart two times of different threads may be that are the same. */
  readonly clockErrorNs: number;
  readonly lives: readonly RecordedLife[];
  /** Rings of which neither the beginning nor the end was recorded: what was in them is not known. */
  readonly livesLeftOut: number;
}
