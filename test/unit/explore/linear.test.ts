import { expect, test } from 'vitest';
import { INIT } from '../../../src/explore/graph.js';
import type { ProfileName } from '../../../src/explore/models/model.js';
import { Flag, Kind, Order } from '../../../src/explore/order.js';
import { loadProgram } from '../../../src/explore/load-program.js';
import type { Program } from '../../../src/explore/program.js';
import type { RecordedEvent, Recording } from '../../../src/explore/recording.js';
import { failing } from '../../support/explore/failing.js';
import * as small from '../../support/explore/small-programs.js';

/** Makes a failure of every execution in which all threads end, so that all of them are recorded. */
async function everyExecution(profile: ProfileName, options: object): Promise<readonly Recording[]> {
  const check = (): never => {
    throw new Error('recorded');
  };
  const ring = await loadProgram({
    program: 'split',
    options: { buffers: 1, ringSize: 2, eventIdx: false, ...options },
  });
  const programs: readonly Program[] = [
    small.STORE_BUFFERING,
    small.FENCED,
    small.LOCKED,
    small.NO_RECHECK,
    ring,
  ];
  return programs.flatMap((program) => failing({ ...program, check }, profile).all);
}

test('in a sequence of a sequentially consistent execution, each read takes the newest write', async () => {
  const recordings = await everyExecution('sc', {});
  expect(recordings.length).toBeGreaterThan(30);
  for (const recording of recordings) {
    expect(recording.simplicity.staleReads).toBe(0);
    expectToRunOnStoreBuffers(recording);
    for (const [e, event] of recording.events.entries())
      if (event.kind === Kind.write && event.visibleAt !== e + 1) expect.fail(`write ${e} is held up`);
  }
});

test('every execution of x86-TSO becomes a run of a machine with store buffers', async () => {
  const recordings = await everyExecution('tso', { eventIdx: true, buffers: 2 });
  expect(recordings.length).toBeGreaterThan(681);
  const stale = recordings.filter(({ simplicity }) => simplicity.staleReads > 0);
  expect(stale.length).toBeGreaterThan(0);
  for (const recording of recordings) expectToRunOnStoreBuffers(recording);
});

test('on weaker machines reads are stale for other reasons, and a write still comes before its readers', async () => {
  const recordings = [...(await everyExecution('armv8', {})), ...failing(small.TORN_ORDER, 'armv8').all];
  for (const { events } of recordings) {
    const next = [0, 0];
    for (const [e, { thread, index, from }] of events.entries()) {
      expect(index).toBe(next[thread]);
      next[thread] = index + 1;
      expect(from).toBeLessThan(e);
    }
  }
  const torn = failing(small.TORN_ORDER, 'armv8').best.best as Recording;
  expect(torn.simplicity).toEqual({ earlyReads: 0, staleReads: 1, switches: 1, events: 4 });
});

/** Carries the events out as x86-TSO is defined: first in, first out, own writes are seen, fences wait. */
function expectToRunOnStoreBuffers({ events, locations }: Recording): void {
  const memory = new Map(locations.map(({ address }) => [address, INIT]));
  const buffers: number[][] = [[], []];
  const arrive = (time: number): void => {
    for (const buffer of buffers) {
      while (buffer.length > 0 && eventOf(events, buffer[0]).visibleAt <= time) {
        const write = buffer.shift() as number;
        memory.set(eventOf(events, write).address, write);
      }
    }
  };
  for (const [e, event] of events.entries()) {
    arrive(e);
    const buffer = buffers[event.thread] as number[];
    const waits =
      (event.flags & Flag.update) !== 0 || (event.kind === Kind.fence && event.order === Order.full);
    if (waits && buffer.length > 0) expect.fail(`event ${e} does not wait for the writes in front of it`);
    if (event.kind === Kind.read) {
      const own = buffer.findLast((write) => eventOf(events, write).address === event.address);
      const newest = own ?? memory.get(event.address);
      if (event.from !== newest) expect.fail(`event ${e} reads ${event.from} where ${newest} is`);
    }
    if (event.kind === Kind.write) buffer.push(e);
  }
  arrive(events.length);
  expect(buffers).toEqual([[], []]);
  for (const { address, writes } of locations) expect(memory.get(address)).toBe(writes.at(-1) ?? INIT);
}

function eventOf(events: readonly RecordedEvent[], e: number | undefined): RecordedEvent {
  return events[e as number] as RecordedEvent;
}
