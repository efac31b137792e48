import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExploreResult } from '../../../src/bench/bench-result.js';
import { compare, type Comparison, type CompareVerdict } from '../../../src/bench/compare.js';
import type { RecordedResult } from '../../../src/bench/read-results.js';
import { subjectOf } from '../../../src/bench/identity.js';
import { climbing, recorded, ringResult } from '../../support/bench/results.js';
import { seeded } from '../../support/ring/seeded.js';

const OPTIONS = { alpha: 0.05, margin: 0.02 };

/** One pair with these samples. */
function pairOf(a: readonly number[], b: readonly number[], options = OPTIONS, higher = false): Comparison {
  const changes = higher ? ({ better: 'higher', metric: 'buffers_per_s' } as const) : {};
  const records = [a, b].map((samples) => [recorded(ringResult(samples, changes))]);
  const [pair] = compare(records[0] ?? [], records[1] ?? [], options).comparisons;
  if (pair === undefined) throw new Error('the results do not pair');
  return pair;
}

function exploreResult(samples: readonly number[], changes: Partial<ExploreResult> = {}): ExploreResult {
  const [first = 0] = samples;
  return {
    name: 'split-2',
    metric: 'graphs_per_s',
    better: 'higher',
    samples,
    repetitions: samples.length,
    spread: 0,
    profile: 'tso',
    graphs: 1000,
    graphs_per_s: first,
    elapsed_s: 1000 / first,
    workers: 1,
    ...changes,
  };
}

describe('a verdict', () => {
  const BASE = climbing(100, 6);
  const AT = (factor: number): number[] => BASE.map((value) => value * factor);

  it.each<[string, number, CompareVerdict]>([
    ['a tenth more', 1.1, 'slower'],
    ['a tenth less', 1 / 1.1, 'faster'],
    ['as much', 1, 'unclear'],
    ['three percent more', 1.03, 'unclear'],
  ])('of %s', (_what, factor, verdict) => {
    expect(pairOf(BASE, AT(factor)).verdict).toBe(verdict);
  });

  it('is same when all of the interval is within the margin', () => {
    expect(pairOf(BASE, AT(1), { alpha: 0.05, margin: 0.1 }).verdict).toBe('same');
    const calm = BASE.map((_, index) => 100 + index / 1000);
    // The rank test tells them apart; half a percent is still no difference that anybody asked for.
    const pair = pairOf(
      calm,
      calm.map((value) => value * 1.005),
    );
    expect(pair.p).toBeLessThan(0.05);
    expect(pair.verdict).toBe('same');
  });

  it('is unclear when the test says different, and the interval reaches into the margin', () => {
    const pair = pairOf(BASE, AT(1.045));
    expect(pair.p).toBeLessThan(0.05);
    expect(pair.interval?.low).toBeGreaterThan(1);
    expect(pair.interval?.low).toBeLessThan(1.02);
    expect(pair.verdict).toBe('unclear');
    expect(pairOf(BASE, AT(1.045), { alpha: 0.05, margin: 0.005 }).verdict).toBe('slower');
  });

  it('turns around for what is better when it is higher', () => {
    expect(pairOf(BASE, AT(1.1), OPTIONS, true).verdict).toBe('faster');
    expect(pairOf(BASE, AT(1 / 1.1), OPTIONS, true).verdict).toBe('slower');
  });

  it('is the mirror image when A and B change places', () => {
    const samples = fc.array(fc.double({ min: 90, max: 110, noNaN: true }), { minLength: 3, maxLength: 9 });
    const mirrored = { slower: 'faster', faster: 'slower', same: 'same', unclear: 'unclear' };
    const seen = new Set<CompareVerdict>();
    fc.assert(
      fc.property(samples, samples, fc.constantFrom(0.8, 0.98, 1, 1.25), (a, b, factor) => {
        const changed = b.map((value) => value * factor);
        const { verdict } = pairOf(a, changed, { alpha: 0.1, margin: 0.12 });
        seen.add(verdict);
        expect(pairOf(changed, a, { alpha: 0.1, margin: 0.12 }).verdict).toBe(mirrored[verdict]);
      }),
      seeded(500),
    );
    expect(seen).toEqual(new Set(['slower', 'faster', 'same', 'unclear']));
  });

  it('is never given by three samples on each side', () => {
    const { verdict, interval, more, p } = pairOf([1, 2, 3], [1001, 1002, 1003]);
    expect({ verdict, interval }).toEqual({ verdict: 'unclear', interval: null });
    expect(p).toBeCloseTo(0.1, 12);
    expect(more).toEqual({ reason: 'too-few', samplesEach: 4 });
    expect(pairOf([1, 2, 3, 4], [1001, 1002, 1003, 1004]).verdict).toBe('slower');
  });
});

