import { describe, expect, it } from 'vitest';
import { compare } from '../../../src/bench/compare.js';
import type { RecordedEnvironment } from '../../../src/bench/history.js';
import type { RecordedResult } from '../../../src/bench/read-results.js';
import { buildCompareReport, type CompareReport } from '../../../src/report/compare-json.js';
import { compareText } from '../../../src/report/compare-text.js';
import { plain } from '../../../src/report/paint.js';
import { climbing, ENVIRONMENT, recorded, ringResult } from '../../support/bench/results.js';

const OPTIONS = { alpha: 0.05, margin: 0.02 };

function report(a: readonly RecordedResult[], b: readonly RecordedResult[]): CompareReport {
  const compared = compare(a, b, OPTIONS);
  return buildCompareReport(
    { file: 'a.json', records: a },
    { file: 'b.json', records: b },
    compared,
    OPTIONS,
  );
}

function warningsOf(a: readonly RecordedResult[], b: readonly RecordedResult[]): readonly string[] {
  return report(a, b).warnings;
}

/** Two runs each, so that nothing is said of single ones. */
function runs(first: number, environment: Partial<RecordedEnvironment> = {}): RecordedResult[] {
  return [0, 1].map((run) =>
    recorded(ringResult(climbing(100 + run, 4)), first + run, { ...ENVIRONMENT, ...environment }),
  );
}

describe('compareText', () => {
  const wait = ['poll', 'block', 'yield', 'spin'] as const;
  const side = (run: number, factors: readonly number[]): RecordedResult[] =>
    factors.map((factor, index) => {
      const samples = Array.from({ length: 6 }, (_, at) => (100 + at / 10) * factor);
      return recorded(ringResult(samples, { wait: wait[index] as string }), run);
    });

  it('has a line for each pair, the verdict first and last what is unclear', () => {
    const text = compareText(report(side(0, [1, 1, 1, 1]), side(1, [1.25, 0.8, 1.001, 1.02])), plain);
    expect(text.split('\n')).toEqual([
      '✗ REGRESSION 1 slower, 1 faster, 1 same, 1 unclear  exit 11',
      'A a.json, B b.json; margin 2 %, alpha 0.05',
      '',
      'verdict  bench                          A (samples, spread)                   B    B/A  95 % interval        p',
      'slower   ring wait=poll ns_per_buffer     100 ns (6, 0.5 %)   125 ns (6, 0.5 %)  1.250  1.246 to 1.254  0.0087',
      'faster   ring wait=block ns_per_buffer    100 ns (6, 0.5 %)  80.2 ns (6, 0.5 %)  0.800  0.798 to 0.802  0.0087',
      'same     ring wait=yield ns_per_buffer    100 ns (6, 0.5 %)   100 ns (6, 0.5 %)  1.001  0.998 to 1.004  0.2615',
      'unclear  ring wait=spin ns_per_buffer     100 ns (6, 0.5 %)   102 ns (6, 0.5 %)  1.020  1.017 to 1.023  0.0087',
      '',
      expect.stringMatching(
        /^unclear: ring wait=spin ns_per_buffer: the interval reaches over an end of the margin of 2 %; no number/,
      ),
      '',
      '! one side of every comparison is a single run: what differs from run to run counts as a difference',
      '',
    ]);
  });

  it('says that three samples on each side cannot do', () => {
    const three = report([recorded(ringResult([1, 2, 3]))], [recorded(ringResult([10, 20, 30]), 1)]);
    expect(three).toMatchObject({ verdict: 'pass', exitCode: 0, counts: { unclear: 1 } });
    const text = compareText(three, plain);
    expect(text).toMatch(/^✓ PASS 1 unclear\n/);
    expect(text).toContain(
      '3 and 3 samples can show no difference, however large; 4 samples each might tell',
    );
    expect(text).toMatch(/unclear .* 10\.000 {2}none {2,}0\.1000\n/);
  });

  it('names what is in one file only', () => {
    const results = (...batches: number[]): RecordedResult[] =>
      batches.map((batch) => recorded(ringResult([1, 2], { batch }), batch));
    const text = compareText(report(results(0, 1), results(0, 2)), plain);
    expect(text).toContain('only in A: 1 result\n  ring batch=1 ns_per_buffer\n');
    expect(text).toContain('only in B: 1 result\n  ring batch=2 ns_per_buffer\n');
  });

  it('says when nothing pairs', () => {
    const nothing = report([recorded(ringResult([1]))], [recorded(ringResult([1], { batch: 2 }))]);
    expect(nothing).toMatchObject({ verdict: 'nothing', exitCode: 4, comparisons: [], warnings: [] });
    expect(compareText(nothing, plain)).toMatch(/^✗ NOTHING TO COMPARE .* exit 4\n/);
  });

  it('colours the verdicts alone', () => {
    const painted = compareText(
      report(side(0, [1]), side(1, [1.25])),
      (style, text) => `<${style}>${text}</>`,
    );
    expect(painted).toContain('\n<red>slower</>   ring ns_per_buffer ');
  });
});

describe('a warning', () => {
  it('is not given for two runs each on one machine', () => {
    expect(warningsOf(runs(0), runs(2))).toEqual([]);
    expect(warningsOf(runs(0, { load_average: [0.3] }), runs(2, { load_average: [0.7] }))).toEqual([]);
  });

  it.each([
    [{ cpu_model: 'Model 2' }, /^CPU is not .* A on 2 x Model 1; B on 2 x Model 2$/],
    [{ cpu_count: 8 }, /^CPU is not .* B on 8 x Model 1$/],
    [{ node_version: '24.0.0' }, /^Node is not .* A on 20\.20\.2; B on 24\.0\.0$/],
    [{ load_average: [1.8, 0, 0] }, /busier for one: load 0\.1 before A, 1\.8 before B$/],
  ])('is given for %j', (environment, text) => {
    expect(warningsOf(runs(0), runs(2, environment))).toEqual([expect.stringMatching(text)]);
  });

  it('is given for a side that mixes two', () => {
    const mixed = [...runs(0), ...runs(4, { node_version: '22.1.0' })];
    expect(warningsOf(mixed, runs(2))).toEqual([
      expect.stringContaining('A on 20.20.2, 22.1.0; B on 20.20.2'),
    ]);
  });

  it('is given for repetitions of different lengths, and for a run on both sides', () => {
    const longer = runs(2).map((one) => ({ ...one, result: { ...one.result, buffers: 5 } }));
    expect(warningsOf(runs(0), longer)).toEqual([expect.stringContaining('different lengths')]);
    expect(warningsOf(runs(0), runs(1))).toEqual(['1 run in both files: that hides a difference']);
  });
});
