import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { commonClockErrorNs, commonNowNs } from '../../../src/clock.js';
import { createEventRing, EventReader, EventWriter, timedByNext } from '../../../src/events/event-ring.js';
import { describeEvent, NO_ORDINAL, type RingEvent } from '../../../src/events/ring-event.js';

const WORKER = fileURLToPath(new URL('../../support/events/writer-worker.js', import.meta.url));
const MANY = 300_000;

const workers: Worker[] = [];

afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.terminate()));
});

function start(workerData: object): Worker {
  const worker = new Worker(WORKER, { workerData });
  workers.push(worker);
  return worker;
}

function counts(events: readonly RingEvent[]): number[] {
  return events.map((event) => ('count' in event ? event.count : -1));
}

describe('a ring of events', () => {
  it('gives back what was written: kind, queue, time and all numbers', () => {
    const buffer = createEventRing('stream', 16);
    const before = commonNowNs();
    new EventWriter(buffer).write('posted', 7, 1, 0xfffffffe, 3, 0xffffffff, 5);
    const after = commonNowNs();
    const events: RingEvent[] = [];
    expect(new EventReader(buffer).drain((event) => events.push(event))).toBe(1);
    const [{ timeNs, ...rest }] = events as [RingEvent];
    expect(rest).toEqual({
      kind: 'posted',
      queue: 7,
      token: 1,
      ordinal: 0xfffffffe,
      descriptors: 3,
      readableBytes: 0xffffffff,
      writableBytes: 5,
    });
    expect(timeNs).toBeGreaterThanOrEqual(Math.floor(before));
    expect(timeNs).toBeLessThanOrEqual(Math.ceil(after));
  });

  it('says in words what happened, and where a buffer is not known', () => {
    const at = { timeNs: 0, queue: 0 } as const;
    expect(describeEvent({ ...at, kind: 'slept' })).toBe('slept');
    expect(describeEvent({ ...at, kind: 'used', ordinal: NO_ORDINAL, writtenBytes: NO_ORDINAL })).toBe(
      'used ordinal unknown writtenBytes 4294967295',
    );
  });

  it('is read in order however often it wraps', () => {
    const buffer = createEventRing('stream', 16);
    const [writer, reader] = [new EventWriter(buffer), new EventReader(buffer)];
    const seen: RingEvent[] = [];
    let written = 0;
    for (let batch = 0; batch < 100; batch++) {
      for (let i = 0; i < (batch % 16) + 1; i++) writer.write('shown', 0, written++);
      reader.drain((event) => seen.push(event));
    }
    expect(written).toBeGreaterThan(16 * 16);
    expect(counts(seen)).toEqual(Array.from({ length: written }, (_, i) => i));
    expect(reader.drain(() => undefined)).toBe(0);
  });

  it('keeps the newest of a recorder that nobody reads', () => {
    const buffer = createEventRing('recorder', 32);
    const [writer, reader] = [new EventWriter(buffer), new EventReader(buffer)];
    expect(reader.latest(8)).toEqual([]);
    for (let i = 0; i < 3; i++) writer.write('shown', 0, i);
    expect(counts(reader.latest(8))).toEqual([0, 1, 2]);
    for (let i = 3; i < 1000; i++) writer.write('shown', 0, i);
    expect(counts(reader.latest(4))).toEqual([996, 997, 998, 999]);
    // Not what a writer may be overwriting at this moment.
    expect(counts(reader.latest(1000))).toEqual(Array.from({ length: 24 }, (_, i) => 976 + i));
  });

  it('goes without a look at the clock for some kinds, which then get the time of the next that has one', () => {
    const buffer = createEventRing('recorder', 16);
    const writer = new EventWriter(buffer, ['posted', 'reaped']);
    const kinds = ['slept', 'posted', 'reaped', 'woke', 'posted'] as const;
    for (const kind of kinds) {
      writer.write(kind, 0);
      const since = commonNowNs();
      while (commonNowNs() === since);
    }
    const [slept, posted, reaped, woke, last] = new EventReader(buffer).latest(8).map(({ timeNs }) => timeNs);
    expect([posted, reaped]).toEqual([slept, slept]);
    expect(woke).toBeGreaterThan(slept as number);
    expect(last).toBe(woke);
    const endNs = commonNowNs();
    const timed = timedByNext(new EventReader(buffer).latest(8), ['posted', 'reaped'], endNs);
    expect(timed.map(({ kind }) => kind)).toEqual(kinds);
    expect(timed.map(({ timeNs }) => timeNs)).toEqual([slept, woke, woke, woke, endNs]);
  });

  it('shows the newest of a stream whether they were taken or not', () => {
    const buffer = createEventRing('stream', 16);
    const [writer, reader] = [new EventWriter(buffer), new EventReader(buffer)];
    for (let i = 0; i < 5; i++) writer.write('shown', 0, i);
    reader.drain(() => undefined);
    writer.write('shown', 0, 5);
    expect(counts(reader.latest(3))).toEqual([3, 4, 5]);
    expect(reader.drain(() => undefined)).toBe(1);
  });

  it.each([0, 8, 24, 1.5])('refuses to have room for %d', (capacity) => {
    expect(() => createEventRing('stream', capacity)).toThrow(/no size for a ring of events/);
  });
});

