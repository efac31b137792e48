import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvariantError } from '../../../src/errors.js';
import { Rng } from '../../../src/rng.js';
import type { WorkloadPlan } from '../../../src/scenario/plan.js';
import { BlkSource } from '../../../src/workload/blk-source.js';
import { newOperation, type Operation } from '../../../src/workload/operation.js';
import { seeded } from '../../support/ring/seeded.js';
import { jobPlan } from '../../support/transport/job-plan.js';

interface SourceOptions {
  readonly workload?: Partial<WorkloadPlan>;
  readonly seed?: number;
  readonly from?: number;
  readonly to?: number;
  readonly operations?: number | null;
  readonly onePass?: boolean;
}

function makeSource(options: SourceOptions): BlkSource {
  const { from = 0, to = 64, operations = null, onePass = false, seed = 1 } = options;
  const { workload } = jobPlan({ workload: options.workload ?? {} });
  return new BlkSource(workload, new Rng(seed), from, to, operations, onePass);
}

/** All operations, or the first `max` of a source that has no end. */
function draw(options: SourceOptions, max = 1000): Operation[] {
  const source = makeSource(options);
  const drawn: Operation[] = [];
  const operation = newOperation();
  while (drawn.length < max && source.next(operation)) drawn.push({ ...operation });
  return drawn;
}

function blocks(...sectors: number[]): WorkloadPlan['blocks'] {
  return sectors.map((count) => ({ sizeBytes: count * 512, weight: 1 }));
}

const MIXED: WorkloadPlan['mix'] = [
  { operation: 'read', weight: 6 },
  { operation: 'write', weight: 3 },
  { operation: 'flush', weight: 1 },
];

describe('a sequence of operations', () => {
  test('follows from its seed', () => {
    const workload = { mix: MIXED, blocks: blocks(1, 2, 8), segments: { min: 1, max: 4 } };
    const first = draw({ workload, seed: 5 });
    expect(draw({ workload, seed: 5 })).toEqual(first);
    expect(draw({ workload, seed: 6 })).not.toEqual(first);
  });

  test('has exactly as many as were ordered, then none', () => {
    for (const operations of [0, 1, 77]) {
      expect(draw({ operations })).toHaveLength(operations);
      expect(draw({ operations, workload: { pattern: 'sequential' } })).toHaveLength(operations);
    }
    const source = makeSource({ operations: 1 });
    const operation = newOperation();
    expect([source.next(operation), source.next(operation), source.next(operation)]).toEqual([
      true,
      false,
      false,
    ]);
    expect(draw({ operations: null }, 500)).toHaveLength(500);
  });

  test('has kinds and sizes in about the shares of their weights', () => {
    const workload = {
      mix: MIXED,
      blocks: [
        { sizeBytes: 512, weight: 3 },
        { sizeBytes: 4096, weight: 1 },
      ],
    };
    const drawn = draw({ workload }, 20_000);
    const share = (isOne: (operation: Operation) => boolean): number =>
      drawn.filter(isOne).length / drawn.length;
    expect(share(({ kind }) => kind === 'read')).toBeCloseTo(0.6, 1);
    expect(share(({ kind }) => kind === 'write')).toBeCloseTo(0.3, 1);
    expect(share(({ kind }) => kind === 'flush')).toBeCloseTo(0.1, 1);
    expect(share(({ count }) => count === 1) / share(({ count }) => count > 0)).toBeCloseTo(0.75, 1);
  });

  test('has flushes without sectors, and never a barrier', () => {
    const drawn = draw({ workload: { mix: MIXED } });
    for (const { kind, sector, count, segments, barrier } of drawn) {
      expect(barrier).toBe(false);
      if (kind === 'flush') expect([sector, count, segments]).toEqual([0, 0, 1]);
    }
  });

  test('cuts reads and writes into every number of segments that is allowed, and nothing else', () => {
    const mix = (['read', 'write', 'discard', 'write_zeroes'] as const).map((operation) => ({
      operation,
      weight: 1,
    }));
    const drawn = draw({ workload: { mix, segments: { min: 2, max: 4 } } });
    for (const kind of ['read', 'write']) {
      const seen = new Set(
        drawn.filter((operation) => operation.kind === kind).map(({ segments }) => segments),
      );
      expect([...seen].sort((a, b) => a - b)).toEqual([2, 3, 4]);
    }
    const others = drawn.filter(({ kind }) => kind === 'discard' || kind === 'write_zeroes');
    expect(new Set(others.map(({ segments }) => segments))).toEqual(new Set([1]));
  });

  test('needs a weight above 0', () => {
    expect(() => makeSource({ workload: { mix: [] } })).toThrow(InvariantError);
  });
});

describe('a sequential pass', () => {
  test('covers every sector once, in order, to the odd end', () => {
    const property = fc.property(
      fc.nat(500),
      fc.integer({ min: 1, max: 100 }),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 3 }),
      fc.nat(1000),
      (from, length, sizes, seed) => {
        const workload = { pattern: 'sequential', blocks: blocks(...sizes) } as const;
        const drawn = draw({ workload, from, to: from + length, onePass: true, seed });
        let next = from;
        for (const { sector, count } of drawn) {
          expect(sector).toBe(next);
          next += count;
        }
        expect(next).toBe(from + length);
        for (const { count } of drawn.slice(0, -1)) expect(sizes).toContain(count);
      },
    );
    fc.assert(property, seeded(200));
  });

  test('begins again at the start of its range while there are operations left', () => {
    const workload = { pattern: 'sequential', blocks: blocks(4) } as const;
    const drawn = draw({ workload, from: 10, to: 20, operations: 7 });
    expect(drawn.map(({ sector, count }) => [sector, count])).toEqual([
      ...[10, 14].map((sector) => [sector, 4]),
      [18, 2],
      ...[10, 14].map((sector) => [sector, 4]),
      [18, 2],
      [10, 4],
    ]);
  });

  test('is not moved on by a flush', () => {
    const mix: WorkloadPlan['mix'] = [
      { operation: 'flush', weight: 1 },
      { operation: 'write', weight: 1 },
    ];
    const drawn = draw({
      workload: { pattern: 'sequential', mix, blocks: blocks(2) },
      to: 20,
      onePass: true,
    });
    const writes = drawn.filter(({ kind }) => kind === 'write');
    expect(writes.map(({ sector }) => sector)).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18]);
    expect(drawn.length).toBeGreaterThan(writes.length);
  });
});

describe('random places', () => {
  test('are inside the range and aligned to their own size within it', () => {
    const property = fc.property(
      fc.nat(500),
      fc.integer({ min: 1, max: 100 }),
      fc.array(fc.integer({ min: 1, max: 16 }), { minLength: 1, maxLength: 3 }),
      (from, length, sizes) => {
        for (const { sector, count } of draw(
          { workload: { blocks: blocks(...sizes) }, from, to: from + length },
          50,
        )) {
          expect(sector).toBeGreaterThanOrEqual(from);
          expect(sector + count).toBeLessThanOrEqual(from + length);
          expect((sector - from) % count).toBe(0);
          expect(sizes.map((size) => Math.min(size, length))).toContain(count);
        }
      },
    );
    fc.assert(property, seeded(60));
  });

  test('reach every block, the first and the last too', () => {
    const drawn = draw({ workload: { blocks: blocks(4) }, from: 3, to: 3 + 64 });
    const seen = new Set(drawn.map(({ sector }) => sector));
    expect(seen).toEqual(new Set(Array.from({ length: 16 }, (_, i) => 3 + 4 * i)));
  });
});
