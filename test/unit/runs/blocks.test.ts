import { describe, expect, it } from 'vitest';
import { Rng } from '../../../src/rng.js';
import { blockSamples, neighbourCorrelation } from '../../../src/runs/blocks.js';
import { jobSeries } from './fixtures.js';

/** Rates by chance around 1000 an interval; `memory` is how much of one is in the next. */
function wandering(length: number, memory: number, seed = 7): number[] {
  const rng = new Rng(seed);
  let off = 0;
  return Array.from({ length }, () => {
    off = memory * off + (rng.below(200) - 100);
    return 1000 + Math.round(off);
  });
}

describe('neighbourCorrelation', () => {
  it.each([
    [[1, 2, 3, 4, 5, 6, 7, 8], 0.625],
    [[1, -1, 1, -1], -0.75],
    [[5, 5, 5], 0],
  ])('of %j is %d', (values, correlation) => {
    expect(neighbourCorrelation(values)).toBeCloseTo(correlation);
  });
});

describe('blockSamples', () => {
  it('are 30 where intervals know nothing of each other', () => {
    const { operations_per_s: rates } = blockSamples(jobSeries(302, { operations: wandering(302, 0) }));
    expect(rates).toHaveLength(30);
  });

  it('are fewer where neighbours resemble each other', () => {
    const { operations_per_s: rates } = blockSamples(jobSeries(302, { operations: wandering(302, 0.98) }));
    expect(rates.length).toBeLessThan(30);
    expect(rates.length).toBeGreaterThanOrEqual(6);
  });

  it('leave out the first and the last interval, and what was not measured', () => {
    const operations = [0, 0, 7, 1000, 1000, 1000, 9, 0];
    expect(blockSamples(jobSeries(8, { operations })).operations_per_s).toEqual([10_000, 10_000, 10_000]);
  });

  it('are means of the intervals of a block, without those in which nothing came back', () => {
    const p99 = Array.from({ length: 14 }, (_, row) => (row % 2 === 0 ? 100 * row : null));
    const { latency_p99_ns: samples } = blockSamples(
      jobSeries(14, { p99_ns: p99, operations: climbing(14) }),
    );
    // Six blocks of two of the rows 1 to 12.
    expect(samples).toEqual([200, 400, 600, 800, 1000, 1200]);
  });

  it('are none of a job that was too short', () => {
    expect(blockSamples(jobSeries(2)).operations_per_s).toEqual([]);
  });
});

/** Always more: neighbours resemble each other at any length. */
function climbing(length: number): number[] {
  return Array.from({ length }, (_, row) => 10 * (row + 1));
}
