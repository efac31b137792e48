import { NO_ORDINAL, type RingEvent } from '../events/ring-event.js';
import type { RecordedEvent } from './recording.js';

/** When a buffer came to each point of its way. Null: it had not, or that was not recorded. */
export interface RequestTimes {
  /** The driver filled descriptors with it. */
  postedNs: number | null;
  /** The device can see it from here on. */
  shownNs: number | null;
  poppedNs: number | null;
  /** The device is done with it. */
  usedNs: number | null;
  usedShownNs: number | null;
  reapedNs: number | null;
  /** Taken back from a ring that was reset. */
  detachedNs: number | null;
}

/** One buffer's way through a ring. */
export interface RecordedRequest {
  /** Which buffer of its ring, from 0 on. */
  readonly ordinal: number;
  /** What the driver calls it; null: how it was posted was not recorded. */
  token: number | null;
  /** Split: the index of its first descriptor; packed: its id. */
  head: number | null;
  readableBytes: number;
  writableBytes: number;
  usedBytes: number | null;
  readonly times: RequestTimes;
}

/** Where a request's time went: on its way to the device, within, and on its way back. Null: not known. */
export interface LatencySplit {
  readonly toDeviceNs: number | null;
  readonly inDeviceNs: number | null;
  readonly toDriverNs: number | null;
}

export function latencySplit({ times }: RecordedRequest): LatencySplit {
  return {
    toDeviceNs: between(times.postedNs, times.poppedNs),
    inDeviceNs: between(times.poppedNs, times.usedNs),
    toDriverNs: between(times.usedNs, times.reapedNs),
  };
}

/** Of two threads' clocks the second may be a little behind. */
function between(fromNs: number | null, toNs: number | null): number | null {
  return fromNs === null || toNs === null ? null : Math.max(0, toNs - fromNs);
}

/** All buffers of a ring's life, in the order in which they were posted. */
export function requestsOf(events: readonly RecordedEvent[]): RecordedRequest[] {
  const book = new RequestBook();
  for (const { event } of events) book.add(event);
  return book.all();
}

/** Follows buffers through the events of both sides. */
class RequestBook {
  private readonly requests: Map<number, RecordedRequest> = new Map();
  /** What the next `shown`, and the next `usedShown`, is about. */
  private staged: RecordedRequest[] = [];
  private used: RecordedRequest[] = [];

  add(event: RingEvent): void {
    if (event.kind === 'posted' || event.kind === 'reaped' || event.kind === 'detached')
      this.addDriver(event);
    else if (event.kind === 'popped' || event.kind === 'used') this.addDevice(event);
    else if (event.kind === 'shown') {
      for (const { times } of this.staged) times.shownNs = event.timeNs;
      this.staged = [];
    } else if (event.kind === 'usedShown') {
      for (const { times } of this.used) times.usedShownNs = event.timeNs;
      this.used = [];
    }
  }

  all(): RecordedRequest[] {
    return [...this.requests.values()].sort((a, b) => a.ordinal - b.ordinal);
  }

  private addDriver(event: RingEvent<'posted' | 'reaped' | 'detached'>): void {
    const request = this.of(event.ordinal);
    if (request === null) return;
    request.token = event.token;
    if (event.kind === 'posted') {
      request.times.postedNs = event.timeNs;
      request.readableBytes = event.readableBytes;
      request.writableBytes = event.writableBytes;
      this.staged.push(request);
    } else if (event.kind === 'reaped') {
      request.times.reapedNs = event.timeNs;
      request.usedBytes = event.usedBytes;
    } else request.times.detachedNs = event.timeNs;
  }

  private addDevice(event: RingEvent<'popped' | 'used'>): void {
    const request = this.of(event.ordinal);
    if (request === null) return;
    if (event.kind === 'popped') {
      request.times.poppedNs = event.timeNs;
      request.head = event.head;
      request.readableBytes = event.readableBytes;
      request.writableBytes = event.writableBytes;
    } else {
      request.times.usedNs = event.timeNs;
      request.usedBytes = event.writtenBytes;
      this.used.push(request);
    }
  }

  private of(ordinal: number): RecordedRequest | null {
    if (ordinal === NO_ORDINAL) return null;
    const known = this.requests.get(ordinal);
    if (known !== undefined) return known;
    const request: RecordedRequest = {
      ordinal,
      token: null,
      head: null,
      readableBytes: 0,
      writableBytes: 0,
      usedBytes: null,
      times: {
        postedNs: null,
        shownNs: null,
        poppedNs: null,
        usedNs: null,
        usedShownNs: null,
        reapedNs: null,
        detachedNs: null,
      },
    };
    this.requests.set(ordinal, request);
    return request;
  }
}