describe('two threads', () => {
  it('lose no event of a stream, though the writer is often stopped by a full ring, and none is torn', async () => {
    const buffers = [createEventRing('stream', 64), createEventRing('stream', 4096)];
    const done = buffers.map((buffer) => {
      const worker = start({ buffer, count: MANY });
      return new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
    });
    const readers = buffers.map((buffer) => new EventReader(buffer));
    const next = buffers.map(() => 0);
    const wrong: RingEvent[] = [];
    const times = buffers.map(() => 0);
    while (next.some((count) => count < MANY)) {
      readers.forEach((reader, at) => {
        reader.drain((event) => {
          const i = next[at] as number;
          const expected = { token: i, ordinal: ~i >>> 0, descriptors: (i * 3) >>> 0 };
          const last = { readableBytes: (i ^ 0x5555) >>> 0, writableBytes: i >>> 1 };
          const whole = { kind: 'posted', timeNs: event.timeNs, queue: i & 0xff, ...expected, ...last };
          const isSame = Object.entries(whole).every(
            ([key, value]) => (event as unknown as Record<string, unknown>)[key] === value,
          );
          if (!isSame || event.timeNs < (times[at] as number)) wrong.push(event);
          times[at] = event.timeNs;
          next[at] = i + 1;
        });
      });
      await new Promise(setImmediate);
    }
    expect(await Promise.all(done)).toEqual([MANY, MANY]);
    expect(wrong.slice(0, 3)).toEqual([]);
    expect(next).toEqual([MANY, MANY]);
  });

  it('lets a look at a running recorder see whole events, in order', async () => {
    const buffer = createEventRing('recorder', 64);
    const worker = start({ buffer, count: 4 * MANY });
    const state = { isDone: false };
    worker.once('message', () => (state.isDone = true));
    const reader = new EventReader(buffer);
    let looks = 0;
    while (!state.isDone) {
      const events = reader.latest(16);
      const tokens = events.map((event) => (event.kind === 'posted' ? event.token : -1));
      expect(tokens).toEqual(tokens.map((_, i) => (tokens[0] as number) + i));
      for (const event of events) {
        if (event.kind === 'posted') expect(event.ordinal).toBe(~event.token >>> 0);
      }
      looks += events.length > 0 ? 1 : 0;
      await new Promise(setImmediate);
    }
    expect(looks).toBeGreaterThan(0);
    expect(counts(reader.latest(1))).toHaveLength(1);
  });

  it('have one clock, to within what each says of itself', async () => {
    const worker = start({});
    for (let i = 0; i < 50; i++) {
      const before = commonNowNs();
      worker.postMessage(null);
      const [seen] = (await once(worker, 'message')) as [{ timeNs: number; errorNs: number }];
      const after = commonNowNs();
      const error = seen.errorNs + commonClockErrorNs();
      expect(seen.timeNs).toBeGreaterThanOrEqual(before - error);
      expect(seen.timeNs).toBeLessThanOrEqual(after + error);
    }
  });
});
