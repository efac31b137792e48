import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeScenario, loadScenario, parseScenario } from '../../../src/scenario/load.js';
import { errorOf, plan, readText } from './scenario-text.js';

let directory = '';

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'vring-scenario-'));
  writeFileSync(join(directory, 'good.yaml'), readText('backend: { path: images/x.img }'));
  writeFileSync(join(directory, 'typo.yaml'), readText('dpeth: 3'));
  writeFileSync(join(directory, 'huge.yaml'), '#'.repeat(2 ** 20 + 1));
  mkdirSync(join(directory, 'folder'));
});

afterAll(() => rmSync(directory, { recursive: true }));

const NO_SETS = { sets: [] };

function messageFor(name: string): string {
  const error = errorOf(() => loadScenario(join(directory, name), NO_SETS));
  return error.message.replaceAll(`${directory}/`, '');
}

describe('loadScenario', () => {
  it('reads a file, whose paths count from where it is', () => {
    const { file, name, jobs } = loadScenario(join(directory, 'good.yaml'), NO_SETS);
    expect(file).toBe(join(directory, 'good.yaml'));
    expect(name).toBe('test');
    expect(jobs[0]?.backend).toMatchObject({ path: join(directory, 'images/x.img') });
  });

  it.each([
    ['gone.yaml', 'gone.yaml: no such file; did you mean `good.yaml`?'],
    ['xyz', 'xyz: no such file'],
    ['nowhere/good.yaml', 'nowhere/good.yaml: no such file'],
    ['good.yaml/x', 'good.yaml/x: no such file'],
    ['folder', 'folder: is a directory; name a file in it'],
    ['huge.yaml', 'huge.yaml: is larger than 1MiB; this is no scenario'],
    ['typo.yaml', 'typo.yaml:7:5: unknown key `dpeth` in `jobs.a`; did you mean `depth`?'],
  ])('%s', (name, message) => {
    expect(messageFor(name)).toBe(message);
  });
});

describe('describeScenario', () => {
  it('reads also what cannot be run yet', () => {
    const file = join(directory, 'image.yaml');
    writeFileSync(file, `${readText('backend: { kind: file }')}description: Needs an image\n`);
    expect(errorOf(() => loadScenario(file, NO_SETS)).code).toBe('SCENARIO_MISSING');
    expect(describeScenario(file)).toEqual({ name: 'test', description: 'Needs an image' });
    expect(describeScenario(join(directory, 'good.yaml'))).toEqual({ name: 'test', description: '' });
    expect(errorOf(() => describeScenario(join(directory, 'typo.yaml'))).code).toBe('SCENARIO_KEY');
  });
});

describe('paths', () => {
  const text =
    'version: 1\nname: t\njobs:\n  a: { workload: copy, source: { path: f }, backend: { path: /disk.img } }\n';

  it('count from the file when they stand in it, and from here behind --set', () => {
    const [job] = parseScenario(text, 'dir/s.yaml', NO_SETS).jobs;
    expect(job?.workload.source?.path).toBe('dir/f');
    expect(job?.backend).toMatchObject({ path: '/disk.img' });
    const [changed] = parseScenario(text, 'dir/s.yaml', { sets: ['source.path=g', 'backend.path=h'] }).jobs;
    expect(changed?.workload.source?.path).toBe('g');
    expect(changed?.backend).toMatchObject({ path: 'h' });
  });

  it('of a matrix count from the file too', () => {
    const { jobs } = parseScenario(`${text}matrix: { backend.path: [x.img] }\n`, 'dir/s.yaml', NO_SETS);
    expect(jobs[0]).toMatchObject({ name: 'a[backend.path=x.img]', backend: { path: 'dir/x.img' } });
    const [set] = parseScenario(text, 'dir/s.yaml', { sets: ['matrix.backend.path=[x.img]'] }).jobs;
    expect(set?.backend).toMatchObject({ path: 'x.img' });
  });
});

describe('seeds', () => {
  const two =
    'version: 1\nname: t\nseed: 5\ndefaults: { workload: read, operations: 1 }\njobs: { a: {}, b: {} }\n';

  it('come from the option, else the file, else chance', () => {
    expect(parseScenario(two, 's.yaml', { sets: [], seed: 9 }).seed).toBe(9);
    expect(parseScenario(two, 's.yaml', { sets: ['seed=7'], seed: 9 }).seed).toBe(9);
    expect(plan(two, 'seed=7').seed).toBe(7);
    expect(plan(two).seed).toBe(5);
    const fresh = new Set(Array.from({ length: 8 }, () => plan(readText()).seed));
    expect(fresh.size).toBeGreaterThan(1);
  });

  it('of jobs are stable, and differ', () => {
    const seeds = plan(two).jobs.map(({ seed }) => seed);
    expect(plan(two).jobs.map(({ seed }) => seed)).toEqual(seeds);
    expect(new Set(seeds).size).toBe(2);
    expect(plan(two, 'seed=6').jobs.map(({ seed }) => seed)).not.toEqual(seeds);
    expect(parseScenario(two, 's.yaml', { sets: [], only: ['b'] }).jobs[0]?.seed).toBe(seeds[1]);
  });
});

describe('only', () => {
  const text =
    'version: 1\nname: t\ndefaults: { workload: read, operations: 1 }\n' +
    'matrix: { depth: [1, 2] }\njobs: { a: {}, b: {} }\n';
  const names = (...only: string[]): string[] =>
    parseScenario(text, 's.yaml', { sets: [], only }).jobs.map(({ name }) => name);

  it('keeps jobs by name, or single cells of them', () => {
    expect(names()).toHaveLength(4);
    expect(names('b')).toEqual(['b[depth=1]', 'b[depth=2]']);
    expect(names('b[depth=2]', 'a[depth=1]')).toEqual(['a[depth=1]', 'b[depth=2]']);
  });

  it('knows when there is no such job', () => {
    const error = errorOf(() => names('b[depth=3]'));
    expect(error.message).toBe('unknown job `b[depth=3]`; did you mean `b[depth=1]`?');
    expect(error.code).toBe('SCENARIO_JOB');
    expect(errorOf(() => names('banana')).message).toBe('unknown job `banana`; the jobs are a, b');
  });
});
