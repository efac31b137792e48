import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SeriesSource, SeriesSampler } from '../../../src/machine/series-sampler.js';
import { GuestCounter, HostCounter, newCounters } from '../../../src/stats/counters.js';
import { Histogram } from '../../../src/stats/histogram.js';
import { seeded } from '../../support/ring/seeded.js';

/** The counters of a machine with two queues, and nobody else who counts. */
class Rig implements SeriesSource {
  readonly guest = newCounters();
  readonly host = newCounters();
  readonly lanes = [0, 1].map(() => ({ histogram: Histogram.ofMaxNs() }));

  sumGuest(counter: number): number {
    return this.guest.get(counter);
  }

  sumHost(counter: number): number {
    return this.host.get(counter);
  }

  /** Operations that come back, each with its latency. */
  complete(...latenciesNs: number[]): void {
    for (const [index, ns] of latenciesNs.entries()) {
      this.lanes[index % 2]?.histogram.record(ns);
      this.guest.add(GuestCounter.submitted, 1);
      this.guest.add(GuestCounter.completed, 1);
      this.guest.add(GuestCounter.measured, 1);
    }
  }
}

describe('SeriesSampler', () => {
  it('has of each interval what was counted in it, and its latencies', () => {
    const rig = new Rig();
    const sampler = new SeriesSampler(rig);
    rig.complete(100, 200);
    rig.guest.add(GuestCounter.submitted, 6);
    rig.host.add(HostCounter.interrupts, 3);
    sampler.look(100);
    sampler.look(200);
    rig.complete(50);
    rig.guest.add(GuestCounter.deviceResets, 1);
    const series = sampler.end('job', 256, 300);
    expect(series).toMatchObject({
      job: 'job',
      faults: [],
      ring_entries: 256,
      end_ms: [100, 200, 300],
      operations: [2, 0, 1],
      interrupts: [3, 0, 0],
      device_resets: [0, 0, 1],
      p50_ns: [100, null, 50],
      max_ns: [200, null, 50],
      outstanding: [6, 6, 6],
    });
  });

  it('knows the largest latency exactly where it is a new one, else by its bucket', () => {
    const rig = new Rig();
    const sampler = new SeriesSampler(rig);
    rig.complete(1_000_003);
    sampler.look(100);
    rig.complete(700_001);
    const [first, second = 0] = sampler.end('job', 256, 200).max_ns;
    expect(first).toBe(1_000_003);
    expect(second).toBeGreaterThanOrEqual(700_001);
    expect(second).toBeLessThan(700_001 * (1 + 1 / 256));
  });

  it('does not make an interval of the last moments', () => {
    const rig = new Rig();
    const sampler = new SeriesSampler(rig);
    sampler.look(100);
    sampler.look(200);
    rig.complete(10);
    expect(sampler.end('job', 256, 240)).toMatchObject({ end_ms: [100, 240], operations: [0, 1] });
  });

  it('keeps all sums, and a bounded number of rows, however long it looks', () => {
    const looks = fc.array(fc.array(fc.integer({ min: 1, max: 1e6 }), { maxLength: 3 }), { maxLength: 80 });
    fc.assert(
      fc.property(looks, (latencies) => {
        const rig = new Rig();
        const sampler = new SeriesSampler(rig, 8);
        for (const [index, each] of latencies.entries()) {
          rig.complete(...each);
          sampler.look((index + 1) * 100);
        }
        const series = sampler.end('job', 256, (latencies.length + 1) * 100);
        expect(series.operations.reduce((sum, count) => sum + count, 0)).toBe(latencies.flat().length);
        expect(series.end_ms.length).toBeLessThanOrEqual(9);
        expect(series.end_ms).toEqual(series.end_ms.toSorted((a, b) => a - b));
        expect(series.end_ms.at(-1)).toBe((latencies.length + 1) * 100);
        const known = series.max_ns.filter((max) => max !== null);
        expect(Math.max(0, ...known)).toBe(Math.max(0, ...latencies.flat()));
      }),
      seeded(100),
    );
  });
});
