import { describe, expect, test } from 'vitest';
import { nowNs } from '../../../src/clock.js';
import { Histogram } from '../../../src/stats/histogram.js';
import { SampledOrdinals } from '../../../src/stats/sampled-ordinals.js';
import { SPLIT_LEGS } from '../../../src/stats/split-legs.js';
import { SplitReader } from '../../../src/stats/split-reader.js';
import { SplitTable } from '../../../src/stats/split-table.js';
import { SplitWriter } from '../../../src/stats/split-writer.js';

const SLOTS = 4;

/** Both sides of a queue, of which every buffer is sampled. The device's slots are the driver's. */
class Rig {
  readonly table: SplitTable = SplitTable.create();
  readonly legs: readonly Histogram[] = SPLIT_LEGS.map(() => Histogram.ofMaxNs());
  readonly reader: SplitReader = new SplitReader(this, SLOTS, new SampledOrdinals(1));
  readonly writer: SplitWriter = new SplitWriter(
    SplitTable.attach(this.table.buffer),
    SLOTS,
    new SampledOrdinals(1),
  );

  private readonly startNs: number = nowNs();

  post(slot: number): void {
    this.reader.posted(slot, nowNs());
    this.writer.popped(slot);
  }

  finish(slot: number, measured = true): void {
    this.writer.used(slot);
    this.reap(slot, measured);
  }

  reap(slot: number, measured = true): void {
    this.reader.reaped(slot, this.startNs, nowNs(), measured);
  }

  get counts(): number[] {
    return [...new Set(this.legs.map((leg) => leg.count)), this.table.droppedCount];
  }
}

describe('the times of sampled buffers', () => {
  test('are found, in whatever order the buffers come back', () => {
    const rig = new Rig();
    for (const slot of [0, 1, 2, 3]) rig.post(slot);
    for (const slot of [2, 0, 3]) rig.finish(slot);
    rig.post(0);
    for (const slot of [0, 1]) rig.finish(slot);
    expect(rig.counts).toEqual([5, 0]);
  });

  test('count only where the request does', () => {
    const rig = new Rig();
    rig.post(0);
    rig.finish(0, false);
    expect(rig.counts).toEqual([0, 0]);
  });

  test('are dropped, and counted, once another buffer has their place', () => {
    const rig = new Rig();
    rig.post(0);
    for (let i = 0; i < SplitTable.places; i++) {
      rig.post(1);
      if (i < SplitTable.places - 1) rig.finish(1);
    }
    // The slow one finishes while the buffer that took its place is in service.
    rig.finish(0);
    expect(rig.counts).toEqual([SplitTable.places - 1, 1]);
    rig.finish(1);
    expect(rig.counts).toEqual([SplitTable.places, 1]);
  });

  test('are dropped, too, when the device has not come to that other buffer yet: it may at any moment', () => {
    const rig = new Rig();
    rig.post(0);
    for (let i = 1; i < SplitTable.places; i++) {
      rig.post(1);
      rig.finish(1);
    }
    rig.writer.used(0);
    rig.reader.posted(1, nowNs());
    rig.reap(0);
    expect(rig.counts).toEqual([SplitTable.places - 1, 1]);
  });

  test('stay what they are when the buffer comes back that had their place before', () => {
    const rig = new Rig();
    for (let i = 0; i <= SplitTable.places; i++) rig.post(i === 0 ? 0 : 1);
    rig.writer.used(1);
    const place = SplitTable.placeOf(1);
    const usedNs = rig.table.usedNs(place);
    expect(usedNs).toBeGreaterThan(0);
    rig.writer.used(0);
    expect(rig.table.usedNs(place)).toBe(usedNs);
  });

  test('of another ring are dropped', () => {
    const rig = new Rig();
    // However far the clocks are apart: it is not by the times that they are known.
    rig.table.setDeviceClockError(1e12);
    rig.post(0);
    rig.writer.used(0);
    // The device has not heard of the reset: its ordinals and places are the same, its ring is not.
    rig.reader.begin(1);
    rig.reader.posted(0, nowNs());
    rig.reap(0);
    expect(rig.counts).toEqual([0, 1]);
    rig.writer.begin(1);
    rig.reader.begin(1);
    rig.post(0);
    rig.finish(0);
    expect(rig.counts).toEqual([1, 1]);
  });

  test('of a buffer that the device never finished are dropped', () => {
    const rig = new Rig();
    rig.post(0);
    rig.reap(0);
    expect(rig.counts).toEqual([0, 1]);
  });

  test('belong to the right buffer behind one that is no request', () => {
    for (const isTold of [true, false]) {
      const rig = new Rig();
      if (isTold) rig.reader.postedAside();
      rig.writer.popped(0);
      rig.writer.used(0);
      // By more than the clocks may differ: then another buffer's times are not taken for its own.
      const untilNs = nowNs() + 2 * rig.table.clockErrorNs;
      while (nowNs() <= untilNs);
      rig.post(1);
      rig.finish(1);
      expect(rig.counts).toEqual(isTold ? [1, 0] : [0, 1]);
    }
  });

  test('of a request that was taken back are forgotten', () => {
    const rig = new Rig();
    rig.post(0);
    rig.reader.begin(1);
    rig.writer.begin(1);
    rig.finish(0);
    expect(rig.counts).toEqual([0, 0]);
  });
});
