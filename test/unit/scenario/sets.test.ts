import { describe, expect, it } from 'vitest';
import { errorOf, firstJob, jobText, plan, readText, refusal } from './scenario-text.js';

const TWO_JOBS = [
  'version: 1',
  'name: test',
  'defaults: { workload: read, operations: 10, depth: 2 }',
  'jobs:',
  '  a: { depth: 4 }',
  '  b: {}',
  '',
].join('\n');

function depths(...sets: readonly string[]): number[] {
  return plan(TWO_JOBS, ...sets).jobs.map(({ workload }) => workload.arrival.depth);
}

describe('--set', () => {
  it('with a bare job key wins over every job', () => {
    expect(depths()).toEqual([4, 2]);
    expect(depths('depth=8')).toEqual([8, 8]);
  });

  it('with defaults changes only what no job says', () => {
    expect(depths('defaults.depth=8')).toEqual([4, 8]);
  });

  it('with a job changes that job, and the last of the line wins', () => {
    expect(depths('jobs.b.depth=8')).toEqual([4, 8]);
    expect(depths('jobs.a.depth=16', 'depth=8')).toEqual([8, 8]);
    expect(depths('depth=8', 'jobs.a.depth=16')).toEqual([16, 8]);
    expect(depths('depth=8', 'depth=9')).toEqual([9, 9]);
  });

  it('reads values as YAML', () => {
    const job = firstJob(readText(), 'block=[512, 4KiB]', 'queue={size: 64, count: 2}', 'operations=1M');
    expect(job.workload.blocks.map(({ sizeBytes }) => sizeBytes)).toEqual([512, 4096]);
    expect(job.queue).toMatchObject({ size: 64, count: 2 });
    expect(job.workload.operations).toBe(1_000_000);
    expect(firstJob(readText(), 'blk.serial="0001"').blk.serial).toBe('0001');
    expect(firstJob(readText('duration: 1s'), 'duration=null').workload.durationMs).toBeNull();
  });

  it('takes everything behind the first = as the value', () => {
    expect(firstJob(readText(), 'backend.path=a=b.img').backend).toMatchObject({ path: 'a=b.img' });
  });

  it('reaches a feature whatever form the file used', () => {
    const features = (line: string, ...sets: string[]): readonly string[] =>
      firstJob(readText(line), ...sets).queue.features;
    expect(features('depth: 1')).toEqual(['INDIRECT_DESC', 'EVENT_IDX']);
    expect(features('depth: 1', 'queue.features.IN_ORDER=true')).toEqual([
      'INDIRECT_DESC',
      'EVENT_IDX',
      'IN_ORDER',
    ]);
    expect(features('queue: { features: [IN_ORDER] }', 'queue.features.EVENT_IDX=true')).toEqual([
      'EVENT_IDX',
      'IN_ORDER',
    ]);
    expect(features('queue: { features: { EVENT_IDX: false } }')).toEqual(['INDIRECT_DESC']);
    expect(features('queue: { features: [] }')).toEqual([]);
    expect(features('queue: { features: [] }', 'queue.features=[IN_ORDER]')).toEqual(['IN_ORDER']);
  });

  it('changes the top of the file', () => {
    const changed = plan(readText(), 'name=other', 'description=What it is', 'seed=0x10');
    expect(changed).toMatchObject({ name: 'other', description: 'What it is', seed: 16 });
    expect(plan(readText(), 'thresholds.errors=[value == 0]').thresholds).toMatchObject([
      { text: 'errors value == 0' },
    ]);
    expect(plan(readText(), 'matrix.depth=[1, 2]').jobs.map(({ name }) => name)).toEqual([
      'a[depth=1]',
      'a[depth=2]',
    ]);
  });

  it('keeps all digits of a long seed', () => {
    const { seed } = plan(readText(), 'seed=3f786850e387550fdab836ed7e6dc881de23001b');
    expect(plan(readText(), 'seed=0x3f786850e387550fdab836ed7e6dc881de23001b').seed).toBe(seed);
    expect(plan(readText(), 'seed=3f786850e387550fdab836ed7e6dc881de23001c').seed).not.toBe(seed);
  });

  it('changes one weight of a mix and keeps the others', () => {
    const mix = (line: string, ...sets: string[]): unknown =>
      firstJob(jobText('workload: mixed', 'operations: 1', line), ...sets).workload.mix;
    expect(mix('mix: { read: 1 }', 'mix.flush=2')).toEqual([
      { operation: 'read', weight: 1 },
      { operation: 'flush', weight: 2 },
    ]);
    expect(mix('depth: 1', 'mix.flush=2')).toEqual([
      { operation: 'read', weight: 70 },
      { operation: 'write', weight: 30 },
      { operation: 'flush', weight: 2 },
    ]);
    expect(mix('mix: { read: 1 }', 'mix={write: 2}')).toEqual([{ operation: 'write', weight: 2 }]);
  });
});

