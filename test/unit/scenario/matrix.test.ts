import { describe, expect, it } from 'vitest';
import { errorOf, plan, readText, refusal } from './scenario-text.js';

/** The matrix is from line 7 on. */
function matrixText(...lines: readonly string[]): string {
  return [readText().trimEnd(), ...lines, ''].join('\n');
}

function names(text: string, ...sets: readonly string[]): string[] {
  return plan(text, ...sets).jobs.map(({ name }) => name);
}

const SIZES = 'matrix: { queue.size: [64, 256], queue.features.IN_ORDER: [true, false] }';

describe('matrix', () => {
  it('makes a job of every combination, the last axis fastest', () => {
    const { jobs } = plan(matrixText(SIZES));
    expect(jobs.map(({ name }) => name)).toEqual([
      'a[queue.size=64,queue.features.IN_ORDER=true]',
      'a[queue.size=64,queue.features.IN_ORDER=false]',
      'a[queue.size=256,queue.features.IN_ORDER=true]',
      'a[queue.size=256,queue.features.IN_ORDER=false]',
    ]);
    expect(jobs.map(({ queue }) => queue.size)).toEqual([64, 64, 256, 256]);
    expect(jobs.map(({ queue }) => queue.features.includes('IN_ORDER'))).toEqual([true, false, true, false]);
    expect(jobs[0]?.parameters).toEqual({ 'queue.size': 64, 'queue.features.IN_ORDER': true });
  });

  it('goes job by job', () => {
    const text =
      'version: 1\nname: t\ndefaults: { workload: read, operations: 1 }\n' +
      'matrix: { depth: [1, 2] }\njobs: { a: {}, b: {} }\n';
    expect(names(text)).toEqual(['a[depth=1]', 'a[depth=2]', 'b[depth=1]', 'b[depth=2]']);
  });

  it('wins over what a job says itself', () => {
    const { jobs } = plan(`${readText('depth: 9')}matrix: { depth: [1, 2] }\n`);
    expect(jobs.map(({ workload }) => workload.arrival.depth)).toEqual([1, 2]);
  });

  it('takes units, words and null as they are written', () => {
    const text = matrixText('matrix: { block: [4KiB], blk.size_max: [null, 2KiB], wait: [poll] }');
    expect(names(text)).toEqual([
      'a[block=4KiB,blk.size_max=null,wait=poll]',
      'a[block=4KiB,blk.size_max=2KiB,wait=poll]',
    ]);
    expect(plan(text).jobs.map(({ blk }) => blk.sizeMaxBytes)).toEqual([null, 2048]);
    expect(plan(text).jobs[0]?.wait).toEqual({ policy: 'poll', spinNs: 50_000 });
  });

  it('gives all cells of a job the same seed', () => {
    expect(new Set(plan(matrixText(SIZES)).jobs.map(({ seed }) => seed)).size).toBe(1);
  });
});

describe('--set on an axis', () => {
  it('keeps that single value', () => {
    expect(names(matrixText(SIZES), 'queue.size=128')).toEqual([
      'a[queue.size=128,queue.features.IN_ORDER=true]',
      'a[queue.size=128,queue.features.IN_ORDER=false]',
    ]);
    expect(
      names(matrixText(SIZES), 'queue.size=128', 'queue.size=64', 'queue.features.IN_ORDER=false'),
    ).toEqual(['a[queue.size=64,queue.features.IN_ORDER=false]']);
  });

  it('names a list as it was written', () => {
    const { jobs } = plan(matrixText('matrix: { block: [4KiB, 8KiB] }'), 'block=[512, 4KiB]');
    expect(jobs).toMatchObject([{ name: 'a[block=[512, 4KiB]]', parameters: { block: '[512, 4KiB]' } }]);
  });

  it('replaces or adds a whole axis', () => {
    expect(
      names(matrixText('matrix: { depth: [1, 2] }'), 'matrix.depth=[3]', 'matrix.queue.size=[64, 128]'),
    ).toEqual(['a[depth=3,queue.size=64]', 'a[depth=3,queue.size=128]']);
  });

  it.each([
    ['jobs.a.queue.size=64', 'queue.size'],
    ['defaults.queue.size=64', 'queue.size'],
    ['queue={count: 1}', 'queue.size'],
  ])('is refused where the matrix would overrule it: %s', (set, axis) => {
    const error = errorOf(() => plan(matrixText('matrix: { queue.size: [64, 256] }'), set));
    expect(error.code).toBe('SCENARIO_SET');
    expect(error.message).toBe(
      `--set ${set}: the matrix sets \`${axis}\` in every job; use --set ${axis}=VALUE to keep one value`,
    );
  });
});