describe('several pairs', () => {
  /** Every one a tenth slower, or so it seems. */
  function many(count: number, samples: number): readonly Comparison[] {
    const results = (from: number): RecordedResult[] =>
      Array.from({ length: count }, (_, batch) => recorded(ringResult(climbing(from, samples), { batch })));
    return compare(results(100), results(130), OPTIONS).comparisons;
  }

  it('have to be clearer than one alone', () => {
    // 2 orders of 70 are this extreme: less than one in twenty, more than one in forty.
    expect(many(1, 4).map(({ verdict }) => verdict)).toEqual(['slower']);
    const two = many(2, 4);
    expect(two.map(({ verdict }) => verdict)).toEqual(['unclear', 'unclear']);
    expect(two[0]?.pHolm).toBeCloseTo(4 / 70, 12);
    expect(two[0]?.more).toEqual({ reason: 'too-few', samplesEach: 5 });
    expect(many(2, 5).every(({ verdict }) => verdict === 'slower')).toBe(true);
  });

  it('are told from chance by more samples where that could be', () => {
    const crowd = Array.from({ length: 6 }, (_, batch) =>
      recorded(ringResult(climbing(100, 6), { batch: batch + 2 })),
    );
    // One pair of samples is the wrong way round.
    const a = [100, 101, 102, 103, 104, 141, 106];
    const b = [140, 142, 143, 144, 139, 146, 138];
    const { comparisons } = compare(
      [recorded(ringResult(a)), ...crowd],
      [recorded(ringResult(b)), ...crowd],
      { alpha: 0.02, margin: 0.02 },
    );
    const [pair] = comparisons;
    expect(pair?.p).toBeLessThan(0.02);
    expect(pair).toMatchObject({ verdict: 'unclear', more: { reason: 'chance' } });
    expect(pair?.more?.samplesEach).toBeGreaterThan(7);
    expect(pair?.more?.samplesEach).toBeLessThan(30);
  });
});

describe('advice', () => {
  it('is good: as many samples of the same kind decide', () => {
    const spreadOut = (factor: number, count: number): number[] =>
      Array.from({ length: count }, (_, index) => factor * (95 + (10 * ((index * 7) % count)) / (count - 1)));
    const few = pairOf(spreadOut(1, 8), spreadOut(1.045, 8));
    expect(few).toMatchObject({ verdict: 'unclear', more: { reason: 'wide' } });
    const each = few.more?.samplesEach ?? 0;
    expect(each).toBeGreaterThan(16);
    expect(pairOf(spreadOut(1, each >> 1), spreadOut(1.045, each >> 1)).verdict).toBe('unclear');
    expect(pairOf(spreadOut(1, 2 * each), spreadOut(1.045, 2 * each)).verdict).toBe('slower');
  });

  it('gives up on what lies on the end of the margin', () => {
    const base = climbing(100, 8);
    const { more } = pairOf(
      base,
      base.map((value) => value * 1.0201),
    );
    expect(more).toEqual({ reason: 'wide', samplesEach: null });
  });
});

describe('pairing', () => {
  it('is by everything that is not a figure', () => {
    const a = [ringResult([1, 2]), ringResult([3], { batch: 32 }), exploreResult([5])].map((one) =>
      recorded(one),
    );
    const b = [
      // Other figures, the same configuration.
      ringResult([10, 20, 30], { buffers: 7, kicks_per_buffer: 0.5, minor_collections: 9 }),
      ringResult([30], { batch: 32, layout: 'packed' }),
      exploreResult([50], { graphs: 77, elapsed_s: 9 }),
      exploreResult([50], { workers: 2 }),
    ].map((one) => recorded(one, 1));
    const { comparisons, onlyA, onlyB } = compare(a, b, OPTIONS);
    // Of 5, 10, 10, 15, 20 and 30, between the two in the middle; and of one pair.
    expect(comparisons.map(({ ratio }) => ratio)).toEqual([Math.sqrt(10 * 15), 10]);
    expect(comparisons.map(({ subject }) => subject.name)).toEqual(['ring', 'split-2']);
    expect(onlyA.map(({ configuration }) => configuration['batch'])).toEqual([32]);
    expect(onlyB.map(({ configuration }) => configuration['layout'] ?? configuration['workers'])).toEqual([
      'packed',
      2,
    ]);
  });

  it('takes a key that it does not know for a part of the configuration', () => {
    const known = ringResult([1]);
    const unknown = { ...known, pinned: true };
    expect(subjectOf(unknown).identity).not.toBe(subjectOf(known).identity);
    expect(subjectOf(unknown).configuration).toHaveProperty('pinned', true);
  });

  it('does not care for the order of keys', () => {
    const known = ringResult([1]);
    const turned = Object.fromEntries(Object.entries(known).reverse()) as unknown as typeof known;
    expect(subjectOf(turned).identity).toBe(subjectOf(known).identity);
  });

  it('pools the samples of several runs, and none twice', () => {
    const runs = [
      recorded(ringResult([1, 2]), 1),
      recorded(ringResult([3, 4, 5]), 2),
      recorded(ringResult([1, 2]), 3),
    ];
    const [pair] = compare([...runs, ...runs], [recorded(ringResult([9]))], OPTIONS).comparisons;
    expect(pair?.a).toMatchObject({ samples: [1, 2, 3, 4, 5, 1, 2], runs: 3, median: 2, spread: 2 });
    expect(pair?.b).toMatchObject({ samples: [9], runs: 1 });
  });
});