describe('--set with paths of files', () => {
  it('counts them from the current directory, and those of the file from the file', () => {
    const text = readText('backend: { path: x.img }');
    expect(firstJob(text).backend).toMatchObject({ kind: 'file', path: 'x.img' });
    expect(firstJob(text, 'backend.path=y.img').backend).toMatchObject({ path: 'y.img' });
  });
});

describe('--set that is refused', () => {
  const EXAMPLE = 'expected a path, = and a value, as in queue.size=64';

  it.each([
    ['queue.sze=64', 'SCENARIO_KEY', 'unknown key `sze` in `queue`; did you mean `size`?'],
    ['jobs.a.queue.sze=64', 'SCENARIO_KEY', 'unknown key `sze` in `queue`; did you mean `size`?'],
    ['qeue.size=64', 'SCENARIO_SET', 'unknown key `qeue`; did you mean `queue`?'],
    ['queue.size', 'SCENARIO_SET', EXAMPLE],
    ['=64', 'SCENARIO_SET', EXAMPLE],
    ['queue..size=64', 'SCENARIO_SET', EXAMPLE],
    ['', 'SCENARIO_SET', EXAMPLE],
    ['queue.size=-1', 'SCENARIO_VALUE', '`queue.size`: expected a whole number from 1 to 32768, got `-1`'],
    ['queue.size=', 'SCENARIO_VALUE', '`queue.size`: expected a whole number from 1 to 32768, got nothing'],
    [
      'workload=raed',
      'SCENARIO_VALUE',
      '`workload`: expected one of read, write, mixed, copy, got `raed`; did you mean `read`?',
    ],
    ['depth.x=1', 'SCENARIO_VALUE', '`depth`: expected a whole number from 1 to 32768, got a map'],
    ['jobs.b.depth=1', 'SCENARIO_SET', 'unknown job `b`; did you mean `a`?'],
    ['jobs.a={}', 'SCENARIO_SET', 'name a job and a key, as in jobs.NAME.depth=1'],
    ['defaults={}', 'SCENARIO_SET', 'name a key, as in defaults.depth=1'],
    ['matrix={}', 'SCENARIO_SET', 'name an axis, as in matrix.depth=[1, 8]'],
    ['thresholds={}', 'SCENARIO_SET', 'name a metric, as in thresholds.errors=[value == 0]'],
    ['thresholds.erors=[]', 'SCENARIO_KEY', 'unknown key `erors` in `thresholds`; did you mean `errors`?'],
    ['name.x=1', 'SCENARIO_SET', '`name` has no keys below it'],
    ['version=2', 'SCENARIO_VERSION', '`version`: 2 is not known here; this vring reads version 1'],
    ['matrix.dept=[1]', 'SCENARIO_KEY', 'unknown key `dept`; did you mean `depth`?'],
    [
      'queue.__proto__.x=1',
      'SCENARIO_KEY',
      'unknown key `__proto__` in `queue`; known here: layout, size, count, features, direct, start_index',
    ],
  ])('%s', (set, code, text) => {
    const error = errorOf(() => plan(readText(), set));
    expect(error.message).toBe(`--set ${set}: ${text}`);
    expect(error.code).toBe(code);
    expect(error.fields).not.toHaveProperty('line');
  });

  it.each([
    'block=[512',
    'name=@x',
    'name="',
    'depth=*x',
    'mix={[a]: 1}',
    'name=a\n---\nb',
    'name=%a',
    `block=${'['.repeat(5000)}`,
  ])('no YAML: %s', (set) => {
    const [line] = refusal(readText(), set);
    expect(line).toMatch(/: the value cannot be read: \S/);
  });

  it('comes behind the problems of the file, each with its argument', () => {
    expect(refusal(readText('detph: 3'), 'dpeth=3', 'queue.size=0')).toEqual([
      's.yaml:7:5: unknown key `detph` in `jobs.a`; did you mean `depth`?',
      '--set dpeth=3: unknown key `dpeth`; did you mean `depth`?',
      '--set queue.size=0: `queue.size`: expected a whole number from 1 to 32768, got `0`',
    ]);
  });
});