describe('exclude', () => {
  it('leaves out every cell that has all of its values', () => {
    const text = matrixText(SIZES, 'exclude: [{ queue.size: 64, queue.features.IN_ORDER: true }]');
    expect(names(text)).toHaveLength(3);
    expect(names(matrixText(SIZES, 'exclude: [{ queue.size: 64 }]'))).toHaveLength(2);
  });

  it('stays right when --set takes its value away', () => {
    expect(names(matrixText(SIZES, 'exclude: [{ queue.size: 64 }]'), 'queue.size=128')).toHaveLength(2);
  });

  it('keeps cells that could not be run from being an error', () => {
    const lines = [
      'matrix: { queue.size: [2, 4], framing: [separate, merged] }',
      'exclude: [{ queue.size: 2, framing: separate }]',
    ];
    expect(names(matrixText(...lines))).toHaveLength(3);
    expect(() => plan(matrixText(lines[0] as string))).toThrow(
      's.yaml:7:41: `framing`: a request with 1 data segment',
    );
  });
});

describe('a matrix that is refused', () => {
  it.each([
    ['matrix: { queue.sze: [1, 2] }', '7:11', 'unknown key `sze` in `queue`; did you mean `size`?'],
    ['matrix: { depth: [1, 0] }', '7:22', '`depth`: expected a whole number from 1 to 32768, got `0`'],
    ['matrix: { depth: 3 }', '7:18', '`matrix.depth`: expected a list of values, got `3`'],
    ['matrix: { depth: [] }', '7:18', '`matrix.depth`: expected at least one value, got a list'],
    [
      'matrix: { block: [[512]] }',
      '7:19',
      '`matrix.block.0`: expected a single value, not a list or a map, got a list',
    ],
    ['matrix: { depth: [4, 4] }', '7:22', 'the axis `depth` has `4` twice'],
    [
      'matrix: { wait: [poll], wait.spin: [1us] }',
      '7:25',
      'the axes `wait` and `wait.spin` set the same key',
    ],
    ['matrix: { queue.size: [1] }', '7:24', /^`queue\.size`: a queue of 1 has no room for a block request/],
  ])('%s', (line, place, text) => {
    const [first, ...others] = refusal(matrixText(line));
    expect(others).toEqual([]);
    const start = `s.yaml:${place}: `;
    expect(first?.slice(0, start.length)).toBe(start);
    if (typeof text === 'string') expect(first?.slice(start.length)).toBe(text);
    else expect(first?.slice(start.length)).toMatch(text);
  });

  it.each([
    ['{ constructor: 1 }', '8:13', '`constructor` is no axis of the matrix; the axes are depth'],
    ['{ dept: 64 }', '8:13', '`dept` is no axis of the matrix; did you mean `depth`?'],
    ['{ depth: 3 }', '8:20', '`3` is no value of the axis `depth`: 1, 2'],
  ])('exclude: [%s]', (entry, place, text) => {
    const error = errorOf(() => plan(matrixText('matrix: { depth: [1, 2] }', `exclude: [${entry}]`)));
    expect(error.message).toBe(`s.yaml:${place}: ${text}`);
    expect(error.code).toBe('SCENARIO_MATRIX');
  });

  it('excludes everything', () => {
    expect(refusal(matrixText('matrix: { depth: [1] }', 'exclude: [{ depth: 1 }]'))).toEqual([
      's.yaml:8:1: every cell of the matrix is excluded',
    ]);
  });

  it('is too large', () => {
    const values = Array.from({ length: 100 }, (_, i) => i + 1).join(', ');
    expect(refusal(matrixText('matrix:', `  depth: [${values}]`, `  service.window: [${values}]`))).toEqual([
      's.yaml:9:3: the matrix makes 10000 jobs; 4096 is the most',
    ]);
  });

  it('tells the same thing once, however many cells it is in', () => {
    expect(refusal(matrixText(SIZES, 'defaults: { queue: { direct: 4 }, hash: true }'))).toEqual([
      's.yaml:6:17: `operations`: hash needs a pass over the whole disk; leave this out or set it to null ' +
        '(job `a[queue.size=64,queue.features.IN_ORDER=true]`)',
    ]);
  });
});
